#include "tests/system/AttackedDaemon.h"

#include <list>
#include <poll.h>
#include <sys/socket.h>

using namespace coffer::test;
using namespace std::chrono_literals;

namespace {

/// Many clients that begin a request, and go on with a byte now and then for ever. Who is turned away begins
/// again.
class Tricklers {
public:
    /// @param begin  of the request @param more  what follows, byte by byte, again and again
    Tricklers(const AttackedDaemon& daemon, int count, std::string begin, std::string more)
        : daemon_(daemon), begin_(std::move(begin)), more_(std::move(more)) {
        for (int i = 0; i < count; ++i)
            start(clients_.emplace_back());
        thread_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested())
                try {
                    for (auto& client : clients_)
                        goOn(client);
                    std::this_thread::sleep_for(10ms);
                } catch (const std::exception& error) {
                    failure_ = error.what();
                    return;
                }
        });
    }
    /// @returns the answers with which they were turned away, when each was at least once
    std::vector<ReceivedResponse> stop() {
        CPPUNIT_ASSERT(eventually([&] { return everyoneWasTurnedAway_ || !failure_.empty(); }));
        thread_ = {};
        CPPUNIT_ASSERT_MESSAGE(failure_, failure_.empty());
        clients_.clear();
        return std::move(answers_);
    }

private:
    struct Trickler {
        std::unique_ptr<ServerTestClient> connection{};
        std::size_t sent = 0;
        bool wasTurnedAway = false;
    };
    void start(Trickler& client) {
        client.connection = daemon_.connect();
        client.connection->send(begin_);
        client.sent = 0;
    }
    void goOn(Trickler& client) {
        pollfd socket{client.connection->descriptor(), POLLIN, 0};
        if (::poll(&socket, 1, 0) == 0) {
            (void)client.connection->trySend(more_.substr(client.sent++ % more_.size(), 1));
            return;
        }
        answers_.push_back(client.connection->receive());
        client.wasTurnedAway = true;
        start(client);
        everyoneWasTurnedAway_ = std::ranges::all_of(clients_, &Trickler::wasTurnedAway);
    }

    const AttackedDaemon& daemon_;
    const std::string begin_;
    const std::string more_;
    std::list<Trickler> clients_;
    std::vector<ReceivedResponse> answers_;
    std::atomic<bool> everyoneWasTurnedAway_ = false;
    std::string failure_;
    std::jthread thread_;
};

std::string postHead(const Caller& caller, const std::string& fields) {
    return "POST /api/v1/principals HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + caller.token +
           "\r\nContent-Type: application/json\r\n" + fields + "\r\n";
}

} // namespace

/// Clients that take their time, in sending and in reading.
class SlowClientsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SlowClientsTest);
    COFFER_TEST(slowHeadsAndBodiesEndAtTheDeadline);
    COFFER_TEST(slowRecordsEndAtTheDeadline);
    COFFER_TEST(silenceInAHandshakeEndsAtTheDeadline);
    COFFER_TEST(whoNeverReadsIsBrokenOff);
    COFFER_TEST(whoNeverReadsAnExportIsBrokenOff);
    COFFER_TEST(whoReadsSlowlyGetsItAllAndNothingElse);
    COFFER_TEST(theDaemonEndsInTimeWhileTheyHoldOn);
    CPPUNIT_TEST_SUITE_END();

public:
    void slowHeadsAndBodiesEndAtTheDeadline() {
        AttackedDaemon daemon({"--http.request_deadline=1s"});
        const Caller& stranger = daemon.stranger();
        const std::pair<std::string, std::string> attacks[] = {
            {"", "GET"},
            {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", "slow"},
            {postHead(stranger, "Content-Length: 4000\r\n"), " "},
            {postHead(stranger, "Transfer-Encoding: chunked\r\n"), "1\r\n \r\n"},
        };
        for (const auto& [begin, more] : attacks) {
            Tricklers tricklers(daemon, 100, begin, more);
            daemon.expectGoodService();
            for (const auto& answer : tricklers.stop()) {
                CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.head + answer.body, 408, answer.status);
                daemon.expectNothingOfOthers(answer.head + answer.body);
            }
        }
        CPPUNIT_ASSERT(daemon.refused("timeout") >= 400);
        daemon.expectUnharmed();
    }

    void slowRecordsEndAtTheDeadline() {
        AttackedDaemon daemon({"--http.request_deadline=1s"}, AttackedDaemon::Transport::tls);
        Tricklers tricklers(daemon, 50, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", "slow");
        daemon.expectGoodService();
        for (const auto& answer : tricklers.stop())
            CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.head + answer.body, 408, answer.status);
        daemon.expectUnharmed();
    }

    void silenceInAHandshakeEndsAtTheDeadline() {
        AttackedDaemon daemon({"--http.request_deadline=1s", "--http.keep_alive=1s"},
                              AttackedDaemon::Transport::tls);
        const std::string beginnings[] = {
            {},
            {"\x16"},
            {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03half a hello", 23},
        };
        std::list<std::unique_ptr<ServerTestClient>> silent;
        for (int i = 0; i < 300; ++i) {
            // Not through TLS: these bytes go as they are.
            silent.push_back(std::make_unique<ServerTestClient>(daemon.port()));
            silent.back()->send(beginnings[i % 3]);
        }
        std::list<std::unique_ptr<ServerTestClient>> halfARecord;
        for (int i = 0; i < 100; ++i) {
            halfARecord.push_back(daemon.connect());
            sendHalfARecord(*halfARecord.back());
        }
        daemon.expectGoodService();
        for (auto& client : silent)
            CPPUNIT_ASSERT(client->closed());
        for (auto& client : halfARecord)
            CPPUNIT_ASSERT(client->closed());
        CPPUNIT_ASSERT(daemon.refused("timeout") >= 300);
        silent.clear();
        halfARecord.clear();
        daemon.expectUnharmed();
    }

    void whoNeverReadsIsBrokenOff() {
        AttackedDaemon daemon({"--http.write_deadline=1s"});
        std::list<ServerTestClient> unreading;
        for (int i = 0; i < 50; ++i)
            unreading.emplace_back(daemon.port(), 4096).send(manyLargeRequests(daemon.stranger(), i));
        daemon.expectGoodService();
        expectBrokenOff(daemon, unreading);
        for (auto& client : unreading)
            daemon.expectNothingOfOthers(client.drain());
        unreading.clear();
        daemon.expectUnharmed();
    }

    void whoNeverReadsAnExportIsBrokenOff() {
        AttackedDaemon daemon({"--http.write_deadline=1s"});
        const Caller administrator{"administrator", daemon.process().token(), {}};
        // More than there are threads for exports.
        std::list<ServerTestClient> unreading;
        for (int i = 0; i < 12; ++i) {
            std::string requests;
            for (int each = 0; each < 400; ++each)
                requests += requestOf(administrator, "/api/v1/audit/export", "unread-" + std::to_string(i));
            unreading.emplace_back(daemon.port(), 4096).send(requests);
        }
        daemon.expectGoodService();
        ServerTestClient reading(daemon.port());
        CPPUNIT_ASSERT(reading.ask(requestOf(administrator, "/api/v1/audit/export", "read")).whole);
        expectBrokenOff(daemon, unreading);
        unreading.clear();
        reading.reset();
        daemon.expectUnharmed();
    }

    void whoReadsSlowlyGetsItAllAndNothingElse() {
        AttackedDaemon daemon({"--http.write_deadline=3s"});
        const auto once = daemon.connect()->get(large).body;
        std::vector<std::jthread> readers;
        std::atomic<int> whole = 0;
        for (int i = 0; i < 8; ++i)
            readers.emplace_back([&, i] {
                ServerTestClient client(daemon.port(), 65536);
                client.send(manyLargeRequests(daemon.stranger(), i));
                for (int reply = 0; reply < largeRequests; ++reply) {
                    const auto response = client.receive();
                    whole += response.whole && response.body == once ? 1 : 0;
                    std::this_thread::sleep_for(20ms);
                }
            });
        daemon.expectGoodService();
        readers.clear();
        CPPUNIT_ASSERT_EQUAL(8 * largeRequests, whole.load());
        daemon.expectUnharmed();
    }

    void theDaemonEndsInTimeWhileTheyHoldOn() {
        AttackedDaemon daemon;
        std::list<ServerTestClient> attackers;
        for (int i = 0; i < 40; ++i) {
            attackers.emplace_back(daemon.port()).send("GET /healthz HTTP/1.1\r\nX");
            attackers.emplace_back(daemon.port())
                .send(postHead(daemon.stranger(), "Content-Length: 4000\r\n") + "{");
            attackers.emplace_back(daemon.port(), 4096).send(manyLargeRequests(daemon.stranger(), i));
            attackers.emplace_back(daemon.port());
        }
        daemon.expectGoodService();
        daemon.expectEnd();
    }

private:
    static constexpr const char* large = "/api/v1/openapi.json";
    static constexpr int largeRequests = 40;

    static std::string manyLargeRequests(const Caller& caller, int client) {
        std::string requests;
        for (int i = 0; i < largeRequests; ++i)
            requests += requestOf(caller, large, "unread-" + std::to_string(client));
        return requests;
    }
    static void expectBrokenOff(const AttackedDaemon& daemon, const std::list<ServerTestClient>& clients) {
        CPPUNIT_ASSERT(
            eventually([&] { return daemon.refused("unread") == static_cast<long>(clients.size()); }));
    }
    /// A record of application data whose second half never comes.
    static void sendHalfARecord(const ServerTestClient& client) {
        const std::string half = {"\x17\x03\x03\x01\x00half of what it says", 25};
        CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(half.size()),
                             ::send(client.descriptor(), half.data(), half.size(), MSG_NOSIGNAL));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SlowClientsTest);
