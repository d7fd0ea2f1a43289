#include "tests/host/http/ServerTestApplication.h"
#include "tests/host/http/ServerTestClient.h"

namespace coffer::test {

using namespace std::chrono_literals;

/// What every HTTP client may rely on.
class ServerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServerTest);
    COFFER_TEST(connectionIsKeptForManyRequests);
    COFFER_TEST(pipelinedRequestsAreAnsweredInOrder);
    COFFER_TEST(pipelinedRequestsWaitForLateAnswers);
    COFFER_TEST(headHasTheLengthAndNoBody);
    COFFER_TEST(continueIsSentWhenTheHeadIsAccepted);
    COFFER_TEST(continueIsNotSentWhenTheHeadIsRefused);
    COFFER_TEST(bodyArrivesByLengthAndByChunks);
    COFFER_TEST(bodyBeyondTheLimitIsRefusedUnread);
    COFFER_TEST(applicationRefusesBeforeTheBody);
    COFFER_TEST(usualHeadersAreSent);
    COFFER_TEST(http10ClosesUnlessItAsksOtherwise);
    COFFER_TEST(connectionCloseIsHonoured);
    COFFER_TEST(producedBodyIsChunked);
    COFFER_TEST(producedBodyEndsWithTheConnectionInHttp10);
    COFFER_TEST(failingProducerBreaksTheResponseOff);
    COFFER_TEST(hugeResponseArrivesWhole);
    COFFER_TEST(everyFailureOfTheApplicationIsAnswered);
    COFFER_TEST(onlyTheFirstReplyCounts);
    COFFER_TEST(lineEndsNeverLeaveInHeaders);
    COFFER_TEST(oneTimeSecretIsNotCached);
    COFFER_TEST(halfClosedClientIsAnswered);
    COFFER_TEST(forwardedAddressIsBelievedFromTrustedProxies);
    COFFER_TEST(oneLineIsLoggedForEachRequest);
    COFFER_TEST(ipv6IsServed);
    COFFER_TEST(takenPortIsASentence);
    COFFER_TEST(badOptionsAreRefused);
    CPPUNIT_TEST_SUITE_END();

    void connectionIsKeptForManyRequests() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        for (int i = 0; i < 100; ++i) {
            const auto response = client.get(i % 2 == 0 ? "/" : "/later");
            CPPUNIT_ASSERT_EQUAL(200, response.status);
            CPPUNIT_ASSERT_EQUAL(std::string(i % 2 == 0 ? "hello" : "held"), response.body);
        }
    }

    void pipelinedRequestsAreAnsweredInOrder() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        std::string requests;
        for (int i = 0; i < 200; ++i)
            requests += postRequest("/echo", "body " + std::to_string(i)) + (i % 3 == 0 ? "\r\n" : "");
        client.send(requests);
        for (int i = 0; i < 200; ++i)
            CPPUNIT_ASSERT_EQUAL("body " + std::to_string(i), client.receive().body);
    }

    void pipelinedRequestsWaitForLateAnswers() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        client.send(getRequest("/held") + postRequest("/echo", "second") + getRequest("/held") +
                    getRequest("/"));
        CPPUNIT_ASSERT(under.application.waitForHeld(1));
        CPPUNIT_ASSERT_EQUAL(std::size_t(1), under.application.handledCount());
        under.application.release();
        CPPUNIT_ASSERT_EQUAL(std::string("held"), client.receive().body);
        CPPUNIT_ASSERT_EQUAL(std::string("second"), client.receive().body);
        CPPUNIT_ASSERT(under.application.waitForHeld(2));
        under.application.release();
        CPPUNIT_ASSERT_EQUAL(std::string("held"), client.receive().body);
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), client.receive().body);
    }

    void headHasTheLengthAndNoBody() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        for (const char* path : {"/", "/produced", "/empty"}) {
            client.send(std::string("HEAD ") + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
            const auto response = client.receive(true);
            CPPUNIT_ASSERT(response.status == 200 || response.status == 204);
            if (std::string(path) == "/")
                CPPUNIT_ASSERT_EQUAL(std::string("5"), response.headers.at("content-length"));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), client.get("/").body);
    }

    void continueIsSentWhenTheHeadIsAccepted() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        const std::string request = postRequest("/echo", "later", "Expect: 100-continue\r\n");
        client.send(request.substr(0, request.size() - 5));
        CPPUNIT_ASSERT_EQUAL(100, client.receive().status);
        client.send("later");
        CPPUNIT_ASSERT_EQUAL(std::string("later"), client.receive().body);
        // A body that is there already needs no invitation.
        CPPUNIT_ASSERT_EQUAL(200, client.ask(request).status);
    }

    void continueIsNotSentWhenTheHeadIsRefused() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(413, client.receive().status);
        CPPUNIT_ASSERT(client.closed());
    }

    void bodyArrivesByLengthAndByChunks() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        CPPUNIT_ASSERT_EQUAL(std::string(1000, 'b'),
                             client.ask(postRequest("/echo", std::string(1000, 'b'))).body);
        const std::string chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        CPPUNIT_ASSERT_EQUAL(std::string("abcde"), client.ask(chunked).body);
        for (const char byte : chunked)
            client.send({&byte, 1});
        CPPUNIT_ASSERT_EQUAL(std::string("abcde"), client.receive().body);
        // A GET may have one, too; it must not become the next request.
        CPPUNIT_ASSERT_EQUAL(std::string("hello"),
                             client.ask(getRequest("/", "Content-Length: 5\r\n") + "GET x").body);
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), client.get("/").body);
    }

    void bodyBeyondTheLimitIsRefusedUnread() {
        ServerUnderTest under;
        ServerTestClient announced(under.server.port());
        CPPUNIT_ASSERT_EQUAL(
            413, announced.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n").status);
        CPPUNIT_ASSERT(announced.closed());
        ServerTestClient chunked(under.server.port());
        chunked.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" +
                     std::string(1000, 'a') + "\r\n1\r\na\r\n0\r\n\r\n" + getRequest("/"));
        const auto response = chunked.receive();
        CPPUNIT_ASSERT_EQUAL(413, response.status);
        CPPUNIT_ASSERT_EQUAL(std::string("close"), response.headers.at("connection"));
        CPPUNIT_ASSERT(chunked.closed());
        CPPUNIT_ASSERT_EQUAL(std::size_t(0), under.application.handledCount());
    }

    void applicationRefusesBeforeTheBody() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        const auto response = client.ask("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(401, response.status);
        CPPUNIT_ASSERT(response.body.find("invalid_token") != std::string::npos);
        CPPUNIT_ASSERT(client.closed());
    }

    void usualHeadersAreSent() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        const auto given = client.ask(getRequest("/who", "X-Request-Id: my-id.1\r\n"));
        CPPUNIT_ASSERT_EQUAL(std::string("my-id.1"), given.headers.at("x-request-id"));
        CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1 my-id.1 plain"), given.body);
        const auto made = client.ask(getRequest("/", "X-Request-Id: not valid\r\n"));
        CPPUNIT_ASSERT_EQUAL(std::size_t(16), made.headers.at("x-request-id").size());
        CPPUNIT_ASSERT_EQUAL(std::string("nosniff"), made.headers.at("x-content-type-options"));
        CPPUNIT_ASSERT(made.headers.at("date").ends_with(" GMT"));
        CPPUNIT_ASSERT_EQUAL(std::string("text/plain"), made.headers.at("content-type"));
        CPPUNIT_ASSERT(!made.headers.contains("connection"));
        const auto empty = client.get("/empty");
        CPPUNIT_ASSERT_EQUAL(204, empty.status);
        CPPUNIT_ASSERT(!empty.headers.contains("content-length") && !empty.headers.contains("content-type"));
    }

    void http10ClosesUnlessItAsksOtherwise() {
        ServerUnderTest under;
        ServerTestClient closing(under.server.port());
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), closing.ask("GET / HTTP/1.0\r\n\r\n").body);
        CPPUNIT_ASSERT(closing.closed());
        ServerTestClient keeping(under.server.port());
        for (int i = 0; i < 2; ++i) {
            const auto response = keeping.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            CPPUNIT_ASSERT_EQUAL(std::string("keep-alive"), response.headers.at("connection"));
        }
    }

    void connectionCloseIsHonoured() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        client.send(getRequest("/", "Connection: close\r\n") + getRequest("/"));
        CPPUNIT_ASSERT_EQUAL(std::string("close"), client.receive().headers.at("connection"));
        CPPUNIT_ASSERT(client.closed());
        CPPUNIT_ASSERT_EQUAL(std::size_t(1), under.application.handledCount());
    }

    void producedBodyIsChunked() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        for (int i = 0; i < 3; ++i) {
            const auto response = client.get("/produced");
            CPPUNIT_ASSERT(response.whole);
            CPPUNIT_ASSERT_EQUAL(std::string("chunked"), response.headers.at("transfer-encoding"));
            CPPUNIT_ASSERT_EQUAL(std::size_t(20 * 65536), response.body.size());
        }
    }

    void producedBodyEndsWithTheConnectionInHttp10() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        const auto response = client.ask("GET /produced HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CPPUNIT_ASSERT(response.whole);
        CPPUNIT_ASSERT(!response.headers.contains("transfer-encoding"));
        CPPUNIT_ASSERT_EQUAL(std::string("close"), response.headers.at("connection"));
        CPPUNIT_ASSERT_EQUAL(std::size_t(20 * 65536), response.body.size());
    }

    void failingProducerBreaksTheResponseOff() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        CPPUNIT_ASSERT(!client.get("/broken").whole);
        ServerTestClient old(under.server.port());
        CPPUNIT_ASSERT(!old.ask("GET /broken HTTP/1.0\r\n\r\n").whole);
        CPPUNIT_ASSERT(under.log.contains("the source went away"));
    }

    void hugeResponseArrivesWhole() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        const auto response = client.get("/huge");
        CPPUNIT_ASSERT(response.whole);
        CPPUNIT_ASSERT_EQUAL(ServerTestApplication::hugeSize, response.body.size());
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), client.get("/").body);
    }

    void everyFailureOfTheApplicationIsAnswered() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        CPPUNIT_ASSERT_EQUAL(404, client.get("/problem").status);
        const auto thrown = client.get("/throws");
        CPPUNIT_ASSERT_EQUAL(500, thrown.status);
        CPPUNIT_ASSERT(thrown.body.find("internal detail") == std::string::npos);
        CPPUNIT_ASSERT_EQUAL(500, client.get("/dropped").status);
        client.send(getRequest("/held"));
        CPPUNIT_ASSERT(under.application.waitForHeld(1));
        under.application.forget();
        CPPUNIT_ASSERT_EQUAL(500, client.receive().status);
        CPPUNIT_ASSERT_EQUAL(200, client.get("/").status);
    }

    void onlyTheFirstReplyCounts() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        CPPUNIT_ASSERT_EQUAL(std::string("first"), client.get("/twice").body);
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), client.get("/").body);
    }

    void lineEndsNeverLeaveInHeaders() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        const auto response = client.get("/split");
        CPPUNIT_ASSERT_EQUAL(500, response.status);
        CPPUNIT_ASSERT(!response.headers.contains("x-injected"));
        CPPUNIT_ASSERT(under.log.contains("X-Value"));
    }

    void oneTimeSecretIsNotCached() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), client.get("/secret").headers.at("cache-control"));
    }

    void halfClosedClientIsAnswered() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        client.send(getRequest("/later") + getRequest("/"));
        client.finishSending();
        CPPUNIT_ASSERT_EQUAL(std::string("held"), client.receive().body);
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), client.receive().body);
        CPPUNIT_ASSERT(client.closed());
    }

    void forwardedAddressIsBelievedFromTrustedProxies() {
        host::ServerOptions options;
        options.trustedProxies = {"127.0.0.0/8"};
        ServerUnderTest under(options);
        ServerTestClient client(under.server.port());
        const auto response = client.ask(getRequest("/who", "X-Forwarded-For: 192.0.2.1, 198.51.100.7\r\n"));
        CPPUNIT_ASSERT(response.body.starts_with("198.51.100.7 "));
    }

    void oneLineIsLoggedForEachRequest() {
        ServerUnderTest under;
        ServerTestClient client(under.server.port());
        CPPUNIT_ASSERT_EQUAL(200, client.ask(getRequest("/a/b?token=hidden", "X-Request-Id: r1\r\n")).status);
        CPPUNIT_ASSERT_EQUAL(400, client.ask("GET / HTTP/1.1\r\n\r\n").status);
        CPPUNIT_ASSERT(eventually([&] { return under.log.contains("method=GET path=/a/b status=200 "); }));
        CPPUNIT_ASSERT(under.log.contains("bytes=5 principal= address=127.0.0.1 requestId=r1"));
        CPPUNIT_ASSERT(eventually([&] { return under.log.contains("status=400"); }));
        CPPUNIT_ASSERT(!under.log.contains("hidden"));
    }

    void ipv6IsServed() {
        host::ServerOptions options;
        options.address = "::";
        try {
            ServerUnderTest under(options);
            ServerTestClient client(under.server.port());
            // IPv4 through an IPv6 socket is still IPv4.
            CPPUNIT_ASSERT(client.get("/who").body.starts_with("127.0.0.1 "));
        } catch (const std::runtime_error& error) {
            // A machine without IPv6 says so.
            CPPUNIT_ASSERT(std::string(error.what()).find("Cannot listen on [::]") == 0);
        }
    }

    void takenPortIsASentence() {
        ServerUnderTest first;
        host::ServerOptions options;
        options.port = first.server.port();
        NoMetrics metrics;
        host::HttpServer second(options, first.application, first.log, metrics);
        try {
            second.start();
            CPPUNIT_FAIL("two servers share a port");
        } catch (const std::runtime_error& error) {
            const std::string said = error.what();
            CPPUNIT_ASSERT(said.find("127.0.0.1:" + std::to_string(options.port)) != std::string::npos);
            CPPUNIT_ASSERT(said.find("another process listens there already") != std::string::npos);
        }
    }

    void badOptionsAreRefused() {
        const auto refused = [](auto change) {
            host::ServerOptions options;
            change(options);
            ServerTestApplication application;
            RecordingLog log;
            NoMetrics metrics;
            CPPUNIT_ASSERT_THROW(host::HttpServer(options, application, log, metrics), std::invalid_argument);
        };
        refused([](auto& options) { options.workers = 2; });
        refused([](auto& options) { options.headerLimit = 0; });
        refused([](auto& options) { options.requestDeadline = 0ms; });
        refused([](auto& options) { options.trustedProxies = {"everyone"}; });
        host::ServerOptions named;
        named.address = "localhost";
        CPPUNIT_ASSERT_THROW(ServerUnderTest{named}, std::runtime_error);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ServerTest);

} // namespace coffer::test
