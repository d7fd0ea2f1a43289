#include "tests/system/AttackedDaemon.h"

#include <algorithm>
#include <list>
#include <poll.h>
#include <sys/socket.h>

using namespace coffer::test;
using namespace std::chrono_literals;

namespace {

/// Many clients that begin a request, and go on with a byte now and then for ever.
class Tricklers {
public:
    /// @param begin  of the request @param more  what follows, byte by byte, again and again
    void add(const AttackedDaemon& daemon, int count, const std::string& begin, const std::string& more) {
        for (int i = 0; i < count; ++i) {
            auto& client = clients_.emplace_back(Trickler{daemon.connect(), more});
            client.connection->send(begin + more.substr(0, 1));
        }
    }
    /// One byte more of each that is not turned away yet.
    void goOn() {
        for (auto& client : clients_)
            if (client.connection->isUnanswered())
                (void)client.connection->trySend(client.more.substr(++client.sent % client.more.size(), 1));
    }
    [[nodiscard]] bool areUnanswered() const {
        return std::ranges::all_of(clients_, [](auto& client) { return client.connection->isUnanswered(); });
    }
    [[nodiscard]] bool areAnswered() const {
        return std::ranges::none_of(clients_, [](auto& client) { return client.connection->isUnanswered(); });
    }
    /// The answers with which they were turned away.
    [[nodiscard]] std::vector<ReceivedResponse> answers() {
        std::vector<ReceivedResponse> all;
        for (auto& client : clients_)
            all.push_back(client.connection->receive());
        return all;
    }

    void clear() { clients_.clear(); }

private:
    struct Trickler {
        std::unique_ptr<ServerTestClient> connection;
        std::string more;
        std::size_t sent = 0;
    };
    std::list<Trickler> clients_;
};

/// Whether a part of an answer is there to be read, and the connection is open.
bool isBeingAnswered(const ServerTestClient& client) {
    pollfd socket{client.descriptor(), POLLIN | POLLRDHUP, 0};
    return ::poll(&socket, 1, 0) == 1 && socket.revents == POLLIN;
}

std::string postHead(const Caller& caller, const std::string& fields) {
    return "POST /api/v1/principals HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + caller.token +
           "\r\nContent-Type: application/json\r\n" + fields + "\r\n";
}

} // namespace

/// Clients that take their time, in sending and in reading.
class SlowClientsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SlowClientsTest);
    COFFER_TEST(slowHeadsAndBodiesHoldNobodyUp);
    COFFER_TEST(slowHeadsAndBodiesEndAtTheDeadline);
    COFFER_TEST(slowRecordsHoldNobodyUp);
    COFFER_TEST(slowRecordsEndAtTheDeadline);
    COFFER_TEST(silenceInAHandshakeHoldsNobodyUp);
    COFFER_TEST(silenceInAHandshakeEndsAtTheDeadline);
    COFFER_TEST(whoNeverReadsHoldsNobodyUp);
    COFFER_TEST(whoNeverReadsIsBrokenOff);
    COFFER_TEST(whoNeverReadsAnExportHoldsNobodyUp);
    COFFER_TEST(whoNeverReadsAnExportIsBrokenOff);
    COFFER_TEST(whoReadsSlowlyGetsItAllAndNothingElse);
    COFFER_TEST(theDaemonEndsInTimeWhileTheyHoldOn);
    CPPUNIT_TEST_SUITE_END();

public:
    void slowHeadsAndBodiesHoldNobodyUp() {
        AttackedDaemon daemon;
        Tricklers tricklers;
        addSlowHeadsAndBodies(daemon, tricklers);
        expectHeldAndGoodService(daemon, tricklers, 400);
    }

    void slowHeadsAndBodiesEndAtTheDeadline() {
        AttackedDaemon daemon({"--http.request_deadline=1s"});
        {
            Tricklers tricklers;
            addSlowHeadsAndBodies(daemon, tricklers);
            expectTurnedAway(daemon, tricklers);
        }
        CPPUNIT_ASSERT(daemon.refused("timeout") >= 400);
        daemon.expectUnharmed();
    }

    void slowRecordsHoldNobodyUp() {
        AttackedDaemon daemon({}, AttackedDaemon::Transport::tls);
        Tricklers tricklers;
        tricklers.add(daemon, 50, slowHead, "slow");
        expectHeldAndGoodService(daemon, tricklers, 50);
    }

    void slowRecordsEndAtTheDeadline() {
        AttackedDaemon daemon({"--http.request_deadline=10s"}, AttackedDaemon::Transport::tls);
        {
            Tricklers tricklers;
            tricklers.add(daemon, 50, slowHead, "slow");
            expectTurnedAway(daemon, tricklers);
        }
        CPPUNIT_ASSERT(daemon.refused("timeout") >= 50);
        daemon.expectUnharmed();
    }

    void silenceInAHandshakeHoldsNobodyUp() {
        AttackedDaemon daemon({}, AttackedDaemon::Transport::tls);
        auto silent = silentInAHandshake(daemon);
        auto halfARecord = silentInARecord(daemon);
        const auto count = silent.size() + halfARecord.size();
        CPPUNIT_ASSERT(eventually([&] { return daemon.connections() >= count; }));
        const auto isUnanswered = [](const auto& client) { return client->isUnanswered(); };
        daemon.expectGoodService(AttackedDaemon::Connections::keptAndFresh, [&] {
            return std::ranges::all_of(silent, isUnanswered) &&
                   std::ranges::all_of(halfARecord, isUnanswered);
        });
        silent.clear();
        halfARecord.clear();
        daemon.expectUnharmed();
    }

    void silenceInAHandshakeEndsAtTheDeadline() {
        AttackedDaemon daemon({"--http.request_deadline=10s", "--http.keep_alive=10s"},
                              AttackedDaemon::Transport::tls);
        for (auto& client : silentInAHandshake(daemon))
            CPPUNIT_ASSERT(client->closed());
        for (auto& client : silentInARecord(daemon))
            CPPUNIT_ASSERT(client->closed());
        CPPUNIT_ASSERT(daemon.refused("timeout") >= 300);
        daemon.expectUnharmed();
    }

    void whoNeverReadsHoldsNobodyUp() {
        AttackedDaemon daemon;
        auto unreading = whoNeverRead(daemon);
        expectHeldAndGoodService(daemon, unreading);
        unreading.clear();
        daemon.expectUnharmed();
    }

    void whoNeverReadsIsBrokenOff() {
        AttackedDaemon daemon({"--http.write_deadline=1s"});
        auto unreading = whoNeverRead(daemon);
        expectBrokenOff(daemon, unreading);
        for (auto& client : unreading)
            daemon.expectNothingOfOthers(client.drain());
        unreading.clear();
        daemon.expectUnharmed();
    }

    void whoNeverReadsAnExportHoldsNobodyUp() {
        AttackedDaemon daemon;
        auto unreading = whoNeverReadAnExport(daemon);
        expectHeldAndGoodService(daemon, unreading);
        ServerTestClient reading(daemon.port());
        const Caller administrator{"administrator", daemon.process().token(), {}};
        CPPUNIT_ASSERT(reading.ask(requestOf(administrator, "/api/v1/audit/export", "read")).whole);
        unreading.clear();
        reading.reset();
        daemon.expectUnharmed();
    }

    void whoNeverReadsAnExportIsBrokenOff() {
        AttackedDaemon daemon({"--http.write_deadline=1s"});
        auto unreading = whoNeverReadAnExport(daemon);
        expectBrokenOff(daemon, unreading);
        unreading.clear();
        daemon.expectUnharmed();
    }

    void whoReadsSlowlyGetsItAllAndNothingElse() {
        AttackedDaemon daemon;
        const auto once = daemon.connect()->get(large).body;
        std::list<ServerTestClient> readers;
        for (int i = 0; i < 8; ++i)
            readers.emplace_back(daemon.port(), 65536).send(manyLargeRequests(daemon.stranger(), i));
        const auto readHalf = [&] {
            for (auto& client : readers)
                for (int reply = 0; reply < largeRequests / 2; ++reply) {
                    const auto response = client.receive();
                    CPPUNIT_ASSERT(response.whole && response.body == once);
                }
        };
        readHalf();
        daemon.expectGoodService(AttackedDaemon::Connections::keptAndFresh,
                                 [&] { return std::ranges::all_of(readers, isBeingAnswered); });
        readHalf();
        readers.clear();
        daemon.expectUnharmed();
    }

    void theDaemonEndsInTimeWhileTheyHoldOn() {
        AttackedDaemon daemon({"--http.drain=2s"});
        std::list<ServerTestClient> attackers;
        for (int i = 0; i < 40; ++i) {
            attackers.emplace_back(daemon.port()).send("GET /healthz HTTP/1.1\r\nX");
            attackers.emplace_back(daemon.port())
                .send(postHead(daemon.stranger(), "Content-Length: 4000\r\n") + "{");
            attackers.emplace_back(daemon.port(), 4096).send(manyLargeRequests(daemon.stranger(), i));
            attackers.emplace_back(daemon.port());
        }
        const auto hold = [&] { return daemon.connections() >= attackers.size(); };
        CPPUNIT_ASSERT(eventually(hold));
        daemon.expectGoodService(AttackedDaemon::Connections::keptAndFresh, hold);
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
    static constexpr const char* slowHead = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ";

    static void addSlowHeadsAndBodies(const AttackedDaemon& daemon, Tricklers& tricklers) {
        tricklers.add(daemon, 100, "", "GET");
        tricklers.add(daemon, 100, slowHead, "slow");
        tricklers.add(daemon, 100, postHead(daemon.stranger(), "Content-Length: 4000\r\n"), " ");
        tricklers.add(daemon, 100, postHead(daemon.stranger(), "Transfer-Encoding: chunked\r\n"),
                      "1\r\n \r\n");
    }
    static void expectHeldAndGoodService(AttackedDaemon& daemon, Tricklers& tricklers, std::size_t count) {
        CPPUNIT_ASSERT(eventually([&] { return daemon.connections() >= count; }));
        // Slow enough that no body is whole before its deadline.
        daemon.expectGoodServiceWhile(
            [&] {
                tricklers.goOn();
                std::this_thread::sleep_for(200ms);
            },
            [&] { return tricklers.areUnanswered(); });
        CPPUNIT_ASSERT_EQUAL(0L, daemon.refused("timeout"));
        tricklers.clear();
        daemon.expectUnharmed();
    }
    static void expectTurnedAway(const AttackedDaemon& daemon, Tricklers& tricklers) {
        CPPUNIT_ASSERT(eventually([&] {
            tricklers.goOn();
            return tricklers.areAnswered();
        }));
        for (const auto& answer : tricklers.answers()) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.head + answer.body, 408, answer.status);
            daemon.expectNothingOfOthers(answer.head + answer.body);
        }
    }
    static std::list<std::unique_ptr<ServerTestClient>> silentInAHandshake(const AttackedDaemon& daemon) {
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
        return silent;
    }
    static std::list<std::unique_ptr<ServerTestClient>> silentInARecord(const AttackedDaemon& daemon) {
        std::list<std::unique_ptr<ServerTestClient>> silent;
        for (int i = 0; i < 100; ++i) {
            silent.push_back(daemon.connect());
            sendHalfARecord(*silent.back());
        }
        return silent;
    }
    static std::list<ServerTestClient> whoNeverRead(const AttackedDaemon& daemon) {
        std::list<ServerTestClient> unreading;
        for (int i = 0; i < 50; ++i)
            unreading.emplace_back(daemon.port(), 4096).send(manyLargeRequests(daemon.stranger(), i));
        return unreading;
    }
    static std::list<ServerTestClient> whoNeverReadAnExport(const AttackedDaemon& daemon) {
        const Caller administrator{"administrator", daemon.process().token(), {}};
        // More than there are threads for exports.
        std::list<ServerTestClient> unreading;
        for (int i = 0; i < 12; ++i) {
            std::string requests;
            for (int each = 0; each < 400; ++each)
                requests += requestOf(administrator, "/api/v1/audit/export", "unread-" + std::to_string(i));
            unreading.emplace_back(daemon.port(), 4096).send(requests);
        }
        return unreading;
    }
    static void expectHeldAndGoodService(AttackedDaemon& daemon,
                                         const std::list<ServerTestClient>& unreading) {
        const auto hold = [&] { return std::ranges::all_of(unreading, isBeingAnswered); };
        CPPUNIT_ASSERT(eventually(hold));
        daemon.expectGoodService(AttackedDaemon::Connections::keptAndFresh, hold);
        CPPUNIT_ASSERT_EQUAL(0L, daemon.refused("unread"));
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
