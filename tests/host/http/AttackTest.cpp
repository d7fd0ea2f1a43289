#include "tests/host/http/ServerTestApplication.h"
#include "tests/host/http/ServerTestClient.h"
#include "tests/support/RethrowingThread.h"

#include <array>
#include <list>

namespace coffer::test {

using namespace std::chrono_literals;

namespace {

/// Options with this one deadline short, and all others at minutes.
host::ServerOptions shortened(std::chrono::milliseconds host::ServerOptions::*deadline) {
    host::ServerOptions options;
    options.keepAliveTimeout = options.requestDeadline = options.writeDeadline = 10min;
    options.*deadline = 500ms;
    return options;
}

/// Reads a response slowly for longer than a write deadline, then its rest.
struct SlowReading {
    bool isWhole = false;
    std::chrono::steady_clock::duration longestPause{0}; ///< between two pieces
};

SlowReading readSlowly(const ServerTestClient& client, std::size_t size) {
    SlowReading reading;
    std::size_t received = 0;
    std::array<char, 32768> piece{};
    const auto begun = std::chrono::steady_clock::now();
    auto last = begun;
    while (received < size) {
        const auto taken = ::read(client.descriptor(), piece.data(), piece.size());
        if (taken <= 0)
            return reading;
        received += static_cast<std::size_t>(taken);
        if (std::chrono::steady_clock::now() - begun < 1500ms)
            std::this_thread::sleep_for(10ms);
        const auto now = std::chrono::steady_clock::now();
        reading.longestPause = std::max(reading.longestPause, now - last);
        last = now;
    }
    reading.isWhole = true;
    return reading;
}

/// Asks for something that is never read.
std::unique_ptr<ServerTestClient> unreadingClient(std::uint16_t port, const std::string& path,
                                                  const std::string& id, int receiveBuffer = 4096) {
    auto client = std::make_unique<ServerTestClient>(port, receiveBuffer);
    client->send(getRequest(path, "X-Request-Id: " + id + "\r\n"));
    return client;
}

void expectGivenUp(ServerUnderTest& under, const std::vector<std::unique_ptr<ServerTestClient>>& clients) {
    for (std::size_t i = 0; i < clients.size(); ++i)
        CPPUNIT_ASSERT(eventually([&] {
            return under.log.contains("broken off") &&
                   under.log.contains("requestId=unread-" + std::to_string(i));
        }));
    for (const auto& client : clients)
        CPPUNIT_ASSERT(!client->receive().whole);
}

} // namespace

/// What clients must not achieve.
class AttackTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AttackTest);
    COFFER_TEST(malformedRequestsAreAnsweredAndClosed);
    COFFER_TEST(leftoversNeverBecomeARequest);
    COFFER_TEST(refusalReachesAClientThatStillSends);
    COFFER_TEST(slowHeadEndsAtItsDeadline);
    COFFER_TEST(slowBodyEndsAtItsDeadline);
    COFFER_TEST(silentConnectionIsClosedWithoutAnAnswer);
    COFFER_TEST(slowSendersHoldNobodyUp);
    COFFER_TEST(unreadResponsesAreGivenUpWhileOthersAreServed);
    COFFER_TEST(unreadProducersAreGivenUp);
    COFFER_TEST(slowReaderThatReadsIsServedToTheEnd);
    COFFER_TEST(thousandIdleConnectionsHoldNobodyUp);
    COFFER_TEST(resetInMidReplyIsSurvived);
    COFFER_TEST(endlessPipelineIsServedInBoundedMemory);
    COFFER_TEST(instantRequestsAreAnsweredWhenAllWorkersAreBusy);
    COFFER_TEST(overflowIsRefusedWithRetryAfter);
    COFFER_TEST(connectionsBeyondTheMaximumAreTurnedAway);
    CPPUNIT_TEST_SUITE_END();

    void malformedRequestsAreAnsweredAndClosed() {
        ServerUnderTest under;
        const std::pair<const char*, int> requests[] = {
            {"GET / HTTP/1.1\nHost: a\n\n", 400},
            {"GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n", 400},
            {"GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n", 400},
            {"GET / HTTP/1.1\r\n\r\n", 400},
            {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
            {"GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
            {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
            {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
            {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: magic\r\n\r\n", 417},
            {"\x16\x03\x01\x02", 400},
        };
        for (const auto& [request, status] : requests) {
            ServerTestClient client(under.server.port());
            const auto response = client.ask(request);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(request, status, response.status);
            CPPUNIT_ASSERT_EQUAL(std::string("application/problem+json"),
                                 response.headers.at("content-type"));
            CPPUNIT_ASSERT_EQUAL(std::string("close"), response.headers.at("connection"));
            CPPUNIT_ASSERT(response.headers.contains("x-request-id"));
            CPPUNIT_ASSERT(client.closed());
        }
        for (const auto& [request, status] :
             {std::pair("GET /" + std::string(9000, 'a'), 414),
              std::pair(getRequest("/", "X: " + std::string(20000, 'a') + "\r\n"), 431)}) {
            ServerTestClient client(under.server.port());
            CPPUNIT_ASSERT_EQUAL(status, client.ask(request).status);
            CPPUNIT_ASSERT(client.closed());
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t(0), under.application.handledCount());
    }

    void leftoversNeverBecomeARequest() {
        ServerUnderTest under;
        const std::string smuggled = getRequest("/smuggled");
        for (const std::string& request :
             {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
              "chunked\r\n\r\n0\r\n\r\n" +
                  smuggled,
              "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + smuggled,
              "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n" +
                  smuggled,
              "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\n\r\n" +
                  smuggled,
              "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + smuggled,
              "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n" + smuggled}) {
            ServerTestClient client(under.server.port());
            client.send(request);
            CPPUNIT_ASSERT(client.receive().status >= 400);
            CPPUNIT_ASSERT(client.closed());
        }
        ServerTestClient lengthless(under.server.port());
        lengthless.send("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled);
        CPPUNIT_ASSERT_EQUAL(200, lengthless.receive().status);
        CPPUNIT_ASSERT(lengthless.closed());
        // A body that nobody looks at is still a body.
        ServerTestClient client(under.server.port());
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(smuggled.size()) +
                    "\r\n\r\n" + smuggled + getRequest("/", "Connection: close\r\n"));
        CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
        CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
        CPPUNIT_ASSERT(client.closed());
        CPPUNIT_ASSERT(!under.log.contains("/smuggled"));
    }

    void refusalReachesAClientThatStillSends() {
        host::ServerOptions options;
        options.lingerTime = 10min;
        ServerUnderTest under(options);
        ServerTestClient client(under.server.port());
        const std::size_t size = 4 << 20;
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
        CPPUNIT_ASSERT(client.trySend(std::string(size, 'x')));
        CPPUNIT_ASSERT_EQUAL(413, client.receive().status);
    }

    void slowHeadEndsAtItsDeadline() {
        ServerUnderTest under(shortened(&host::ServerOptions::requestDeadline));
        ServerTestClient client(under.server.port());
        // Every byte comes in time; the request does not.
        for (const char byte : getRequest("/", "X: " + std::string(1000, 'a') + "\r\n")) {
            if (!client.trySend({&byte, 1}))
                break;
            std::this_thread::sleep_for(2ms);
        }
        CPPUNIT_ASSERT_EQUAL(408, client.receive().status);
    }

    void slowBodyEndsAtItsDeadline() {
        ServerUnderTest under(shortened(&host::ServerOptions::requestDeadline));
        ServerTestClient client(under.server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nabc");
        const auto response = client.receive();
        CPPUNIT_ASSERT_EQUAL(408, response.status);
        CPPUNIT_ASSERT(response.body.find("request_timeout") != std::string::npos);
        CPPUNIT_ASSERT(client.closed());
    }

    void silentConnectionIsClosedWithoutAnAnswer() {
        ServerUnderTest under(shortened(&host::ServerOptions::keepAliveTimeout));
        ServerTestClient never(under.server.port());
        CPPUNIT_ASSERT(never.closed());
        // The timeout starts with the connection: a busy machine may close the client before it asks.
        CPPUNIT_ASSERT(eventually([&] {
            ServerTestClient once(under.server.port());
            return once.trySend(getRequest("/")) && once.receive().status == 200 && once.closed();
        }));
    }

    void slowSendersHoldNobodyUp() {
        ServerUnderTest under;
        std::list<ServerTestClient> slow;
        for (int i = 0; i < 100; ++i)
            slow.emplace_back(under.server.port())
                .send(i % 2 == 0 ? "GET / HTTP/1.1\r\nX: "
                                 : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na");
        ServerTestClient fresh(under.server.port());
        CPPUNIT_ASSERT_EQUAL(200, fresh.get("/").status);
    }

    void unreadResponsesAreGivenUpWhileOthersAreServed() {
        ServerUnderTest under(shortened(&host::ServerOptions::writeDeadline));
        std::vector<std::unique_ptr<ServerTestClient>> unreading;
        for (int i = 0; i < 4; ++i)
            unreading.push_back(unreadingClient(under.server.port(), "/huge", "unread-" + std::to_string(i)));
        ServerTestClient fresh(under.server.port());
        CPPUNIT_ASSERT_EQUAL(200, fresh.get("/").status);
        expectGivenUp(under, unreading);
    }

    void unreadProducersAreGivenUp() {
        ServerUnderTest under(shortened(&host::ServerOptions::writeDeadline));
        std::vector<std::unique_ptr<ServerTestClient>> unreading;
        // More than there are threads for producers.
        for (int i = 0; i < 20; ++i)
            unreading.push_back(
                unreadingClient(under.server.port(), "/endless", "unread-" + std::to_string(i)));
        // A busy machine may stall this reader past the deadline as well; then another one asks.
        CPPUNIT_ASSERT(
            eventually([&] { return ServerTestClient(under.server.port()).get("/produced").whole; }));
        expectGivenUp(under, unreading);
    }

    void slowReaderThatReadsIsServedToTheEnd() {
        ServerUnderTest under(shortened(&host::ServerOptions::writeDeadline));
        SlowReading reading;
        // Reading takes longer than one write deadline. A run counts only if the machine did not stall the
        // reader itself.
        CPPUNIT_ASSERT(eventually([&] {
            const auto client = unreadingClient(under.server.port(), "/large", "slow", 262144);
            reading = readSlowly(*client, ServerTestApplication::largeSize);
            return reading.isWhole || reading.longestPause < 100ms;
        }));
        CPPUNIT_ASSERT(reading.isWhole);
    }

    void thousandIdleConnectionsHoldNobodyUp() {
        host::ServerOptions options;
        options.keepAliveTimeout = 10min;
        ServerUnderTest under(options);
        std::list<ServerTestClient> idle;
        for (int i = 0; i < 1000; ++i)
            CPPUNIT_ASSERT_EQUAL(200, idle.emplace_back(under.server.port()).get("/").status);
        ServerTestClient fresh(under.server.port());
        CPPUNIT_ASSERT_EQUAL(200, fresh.get("/").status);
        for (auto& client : idle)
            CPPUNIT_ASSERT_EQUAL(200, client.get("/later").status);
    }

    void resetInMidReplyIsSurvived() {
        ServerUnderTest under;
        for (int i = 0; i < 20; ++i) {
            ServerTestClient client(under.server.port());
            client.send(getRequest(i % 3 == 0 ? "/huge" : i % 3 == 1 ? "/endless" : "/held"));
            if (i % 3 == 2)
                CPPUNIT_ASSERT(under.application.waitForHeld(static_cast<std::size_t>(i / 3 + 1)));
            client.reset();
        }
        under.application.release();
        ServerTestClient fresh(under.server.port());
        CPPUNIT_ASSERT_EQUAL(200, fresh.get("/").status);
    }

    void endlessPipelineIsServedInBoundedMemory() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        RethrowingThread sender([&] {
            std::string many;
            for (int i = 0; i < 1000; ++i)
                many += postRequest("/echo", std::string(900, 'p'));
            for (int i = 0; i < 10; ++i)
                client.send(many);
        });
        for (int i = 0; i < 10000; ++i)
            CPPUNIT_ASSERT_EQUAL(std::size_t(900), client.receive().body.size());
        sender.join();
    }

    void instantRequestsAreAnsweredWhenAllWorkersAreBusy() {
        host::ServerOptions options;
        options.workers = 4;
        ServerUnderTest under(options);
        std::list<ServerTestClient> blocked;
        for (int i = 0; i < 6; ++i)
            blocked.emplace_back(under.server.port()).send(getRequest("/blocked"));
        CPPUNIT_ASSERT(under.application.waitForHeld(2));
        ServerTestClient fresh(under.server.port());
        for (int i = 0; i < 10; ++i)
            CPPUNIT_ASSERT_EQUAL(200, fresh.get("/instant").status);
        // Its next, ordinary request waits its turn.
        fresh.send(getRequest("/"));
        under.application.releaseForGood();
        for (auto& client : blocked)
            CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
        CPPUNIT_ASSERT_EQUAL(200, fresh.receive().status);
        CPPUNIT_ASSERT_EQUAL(std::size_t(2), under.application.mostAtOnce());
    }

    void overflowIsRefusedWithRetryAfter() {
        host::ServerOptions options;
        options.workers = 4;
        options.maximumQueued = 1;
        ServerUnderTest under(options);
        std::list<ServerTestClient> blocked;
        for (int i = 0; i < 2; ++i)
            blocked.emplace_back(under.server.port()).send(getRequest("/blocked"));
        CPPUNIT_ASSERT(under.application.waitForHeld(2));
        // One of these two waits, the other is refused and may try again on the same connection.
        ServerTestClient one(under.server.port());
        ServerTestClient two(under.server.port());
        one.send(getRequest("/"));
        two.send(getRequest("/"));
        CPPUNIT_ASSERT(eventually([&] { return under.log.contains("status=503"); }));
        under.application.releaseForGood();
        const auto first = one.receive();
        const auto second = two.receive();
        const auto& refused = first.status == 503 ? first : second;
        CPPUNIT_ASSERT_EQUAL(703, first.status + second.status);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), refused.headers.at("retry-after"));
        CPPUNIT_ASSERT(refused.body.find("\"overloaded\"") != std::string::npos);
        CPPUNIT_ASSERT(eventually([&] { return one.get("/").status == 200; }));
        CPPUNIT_ASSERT(eventually([&] { return two.get("/").status == 200; }));
    }

    void connectionsBeyondTheMaximumAreTurnedAway() {
        host::ServerOptions options;
        options.maximumConnections = 5;
        ServerUnderTest under(options);
        std::list<ServerTestClient> open;
        for (int i = 0; i < 5; ++i)
            CPPUNIT_ASSERT_EQUAL(200, open.emplace_back(under.server.port()).get("/").status);
        ServerTestClient sixth(under.server.port());
        const auto response = sixth.receive();
        CPPUNIT_ASSERT_EQUAL(503, response.status);
        CPPUNIT_ASSERT(response.headers.contains("retry-after"));
        open.clear();
        CPPUNIT_ASSERT(eventually([&] {
            ServerTestClient next(under.server.port());
            return next.trySend(getRequest("/")) && next.receive().status == 200;
        }));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AttackTest);

} // namespace coffer::test
