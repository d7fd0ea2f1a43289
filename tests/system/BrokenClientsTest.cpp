#include "tests/support/S3Stub.h"
#include "tests/system/AttackedDaemon.h"

#include <Poco/Net/ServerSocket.h>

#include <list>
#include <sys/socket.h>

using namespace coffer::test;

/// Clients that send everything at once, stop in the middle, or are gone.
class BrokenClientsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BrokenClientsTest);
    COFFER_TEST(manyRequestsInOneWriteAreAnsweredInOrder);
    COFFER_TEST(manyRequestsInOneRecordAreAnsweredInOrder);
    COFFER_TEST(whoHasFinishedSendingIsAnswered);
    COFFER_TEST(whoHasFinishedSendingThroughTlsIsAnswered);
    COFFER_TEST(whoEndsInMidRequestIsForgotten);
    COFFER_TEST(whoEndsInMidHandshakeOrRecordIsForgotten);
    COFFER_TEST(whoIsGoneInMidReplyIsForgotten);
    COFFER_TEST(whoIsGoneWhileAnEndpointHangsIsForgotten);
    COFFER_TEST(newKeysWithoutEndHoldNobodyUp);
    CPPUNIT_TEST_SUITE_END();

public:
    void manyRequestsInOneWriteAreAnsweredInOrder() {
        AttackedDaemon daemon;
        pipeline(daemon);
        daemon.expectUnharmed();
    }

    void manyRequestsInOneRecordAreAnsweredInOrder() {
        AttackedDaemon daemon({}, AttackedDaemon::Transport::tls);
        pipeline(daemon);
        daemon.expectUnharmed();
    }

    void whoHasFinishedSendingIsAnswered() {
        AttackedDaemon daemon;
        for (int i = 0; i < 100; ++i) {
            ServerTestClient client(daemon.port());
            client.send(mixedRequests(daemon.stranger(), 0, 12));
            client.finishSending();
            expectMixed(daemon, client, 0, 12);
            CPPUNIT_ASSERT(client.closed());
        }
        // What is not whole when it ends is no request.
        ServerTestClient half(daemon.port());
        half.send(getRequest("/healthz").substr(0, 30));
        half.finishSending();
        CPPUNIT_ASSERT(half.closed());
        daemon.expectUnharmed();
    }

    void whoHasFinishedSendingThroughTlsIsAnswered() {
        AttackedDaemon daemon({}, AttackedDaemon::Transport::tls);
        for (const bool saysSo : {true, false})
            for (int i = 0; i < 20; ++i) {
                const auto client = daemon.connect();
                client->send(mixedRequests(daemon.stranger(), 0, 12));
                if (saysSo)
                    client->finishRecords();
                client->finishSending();
                expectMixed(daemon, *client, 0, 12);
                CPPUNIT_ASSERT(client->closed());
            }
        daemon.expectUnharmed();
    }

    void whoEndsInMidRequestIsForgotten() {
        AttackedDaemon daemon;
        const std::string requests[] = {
            requestOf(daemon.stranger(), daemon.stranger().path, "half"),
            "POST /api/v1/organizations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                daemon.stranger().token + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"nam\r\n0\r\n\r\n",
        };
        daemon.expectGoodServiceWhile([&] {
            for (const auto& request : requests)
                for (std::size_t length = 0; length < request.size(); ++length) {
                    ServerTestClient client(daemon.port());
                    client.send(request.substr(0, length));
                    if (length % 2 == 0)
                        client.reset();
                }
        });
        daemon.expectUnharmed();
    }

    void whoEndsInMidHandshakeOrRecordIsForgotten() {
        AttackedDaemon daemon({}, AttackedDaemon::Transport::tls);
        const std::string hello = clientHello();
        daemon.expectGoodServiceWhile([&] {
            for (std::size_t length = 0; length < hello.size(); ++length) {
                ServerTestClient client(daemon.port());
                client.send(hello.substr(0, length));
                if (length % 2 == 0)
                    client.reset();
            }
            for (int i = 0; i < 50; ++i) {
                const auto client = daemon.connect();
                client->send(requestOf(daemon.stranger(), daemon.stranger().path, "half").substr(0, 40));
                const std::string garbage(static_cast<std::size_t>(i), '\x17');
                (void)::send(client->descriptor(), garbage.data(), garbage.size(), MSG_NOSIGNAL);
                if (i % 2 == 0)
                    client->reset();
            }
        });
        daemon.expectUnharmed();
    }

    void whoIsGoneInMidReplyIsForgotten() {
        AttackedDaemon daemon;
        std::string requests;
        for (int i = 0; i < 20; ++i)
            requests += requestOf(daemon.stranger(), "/api/v1/openapi.json", "large");
        daemon.expectGoodServiceWhile([&] {
            for (int i = 0; i < 100; ++i) {
                ServerTestClient client(daemon.port(), i % 2 == 0 ? 0 : 4096);
                client.send(requests);
                if (i % 4 < 2)
                    CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
                if (i % 3 != 0)
                    client.reset();
            }
        });
        daemon.expectUnharmed();
    }

    void whoIsGoneWhileAnEndpointHangsIsForgotten() {
        AttackedDaemon daemon;
        Poco::Net::ServerSocket silent;
        silent.bind(Poco::Net::SocketAddress("127.0.0.1", 0), true, false);
        silent.listen(64);
        const Caller& stranger = daemon.stranger();
        const auto organization = std::stol(stranger.path.substr(stranger.path.rfind('/') + 1));
        for (int i = 0; i < 16; ++i) {
            const auto body = credentialJson(organization, "number " + std::to_string(i),
                                             "http://127.0.0.1:" + std::to_string(silent.address().port()));
            ServerTestClient client(daemon.port());
            client.send(postRequest("/api/v1/backup-credentials", body,
                                    "Authorization: Bearer " + stranger.token +
                                        "\r\nContent-Type: application/json\r\n"));
            if (i % 2 == 0)
                client.reset();
        }
        const auto hang = [&] {
            return AttackedDaemon::metric(*daemon.connect(), "coffer_http_lane_running{lane=\"slow\"}") >= 8;
        };
        CPPUNIT_ASSERT(eventually(hang));
        daemon.expectGoodService(AttackedDaemon::Connections::keptAndFresh, hang);
        silent.close();
        daemon.expectUnharmed();
    }

    void newKeysWithoutEndHoldNobodyUp() {
        AttackedDaemon daemon({}, AttackedDaemon::Transport::tls);
        // More than there are workers, and more keys than one may have.
        daemon.expectGoodServiceWhile([&] {
            std::list<std::unique_ptr<ServerTestClient>> attackers;
            for (int i = 0; i < 40; ++i) {
                auto& client = *attackers.emplace_back(daemon.connect());
                const auto keys = client.keyUpdates(300);
                CPPUNIT_ASSERT(::send(client.descriptor(), keys.data(), keys.size(), MSG_NOSIGNAL) > 0);
            }
            for (auto& client : attackers)
                CPPUNIT_ASSERT(client->closed());
        });
        // A few are no attack.
        const auto client = daemon.connect();
        for (int i = 0; i < 20; ++i) {
            const auto keys = client->keyUpdates(1);
            CPPUNIT_ASSERT(::send(client->descriptor(), keys.data(), keys.size(), MSG_NOSIGNAL) > 0);
            CPPUNIT_ASSERT_EQUAL(200, client->get("/healthz").status);
        }
        client->reset();
        daemon.expectUnharmed();
    }

private:
    static constexpr int kinds = 6;

    /// Requests number `from` to `to`, of every kind in turn, each with its number as its id.
    static std::string mixedRequests(const Caller& caller, int from, int to) {
        std::string all;
        for (int i = from; i < to; ++i) {
            const std::string id = caller.name + "-" + std::to_string(i);
            const std::string fields = "X-Request-Id: " + id + "\r\n";
            switch (i % kinds) {
            case 0:
                all += requestOf(caller, caller.path, id);
                break;
            case 1:
                all += getRequest("/healthz", fields);
                break;
            case 2:
                all += getRequest("/api/v1/nothing", fields);
                break;
            case 3:
                all += postRequest("/api/v1/organizations", R"({"name":"not allowed"})",
                                   "Authorization: Bearer " + caller.token +
                                       "\r\nContent-Type: application/json\r\n" + fields);
                break;
            case 4:
                all += requestOf(caller, "/api/v1/backup-credentials", id);
                break;
            default:
                all += "HEAD " + caller.path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
            }
        }
        return all;
    }
    static void expectMixed(const AttackedDaemon& daemon, ServerTestClient& client, int from, int to) {
        constexpr int statuses[kinds] = {200, 200, 404, 403, 200, 401};
        for (int i = from; i < to; ++i) {
            const auto response = client.receive(i % kinds == kinds - 1);
            const std::string what = std::to_string(i) + ": " + response.head + response.body;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(what, statuses[i % kinds], response.status);
            CPPUNIT_ASSERT_MESSAGE(what, response.whole);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(what, daemon.stranger().name + "-" + std::to_string(i),
                                         response.headers.at("x-request-id"));
            daemon.expectNothingOfOthers(response.head + response.body);
        }
    }
    static void pipeline(AttackedDaemon& daemon) {
        constexpr int requests = 300;
        std::list<std::unique_ptr<ServerTestClient>> clients;
        for (int i = 0; i < 8; ++i) {
            clients.push_back(daemon.connect());
            clients.back()->send(mixedRequests(daemon.stranger(), i * requests, (i + 1) * requests));
        }
        daemon.expectGoodService();
        int number = 0;
        for (auto& client : clients) {
            expectMixed(daemon, *client, number, number + requests);
            number += requests;
        }
    }
    /// The first bytes that OpenSSL would send.
    static std::string clientHello() {
        const TlsTestContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
        const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
        BIO* written = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), written);
        CPPUNIT_ASSERT(SSL_connect(ssl.get()) != 1);
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(written, &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(BrokenClientsTest);
