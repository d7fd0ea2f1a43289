#include "tests/host/http/ServerTestApplication.h"
#include "tests/host/http/ServerTestClient.h"
#include "tests/support/FreePort.h"
#include "tests/support/RethrowingThread.h"

#include <list>

namespace coffer::test {

using namespace std::chrono_literals;

/// How a server ends.
class ServerStopTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServerStopTest);
    COFFER_TEST(replyInFlightIsDelivered);
    COFFER_TEST(downloadInFlightIsDelivered);
    COFFER_TEST(requestHalfArrivedIsDelivered);
    COFFER_TEST(idleConnectionsAreClosedAtOnce);
    COFFER_TEST(nobodyIsAcceptedAfterwards);
    COFFER_TEST(drainIsBounded);
    COFFER_TEST(repliesAfterTheEndAreIgnored);
    COFFER_TEST(portIsFreeAgain);
    COFFER_TEST(stoppingUnderLoadLosesNoRequestThatWasAccepted);
    COFFER_TEST(stoppingTwiceOrUnstartedIsNothing);
    CPPUNIT_TEST_SUITE_END();

    void replyInFlightIsDelivered() {
        ServerUnderTest under({}, ownPort());
        ServerTestClient client(under.server.port());
        client.send(getRequest("/held"));
        CPPUNIT_ASSERT(under.application.waitForHeld(1));
        std::jthread stopping([&] { under.server.stop(10min); });
        // A new client is refused once the server has begun to stop.
        CPPUNIT_ASSERT(eventually([&] { return !connects(under.server.port()); }));
        under.application.release();
        const auto response = client.receive();
        CPPUNIT_ASSERT_EQUAL(std::string("held"), response.body);
        CPPUNIT_ASSERT_EQUAL(std::string("close"), response.headers.at("connection"));
        CPPUNIT_ASSERT(client.closed());
        { const ServerTestClient gone = std::move(client); }
        stopping.join();
    }

    void downloadInFlightIsDelivered() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        client.send(getRequest("/large"));
        CPPUNIT_ASSERT(eventually([&] { return under.application.handledCount() == 1; }));
        std::jthread stopping([&] { under.server.stop(10min); });
        CPPUNIT_ASSERT(client.receive().whole);
        client.reset();
        stopping.join();
    }

    void requestHalfArrivedIsDelivered() {
        ServerUnderTest under({}, ownPort());
        ServerTestClient client(under.server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(100, client.receive().status);
        std::jthread stopping([&] { under.server.stop(10min); });
        CPPUNIT_ASSERT(eventually([&] { return !connects(under.server.port()); }));
        CPPUNIT_ASSERT_EQUAL(std::string("body"), client.ask("body").body);
        client.reset();
        stopping.join();
    }

    void idleConnectionsAreClosedAtOnce() {
        ServerUnderTest under;
        std::list<ServerTestClient> clients;
        for (int i = 0; i < 100; ++i)
            CPPUNIT_ASSERT_EQUAL(200, clients.emplace_back(under.server.port()).get("/").status);
        under.server.stop(1h);
        for (auto& client : clients)
            CPPUNIT_ASSERT(client.closed());
    }

    void nobodyIsAcceptedAfterwards() {
        ServerUnderTest under({}, ownPort());
        under.server.stop(0ms);
        CPPUNIT_ASSERT(!connects(under.server.port()));
    }

    void drainIsBounded() {
        ServerUnderTest under;
        ServerTestClient held(under.server.port());
        held.send(getRequest("/held"));
        ServerTestClient unreading(under.server.port(), 4096);
        unreading.send(getRequest("/endless"));
        ServerTestClient slow(under.server.port());
        slow.send("GET / HT");
        CPPUNIT_ASSERT(under.application.waitForHeld(1));
        under.server.stop(50ms);
        CPPUNIT_ASSERT_EQUAL(0, held.receive().status);
        CPPUNIT_ASSERT(!unreading.receive().whole);
    }

    void repliesAfterTheEndAreIgnored() {
        ServerTestApplication application;
        RecordingLog log;
        {
            NoMetrics metrics;
            host::ServerOptions options;
            options.port = 0;
            host::HttpServer server(options, application, log, metrics);
            server.start();
            ServerTestClient client(server.port());
            client.send(getRequest("/held"));
            CPPUNIT_ASSERT(application.waitForHeld(1));
        }
        application.release();
        application.forget();
    }

    void portIsFreeAgain() {
        host::ServerOptions options;
        ServerTestApplication application;
        RecordingLog log;
        NoMetrics metrics;
        options.port = ownPort();
        for (int i = 0; i < 3; ++i) {
            host::HttpServer server(options, application, log, metrics);
            server.start();
            ServerTestClient client(server.port());
            CPPUNIT_ASSERT_EQUAL(200, client.get("/").status);
            server.stop(1s);
        }
    }

    void stoppingUnderLoadLosesNoRequestThatWasAccepted() {
        ServerUnderTest under;
        std::atomic<bool> begun = false;
        std::list<ServerTestClient> connected;
        for (int i = 0; i < 8; ++i)
            connected.emplace_back(under.server.port());
        std::list<RethrowingThread> clients;
        std::atomic<int> broken = 0;
        for (auto& client : connected)
            clients.emplace_back([&] {
                for (;;) {
                    if (!client.trySend(getRequest("/later")))
                        return;
                    const auto response = client.receive();
                    begun = true;
                    if (response.status == 0)
                        return; // the connection was idle when the server closed it
                    if (response.body != "held")
                        ++broken;
                    if (response.headers.contains("connection"))
                        return;
                }
            });
        CPPUNIT_ASSERT(eventually([&] { return begun.load(); }));
        under.server.stop(10min);
        for (auto& client : clients)
            client.join();
        CPPUNIT_ASSERT_EQUAL(0, broken.load());
    }

    void stoppingTwiceOrUnstartedIsNothing() {
        ServerUnderTest under;
        under.server.stop(1s);
        under.server.stop(1s);
        host::HttpServer never({}, under.application, under.log, under.metrics);
        never.stop(1s);
    }

    /// A port that the kernel gives to no other server once this one has stopped listening.
    static std::uint16_t ownPort() { return static_cast<std::uint16_t>(freePort()); }
    static bool connects(std::uint16_t port) {
        try {
            const ServerTestClient client(port);
            return true;
        } catch (const std::system_error&) {
            return false;
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ServerStopTest);

} // namespace coffer::test
