#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/S3Stub.h"

#include <Poco/Net/ServerSocket.h>

#include <atomic>
#include <map>
#include <mutex>

using namespace coffer::test;

namespace {

/// An endpoint that takes connections, as the kernel does for it, and never says anything.
class SilentEndpoint {
public:
    SilentEndpoint() {
        socket_.bind(Poco::Net::SocketAddress("127.0.0.1", 0), true, false);
        socket_.listen(256);
    }
    /// Ends the connections too.
    void close() { socket_.close(); }
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(socket_.address().port());
    }

private:
    Poco::Net::ServerSocket socket_;
};

} // namespace

/// One hundred endpoints that hang are the problem of who named them, and of nobody else.
class HangingEndpointsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HangingEndpointsTest);
    COFFER_TEST(oneHundredOfThemKeepNobodyElseWaiting);
    COFFER_TEST(twoHundredOfThemLeaveTheirOwnerRoom);
    CPPUNIT_TEST_SUITE_END();

public:
    void oneHundredOfThemKeepNobodyElseWaiting() {
        DaemonProcess daemon({"--http.slow_workers=32", "--http.slow_queue=64"});
        const S3Stub stub;
        SilentEndpoint silent;
        const std::string silentUrl = silent.url();
        const auto unlucky = daemon.addOrganization("unlucky");
        const auto other = daemon.addOrganization("other");
        const auto unluckyToken = daemon.addPrincipal("unlucky", "manager", unlucky);
        const auto otherToken = daemon.addPrincipal("other", "manager", other);

        std::atomic<int> ended = 0;
        std::mutex mutex;
        std::map<std::string, int> outcomes;
        std::vector<std::jthread> clients;
        const auto call = [&](int number) {
            clients.emplace_back([&, number] {
                const auto kind = outcome(daemon.client(unluckyToken), unlucky, number, silentUrl);
                const std::lock_guard lock(mutex);
                ++outcomes[kind];
                ++ended;
            });
        };
        // A quarter of the workers hangs, a quarter of the queue waits, and all others are refused.
        constexpr int hangingAtOnce = 8;
        constexpr int refused = hanging - hangingAtOnce - 16;
        for (int i = 0; i < hangingAtOnce; ++i)
            call(i);
        awaitHanging(daemon, hangingAtOnce);
        for (int i = hangingAtOnce; i < hanging; ++i)
            call(i);
        CPPUNIT_ASSERT(eventually([&] { return ended == refused; }));

        Client reader = daemon.client(otherToken);
        Client anyone(daemon.port());
        for (int made = 0; made < 10; ++made) {
            CPPUNIT_ASSERT_EQUAL(200, anyone.get("//healthz").status);
            const auto ready = anyone.get("//readyz");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(ready.body, 200, ready.status);
            const auto list = reader.get("/backup-credentials");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(list.body, 200, list.status);
            const auto created = tryToCreate(daemon.client(otherToken), other, made, stub.endpoint());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(created.body, 201, created.status);
        }
        CPPUNIT_ASSERT_EQUAL_MESSAGE("they came through only afterwards", refused, ended.load());
        silent.close();
        clients.clear();
        for (const auto& [kind, count] : outcomes)
            CPPUNIT_ASSERT_MESSAGE(kind, kind == "told" || kind == "refused");
        CPPUNIT_ASSERT_EQUAL(refused, outcomes["refused"]);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{10},
                             daemon.client().get("/backup-credentials").number("totalCount"));
    }

    void twoHundredOfThemLeaveTheirOwnerRoom() {
        constexpr int many = 200;
        DaemonProcess daemon;
        const S3Stub stub;
        SilentEndpoint silent;
        const std::string silentUrl = silent.url();
        const auto owner = daemon.addOrganization("owner");
        const auto token = daemon.addPrincipal("owner", "manager", owner);
        std::atomic<int> told = 0;
        std::atomic<int> ended = 0;
        std::vector<std::jthread> clients;
        for (int i = 0; i < many; ++i)
            clients.emplace_back([&, i] {
                try {
                    told += tryToCreate(daemon.client(token), owner, i, silentUrl).status == 422 ? 1 : 0;
                } catch (const std::exception&) { // then it was not told
                }
                ++ended;
            });
        awaitHanging(daemon, many);
        for (int i = 0; i < 10; ++i) {
            const auto created = tryToCreate(daemon.client(token), owner, many + i, stub.endpoint());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(created.body, 201, created.status);
        }
        CPPUNIT_ASSERT_MESSAGE("they came through only afterwards", ended == 0);
        silent.close();
        clients.clear();
        CPPUNIT_ASSERT_EQUAL(many, told.load());
    }

private:
    static constexpr int hanging = 100;

    static Answer tryToCreate(Client&& client, std::int64_t organization, int number,
                              const std::string& endpoint) {
        return client.post("/backup-credentials",
                           credentialJson(organization, "number " + std::to_string(number), endpoint));
    }
    /// `told` that the endpoint is of no use, `refused` because there are too many already, or what it was
    /// instead.
    static std::string outcome(Client&& client, std::int64_t organization, int number,
                               const std::string& endpoint) try {
        const auto answer = tryToCreate(std::move(client), organization, number, endpoint);
        if (answer.status == 422)
            return "told";
        if (answer.status == 503 && answer.code() == "lane_full" && answer.head.has("Retry-After"))
            return "refused";
        return std::to_string(answer.status) + " " + answer.body;
    } catch (const std::exception& error) {
        return error.what();
    }
    /// Until so many probes hang in the lane.
    static void awaitHanging(const DaemonProcess& daemon, int count) {
        Client anyone(daemon.port());
        CPPUNIT_ASSERT(eventually([&] {
            const auto metrics = anyone.get("//metrics").body;
            const std::string name = "coffer_http_lane_running{lane=\"slow\"} ";
            const auto at = metrics.find(name);
            CPPUNIT_ASSERT_MESSAGE(metrics, at != std::string::npos);
            return std::stoi(metrics.substr(at + name.size())) >= count;
        }));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(HangingEndpointsTest);
