#include "tests/host/http/ServerTestApplication.h"
#include "tests/host/http/ServerTestClient.h"
#include "tests/host/http/TlsTestCertificates.h"
#include "tests/support/RethrowingThread.h"

#include <list>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace coffer::test {

namespace {

/// What the client sends meanwhile arrives in one segment.
class Corked {
public:
    explicit Corked(const ServerTestClient& client) : client_(client) { set(1); }
    Corked(const Corked&) = delete;
    Corked& operator=(const Corked&) = delete;
    ~Corked() { set(0); }

private:
    void set(int on) const { ::setsockopt(client_.descriptor(), IPPROTO_TCP, TCP_CORK, &on, sizeof on); }
    const ServerTestClient& client_;
};

} // namespace

using namespace std::chrono_literals;

class TlsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TlsTest);
    COFFER_TEST(requestsAreServedAndMarkedSecure);
    COFFER_TEST(pipelinedRequestsInOneRecordAreServed);
    COFFER_TEST(recordsThatArriveTogetherAreServed);
    COFFER_TEST(hugeAndProducedResponsesArriveWhole);
    COFFER_TEST(refusalReachesTheClient);
    COFFER_TEST(oldProtocolsAreRefused);
    COFFER_TEST(version12IsServed);
    COFFER_TEST(stalledHandshakeIsClosedAtTheDeadline);
    COFFER_TEST(stalledHandshakesHoldNobodyUp);
    COFFER_TEST(plainRequestIsToldToUseHttps);
    COFFER_TEST(garbageIsClosed);
    COFFER_TEST(reloadServesTheNewCertificateToNewConnections);
    COFFER_TEST(badReloadKeepsTheOldCertificate);
    COFFER_TEST(serverDoesNotStartWithoutGoodFiles);
    COFFER_TEST(clientCertificateIsRequiredWhenConfigured);
    COFFER_TEST(unreadResponseIsGivenUp);
    COFFER_TEST(replyInFlightSurvivesStop);
    COFFER_TEST(noDescriptorIsLeftBehind);
    CPPUNIT_TEST_SUITE_END();

    const TlsTestCertificate authority_{"Test Authority"};
    const TlsTestCertificate first_{"first.example", &authority_};
    const TlsTestCertificate second_{"second.example", &authority_};
    std::unique_ptr<TemporaryFolder> folder_;
    TlsTestContext context_{nullptr, SSL_CTX_free};
    host::ServerOptions options_;

public:
    void setUp() override {
        folder_ = std::make_unique<TemporaryFolder>();
        context_ = makeClientContext(authority_);
        options_ = {};
        options_.tls = host::TlsOptions{folder_->write("server.pem", first_.certificatePem()),
                                        folder_->write("server.key", first_.keyPem()),
                                        {}};
    }
    void tearDown() override { folder_.reset(); }

private:
    ServerTestClient connect(const ServerUnderTest& under) {
        ServerTestClient client(under.server.port(), context_.get());
        CPPUNIT_ASSERT(client.secure());
        return client;
    }

    void requestsAreServedAndMarkedSecure() {
        ServerUnderTest under(options_);
        auto client = connect(under);
        CPPUNIT_ASSERT_EQUAL(std::string("first.example"), client.serverName());
        for (int i = 0; i < 50; ++i) {
            CPPUNIT_ASSERT(client.get("/who").body.ends_with(" secure"));
            CPPUNIT_ASSERT_EQUAL(std::string("held"), client.get("/later").body);
            CPPUNIT_ASSERT_EQUAL(std::string(1000, 'x'),
                                 client.ask(postRequest("/echo", std::string(1000, 'x'))).body);
        }
    }

    void pipelinedRequestsInOneRecordAreServed() {
        ServerUnderTest under(options_);
        auto client = connect(under);
        for (const char* path : {"/", "/later"}) {
            std::string requests;
            for (int i = 0; i < 300; ++i) // larger than one read
                requests += getRequest(path);
            client.send(requests);
            for (int i = 0; i < 300; ++i)
                CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
        }
    }

    void recordsThatArriveTogetherAreServed() {
        ServerUnderTest under(options_);
        auto client = connect(under);
        const std::string request = getRequest("/");
        for (int round = 0; round < 20; ++round) {
            const auto newKeys = client.keyUpdates(1);
            {
                const Corked together(client);
                CPPUNIT_ASSERT_EQUAL(
                    static_cast<ssize_t>(newKeys.size()),
                    ::send(client.descriptor(), newKeys.data(), newKeys.size(), MSG_NOSIGNAL));
                client.send(request.substr(0, 10));
                client.send(request.substr(10));
                client.send(request);
                client.send(request.substr(0, 10));
            }
            CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
            CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
            client.send(request.substr(10));
            CPPUNIT_ASSERT_EQUAL(200, client.receive().status);
        }
    }

    void hugeAndProducedResponsesArriveWhole() {
        ServerUnderTest under(options_);
        auto client = connect(under);
        const auto huge = client.get("/huge");
        CPPUNIT_ASSERT(huge.whole);
        CPPUNIT_ASSERT_EQUAL(ServerTestApplication::hugeSize, huge.body.size());
        CPPUNIT_ASSERT(client.get("/produced").whole);
        CPPUNIT_ASSERT(!client.get("/broken").whole);
    }

    void refusalReachesTheClient() {
        ServerUnderTest under(options_);
        auto client = connect(under);
        CPPUNIT_ASSERT_EQUAL(400, client.ask("GET / HTTP/1.1\r\n\r\n" + getRequest("/")).status);
        CPPUNIT_ASSERT(client.closed());
    }

    void oldProtocolsAreRefused() {
        ServerUnderTest under(options_);
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), TLS1_1_VERSION);
        ServerTestClient client(under.server.port(), context_.get());
        CPPUNIT_ASSERT(!client.secure());
    }

    void version12IsServed() {
        ServerUnderTest under(options_);
        SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);
        auto client = connect(under);
        CPPUNIT_ASSERT_EQUAL(200, client.get("/").status);
    }

    void stalledHandshakeIsClosedAtTheDeadline() {
        options_.requestDeadline = 300ms;
        ServerUnderTest under(options_);
        ServerTestClient silent(under.server.port());
        CPPUNIT_ASSERT(silent.closed());
        ServerTestClient stalled(under.server.port());
        stalled.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
        CPPUNIT_ASSERT(stalled.closed());
    }

    void stalledHandshakesHoldNobodyUp() {
        ServerUnderTest under(options_);
        std::list<ServerTestClient> stalled;
        for (int i = 0; i < 100; ++i)
            stalled.emplace_back(under.server.port()).send(std::string("\x16\x03\x01\x02\x00\x01", 6));
        auto client = connect(under);
        CPPUNIT_ASSERT_EQUAL(200, client.get("/").status);
    }

    void plainRequestIsToldToUseHttps() {
        ServerUnderTest under(options_);
        ServerTestClient client(under.server.port());
        const auto response = client.get("/");
        CPPUNIT_ASSERT_EQUAL(400, response.status);
        CPPUNIT_ASSERT(response.body.find("https") != std::string::npos);
    }

    void garbageIsClosed() {
        ServerUnderTest under(options_);
        ServerTestClient client(under.server.port());
        client.send("\x01\x02\x03nonsense that is no TLS record at all");
        CPPUNIT_ASSERT(client.receive().status == 0);
        CPPUNIT_ASSERT_EQUAL(200, connect(under).get("/").status);
    }

    void reloadServesTheNewCertificateToNewConnections() {
        ServerUnderTest under(options_);
        auto before = connect(under);
        folder_->write("server.pem", second_.certificatePem());
        folder_->write("server.key", second_.keyPem());
        under.server.reloadTls();
        auto after = connect(under);
        CPPUNIT_ASSERT_EQUAL(std::string("second.example"), after.serverName());
        CPPUNIT_ASSERT_EQUAL(200, after.get("/").status);
        CPPUNIT_ASSERT_EQUAL(200, before.get("/").status);
    }

    void badReloadKeepsTheOldCertificate() {
        ServerUnderTest under(options_);
        const auto refused = [&](const std::string& certificate, const std::string& key) {
            folder_->write("server.pem", certificate);
            folder_->write("server.key", key);
            try {
                under.server.reloadTls();
                CPPUNIT_FAIL("a bad pair was taken");
            } catch (const std::runtime_error& error) {
                CPPUNIT_ASSERT(std::string(error.what()).find("server.") != std::string::npos);
                CPPUNIT_ASSERT(std::string(error.what()).find("PRIVATE") == std::string::npos);
            }
            auto client = connect(under);
            CPPUNIT_ASSERT_EQUAL(std::string("first.example"), client.serverName());
        };
        refused(second_.certificatePem(), first_.keyPem());
        refused("nonsense", first_.keyPem());
        refused(first_.certificatePem(), "");
        std::filesystem::remove(*folder_ / "server.pem");
        CPPUNIT_ASSERT_THROW(under.server.reloadTls(), std::runtime_error);
    }

    void serverDoesNotStartWithoutGoodFiles() {
        options_.tls->keyFile = *folder_ / "missing.key";
        try {
            ServerUnderTest under(options_);
            CPPUNIT_FAIL("it started without a key");
        } catch (const std::runtime_error& error) {
            CPPUNIT_ASSERT(std::string(error.what()).find("missing.key") != std::string::npos);
        }
    }

    void clientCertificateIsRequiredWhenConfigured() {
        const TlsTestCertificate clients{"Client Authority"};
        const TlsTestCertificate known{"robot", &clients};
        const TlsTestCertificate stranger{"stranger", &authority_};
        options_.tls->clientCaFile = folder_->write("clients.pem", clients.certificatePem());
        ServerUnderTest under(options_);
        const auto statusWith = [&](const TlsTestCertificate* own) {
            const auto context = makeClientContext(authority_, own);
            ServerTestClient client(under.server.port(), context.get());
            // In TLS 1.3 the client hears of the refusal only when it reads.
            return client.secure() && client.trySend(getRequest("/")) ? client.receive().status : 0;
        };
        CPPUNIT_ASSERT_EQUAL(200, statusWith(&known));
        CPPUNIT_ASSERT_EQUAL(0, statusWith(nullptr));
        CPPUNIT_ASSERT_EQUAL(0, statusWith(&stranger));
        CPPUNIT_ASSERT_EQUAL(200, statusWith(&known));
    }

    void unreadResponseIsGivenUp() {
        options_.writeDeadline = 300ms;
        ServerUnderTest under(options_);
        auto unreading = connect(under);
        unreading.send(getRequest("/huge"));
        CPPUNIT_ASSERT(
            eventually([&] { return under.log.contains("request broken off method=GET path=/huge"); }));
        CPPUNIT_ASSERT_EQUAL(200, connect(under).get("/").status);
    }

    void replyInFlightSurvivesStop() {
        ServerUnderTest under(options_);
        auto client = connect(under);
        client.send(getRequest("/held"));
        CPPUNIT_ASSERT(under.application.waitForHeld(1));
        RethrowingThread stopping([&] { under.server.stop(10min); });
        under.application.release();
        CPPUNIT_ASSERT_EQUAL(std::string("held"), client.receive().body);
        client.reset();
        stopping.join();
    }

    void noDescriptorIsLeftBehind() {
        const std::size_t before = openDescriptors();
        {
            ServerUnderTest under(options_);
            for (int i = 0; i < 20; ++i) {
                auto client = connect(under);
                CPPUNIT_ASSERT_EQUAL(200, client.get("/").status);
                if (i % 2 == 0)
                    client.reset();
                ServerTestClient garbage(under.server.port());
                garbage.send("nonsense");
            }
        }
        CPPUNIT_ASSERT_EQUAL(before, openDescriptors());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TlsTest);

} // namespace coffer::test
