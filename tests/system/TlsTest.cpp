#include "tests/support/DaemonProcess.h"

#include <csignal>

using namespace coffer::test;

namespace {

void assertSays(const std::string& text, const std::string& part) {
    CPPUNIT_ASSERT_MESSAGE("no '" + part + "' in: " + text, text.find(part) != std::string::npos);
}

} // namespace

/// HTTPS, with curl as the client that knows nothing of us.
class TlsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TlsTest);
    COFFER_TEST(certificateAndKeyServeHttpsOnly);
    COFFER_TEST(sighupSwapsTheCertificateAndABadFileKeepsTheOld);
    COFFER_TEST(clientsWithoutACertificateAreRefusedWhenAnAuthorityIsSet);
    COFFER_TEST(aKeyThatDoesNotFitIsRefusedAtTheStart);
    COFFER_TEST(aSessionsCookieIsOneOfTlsOnly);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        folder_ = std::make_unique<TemporaryFolder>();
        makeCertificate("first");
        makeCertificate("second");
        install("first");
    }
    void tearDown() override {
        daemon_.reset();
        folder_.reset();
    }

    void certificateAndKeyServeHttpsOnly() {
        start();
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, curl({"--cacert", file("first.crt")}, said));
        assertSays(said, "administrator");
        CPPUNIT_ASSERT(0 != curl({}, said)); // who does not know its authority does not talk to it
        CPPUNIT_ASSERT_EQUAL_MESSAGE(
            said, 0, curl({"--cacert", file("first.crt"), "--tlsv1.3", "--write-out", "%{http_code}"}, said));
        assertSays(said, "200");
        CPPUNIT_ASSERT_EQUAL(400, Client(daemon_->port()).get("//healthz").status); // plain HTTP
    }
    void sighupSwapsTheCertificateAndABadFileKeepsTheOld() {
        start();
        install("second");
        hangUp("configuration read again");
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, curl({"--cacert", file("second.crt")}, said));
        CPPUNIT_ASSERT(0 != curl({"--cacert", file("first.crt")}, said));

        (void)folder_->write("server.crt", "this is no certificate\n");
        hangUp("server.crt");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, curl({"--cacert", file("second.crt")}, said));
        std::filesystem::remove(file("server.crt"));
        hangUp("server.crt");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, curl({"--cacert", file("second.crt")}, said));
        // The certificate of one and the key of the other.
        std::filesystem::copy_file(file("first.crt"), file("server.crt"));
        hangUp("server.crt");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, curl({"--cacert", file("second.crt")}, said));

        install("first");
        hangUp("configuration read again");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, curl({"--cacert", file("first.crt")}, said));
    }
    void clientsWithoutACertificateAreRefusedWhenAnAuthorityIsSet() {
        start({"--tls.client_ca=" + file("second.crt")});
        std::string said;
        CPPUNIT_ASSERT(0 != curl({"--cacert", file("first.crt")}, said));
        CPPUNIT_ASSERT(0 != curl({"--cacert", file("first.crt"), "--cert", file("first.crt"), "--key",
                                  file("first.key")},
                                 said)); // of another authority
        CPPUNIT_ASSERT_EQUAL_MESSAGE(
            said, 0,
            curl({"--cacert", file("first.crt"), "--cert", file("second.crt"), "--key", file("second.key")},
                 said));
        assertSays(said, "administrator");
    }
    void aSessionsCookieIsOneOfTlsOnly() {
        start();
        const std::string name = "__Host-coffer_session=";
        std::string said;
        const std::string body = R"({"token":")" + daemon_->token() + "\"}";
        CPPUNIT_ASSERT_EQUAL_MESSAGE(
            said, 0, curl({"--cacert", file("first.crt"), "--include", "--json", body}, "/sessions", said));
        assertSays(said, "Set-Cookie: " + name);
        assertSays(said, "; Path=/; HttpOnly; SameSite=Strict; Secure\r\n");
        const auto at = said.find(name) + name.size();
        const std::string value = said.substr(at, said.find(';', at) - at);
        const auto answerTo = [&](const std::string& cookie) {
            (void)curl({"--cacert", file("first.crt"), "-H", "Cookie: " + cookie}, "/whoami", said);
            return said;
        };
        assertSays(answerTo(name + value), "administrator");
        assertSays(answerTo("coffer_session=" + value), "authentication_required"); // its name without TLS
    }
    void aKeyThatDoesNotFitIsRefusedAtTheStart() {
        start();
        daemon_->kill();
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon_->run({"--tls.key=" + file("second.key")}, &said));
        assertSays(said, "second.key");
        CPPUNIT_ASSERT_EQUAL(1, daemon_->run({"check-config", "--tls.certificate=/nowhere.crt"}, &said));
        assertSays(said, "/nowhere.crt");
    }

private:
    [[nodiscard]] std::string file(const std::string& name) const { return *folder_ / name; }
    /// Self-signed: its own authority, for servers and clients.
    void makeCertificate(const std::string& name) const {
        std::string said;
        const int status =
            runProgram({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", file(name + ".key"), "-out", file(name + ".crt")},
                       &said);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, status);
    }
    /// The files that the daemon reads.
    void install(const std::string& name) const {
        for (const std::string suffix : {".crt", ".key"})
            std::filesystem::copy_file(file(name + suffix), file("server" + suffix),
                                       std::filesystem::copy_options::overwrite_existing);
    }
    void start(std::vector<std::string> options = {}) {
        options.push_back("--tls.certificate=" + file("server.crt"));
        options.push_back("--tls.key=" + file("server.key"));
        daemon_ = std::make_unique<DaemonProcess>(std::move(options));
    }
    /// SIGHUP, until the log has said `said` once more.
    void hangUp(const std::string& said) {
        const auto before = daemon_->log().size();
        daemon_->signal(SIGHUP);
        for (int i = 0; i < 1200 && daemon_->log().find(said, before) == std::string::npos; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        assertSays(daemon_->log().substr(before), said);
    }
    /// Asks who the administrator is.
    int curl(std::vector<std::string> options, std::string& said) const {
        options.insert(options.begin(), {"-H", "Authorization: Bearer " + daemon_->token()});
        return curl(std::move(options), "/whoami", said);
    }
    int curl(const std::vector<std::string>& options, const std::string& path, std::string& said) const {
        std::vector<std::string> command{"/usr/bin/curl", "-sS", "--max-time", "30"};
        command.insert(command.end(), options.begin(), options.end());
        command.push_back("https://127.0.0.1:" + std::to_string(daemon_->port()) + "/api/v1" + path);
        return runProgram(command, &said);
    }

    std::unique_ptr<TemporaryFolder> folder_;
    std::unique_ptr<DaemonProcess> daemon_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(TlsTest);
