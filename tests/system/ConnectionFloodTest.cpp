#include "tests/system/AttackedDaemon.h"

#include <algorithm>
#include <iostream>
#include <list>

using namespace coffer::test;

/// More connections than anybody needs.
class ConnectionFloodTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConnectionFloodTest);
    COFFER_TEST(thousandThatSendNothingHoldNobodyUp);
    COFFER_TEST(thousandThatSendNothingEndAtTheDeadline);
    COFFER_TEST(thousandThatSayNothingThroughTlsHoldNobodyUp);
    COFFER_TEST(thousandThatSayNothingThroughTlsEndAtTheDeadline);
    COFFER_TEST(tenThousandIdleOnesAreKeptAndHoldNobodyUp);
    COFFER_TEST(whoComesAndGoesHoldsNobodyUp);
    COFFER_TEST(whoComesBeyondTheMaximumIsTurnedAwayUntilThereIsRoom);
    CPPUNIT_TEST_SUITE_END();

public:
    void thousandThatSendNothingHoldNobodyUp() {
        AttackedDaemon daemon;
        expectHeldAndGoodService(daemon);
    }

    void thousandThatSendNothingEndAtTheDeadline() {
        AttackedDaemon daemon({"--http.keep_alive=10s"});
        expectTurnedAway(daemon);
    }

    void thousandThatSayNothingThroughTlsHoldNobodyUp() {
        AttackedDaemon daemon({}, AttackedDaemon::Transport::tls);
        expectHeldAndGoodService(daemon);
    }

    void thousandThatSayNothingThroughTlsEndAtTheDeadline() {
        AttackedDaemon daemon({"--http.request_deadline=10s"}, AttackedDaemon::Transport::tls);
        expectTurnedAway(daemon);
    }

    void tenThousandIdleOnesAreKeptAndHoldNobodyUp() {
        const std::size_t count = asMany(10000);
        AttackedDaemon daemon;
        std::list<ServerTestClient> idle;
        for (std::size_t i = 0; i < count; ++i)
            CPPUNIT_ASSERT_EQUAL(200, idle.emplace_back(daemon.port()).get("/healthz").status);
        daemon.expectGoodService();
        // All of them are still there. So many may wake up at once; more would be told to come again.
        std::vector<ServerTestClient*> awake;
        for (auto& client : idle) {
            client.send(requestOf(daemon.stranger(), daemon.stranger().path, "awake"));
            awake.push_back(&client);
            if (awake.size() == 1000 || &client == &idle.back()) {
                expectServed(daemon, awake);
                awake.clear();
            }
        }
        idle.clear();
        daemon.expectUnharmed();
    }

    void whoComesAndGoesHoldsNobodyUp() {
        AttackedDaemon daemon;
        int came = 0;
        daemon.expectGoodServiceWhile([&] {
            for (int i = 0; i < 1000; ++i) {
                ServerTestClient client(daemon.port());
                // A reset leaves no port behind that nobody can use for a minute.
                if (++came > 2000 || came % 2 == 0)
                    client.reset();
            }
        });
        daemon.expectUnharmed();
    }

    void whoComesBeyondTheMaximumIsTurnedAwayUntilThereIsRoom() {
        AttackedDaemon daemon({"--http.connections=50"});
        const auto observer = daemon.connect();
        std::list<ServerTestClient> attackers;
        for (int i = 0; i < 100; ++i)
            attackers.emplace_back(daemon.port());
        daemon.expectGoodService(AttackedDaemon::Connections::kept);
        // Who has a place, and hears nothing, need not be one of the first: a connection from before may have
        // gone meanwhile.
        const auto hears = [](const ServerTestClient& client) { return !client.isUnanswered(); };
        CPPUNIT_ASSERT(eventually([&] { return std::ranges::count_if(attackers, hears) >= 50; }));
        for (auto& client : attackers) {
            if (!hears(client))
                continue;
            const auto response = client.receive();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 503, response.status);
            CPPUNIT_ASSERT(response.headers.contains("retry-after"));
            CPPUNIT_ASSERT(client.closed());
        }
        attackers.clear();
        // Those of the good callers are left, and this one.
        CPPUNIT_ASSERT(
            eventually([&] { return AttackedDaemon::metric(*observer, "coffer_http_connections") < 10; }));
        CPPUNIT_ASSERT(
            AttackedDaemon::metric(*observer, "coffer_http_refused_total{reason=\"connections\"}") >= 50);
        observer->reset();
        daemon.expectUnharmed();
    }

private:
    /// So many connections, or those that there are descriptors for.
    static std::size_t asMany(std::size_t wanted) {
        constexpr std::size_t others = 200; // of the test, and of the daemon
        const std::size_t limit = raiseDescriptorLimit();
        if (limit < wanted + others)
            std::cout << " with only " << limit - others << " connections: the system allows " << limit
                      << " descriptors";
        return std::min(wanted, limit - others);
    }
    static void expectServed(AttackedDaemon& daemon, const std::vector<ServerTestClient*>& clients) {
        for (auto* client : clients) {
            const auto response = client->receive();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 200, response.status);
            CPPUNIT_ASSERT(response.body.find(daemon.stranger().name) != std::string::npos);
            daemon.expectNothingOfOthers(response.body);
        }
    }
    static std::list<std::unique_ptr<ServerTestClient>> whoSendNothing(const AttackedDaemon& daemon) {
        std::list<std::unique_ptr<ServerTestClient>> silent;
        for (std::size_t i = asMany(1000); i > 0; --i)
            silent.push_back(daemon.connectSilently());
        return silent;
    }
    static void expectHeldAndGoodService(AttackedDaemon& daemon) {
        auto silent = whoSendNothing(daemon);
        CPPUNIT_ASSERT(eventually([&] { return daemon.connections() >= silent.size(); }));
        daemon.expectGoodService(AttackedDaemon::Connections::keptAndFresh, [&] {
            return std::ranges::all_of(silent, [](const auto& client) { return client->isUnanswered(); });
        });
        silent.clear();
        daemon.expectUnharmed();
    }
    static void expectTurnedAway(AttackedDaemon& daemon) {
        for (auto& client : whoSendNothing(daemon))
            CPPUNIT_ASSERT(client->closed());
        daemon.expectUnharmed();
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionFloodTest);
