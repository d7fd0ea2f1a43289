#include "tests/ctl/Scene.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

using namespace coffer::test;

namespace {

/// What a server says, whatever it is asked.
struct Saying {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    std::string retryAfter;
    bool isCutOff = false;
    std::chrono::milliseconds delay{};
};

/// What it says now: the test changes it, and the server's threads read it.
class Script {
public:
    [[nodiscard]] Saying saying() const {
        const std::lock_guard lock(mutex_);
        return saying_;
    }
    void change(const std::function<void(Saying&)>& how) {
        const std::lock_guard lock(mutex_);
        how(saying_);
    }

private:
    mutable std::mutex mutex_;
    Saying saying_;
};

class Handler final : public Poco::Net::HTTPRequestHandler {
public:
    explicit Handler(Saying saying) : saying_(std::move(saying)) {}
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
        std::this_thread::sleep_for(saying_.delay);
        response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(saying_.status));
        response.setContentType(saying_.type);
        if (!saying_.retryAfter.empty())
            response.set("Retry-After", saying_.retryAfter);
        if (!saying_.isCutOff) {
            response.sendBuffer(saying_.body.data(), saying_.body.size());
            return;
        }
        response.setChunkedTransferEncoding(true);
        response.send() << saying_.body << std::flush;
        auto& connection = static_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
        connection.shutdown();
    }

private:
    const Saying saying_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit Factory(const Script& script) : script_(script) {}
    Poco::Net::HTTPRequestHandler*
    createRequestHandler(const Poco::Net::HTTPServerRequest& /*request*/) override {
        return std::make_unique<Handler>(script_.saying()).release(); // Poco owns it
    }

private:
    const Script& script_;
};

} // namespace

/// Servers that are not there, not well, not coffer, or not kind.
class ServerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServerTest);
    COFFER_TEST(aServerThatCannotBeReachedIsFive);
    COFFER_TEST(aServerThatIsNotReadyIsFive);
    COFFER_TEST(anErrorInsideOfTheServerIsOne);
    COFFER_TEST(whatIsNoCofferIsSaidToBeNone);
    COFFER_TEST(whatAServerSaysIsNotObeyedByTheTerminal);
    COFFER_TEST(anExportThatIsCutOffIsNotTakenForWhole);
    COFFER_TEST(aSilentServerIsGivenUp);
    COFFER_TEST(completionWaitsAsLongAsItIsTold);
    COFFER_TEST(certificatesAreVerified);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        Poco::Net::ServerSocket socket;
        socket.bind(Poco::Net::SocketAddress("127.0.0.1", 0), true, false);
        socket.listen();
        server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(script_), threads_, socket,
                                                          new Poco::Net::HTTPServerParams);
        server_->start();
        program_ = Program({{"COFFER_SERVER", "http://127.0.0.1:" + std::to_string(socket.address().port())},
                            {"COFFER_TOKEN", "coffer_x"}});
    }
    void tearDown() override { server_->stopAll(true); }

    void aServerThatCannotBeReachedIsFive() {
        const Program nobody({{"COFFER_SERVER", "http://127.0.0.1:1"}, {"COFFER_TOKEN", "x"}});
        const std::string error = nobody.refused(5, {"credentials", "list"});
        assertContains(error, "http://127.0.0.1:1 cannot be reached");
        assertContains(error, "nothing listens there");
        const Program nameless({{"COFFER_SERVER", "http://nobody.invalid"}, {"COFFER_TOKEN", "x"}});
        assertContains(nameless.refused(5, {"status"}), "nobody knows the name nobody.invalid");
        assertContains(Program().refused(2, {"status"}), "cofferctl login --server");
    }
    void aServerThatIsNotReadyIsFive() {
        script_.change([&](Saying& saying) {
            saying.status = 503;
            saying.body =
                R"({"status":"not ready","parts":[{"name":"storage","state":"failed","reason":"the disk is full"}]})";
        });
        const Ended status = program_.run({"status"});
        CPPUNIT_ASSERT_EQUAL(5, status.status);
        assertContains(status.out, "storage: failed, the disk is full");
        script_.change([&](Saying& saying) {
            saying.retryAfter = "7";
            saying.body = problem(503, "busy", "The server is busy");
        });
        const std::string error = program_.refused(5, {"credentials", "list"});
        assertContains(error, "The server is busy");
        assertContains(error, "try again in 7 s");
        script_.change([&](Saying& saying) { saying.status = 429; });
        program_.refused(5, {"credentials", "list"});
    }
    void anErrorInsideOfTheServerIsOne() {
        script_.change([&](Saying& saying) {
            saying.status = 500;
            saying.body = problem(500, "internal", "Something failed");
        });
        const std::string error = program_.refused(1, {"credentials", "list"});
        assertContains(error, "Something failed");
        assertContains(error, "Request 4711");
    }
    void whatIsNoCofferIsSaidToBeNone() {
        script_.change([&](Saying& saying) {
            saying.type = "text/html";
            saying.body = "<html>welcome</html>";
        });
        assertContains(program_.refused(1, {"credentials", "list"}), "no JSON");
        script_.change([&](Saying& saying) { saying.status = 404; });
        assertContains(program_.refused(1, {"credentials", "list"}), "not as coffer does");
        script_.change([&](Saying& saying) { saying.status = 302; });
        program_.refused(1, {"credentials", "list"});
    }
    void whatAServerSaysIsNotObeyedByTheTerminal() {
        const std::string hostile = "\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\u202egnp";
        script_.change([&](Saying& saying) {
            saying.body = R"({"items":[{"id":1,"name":")" + hostile + R"(","organization":{"id":1,"name":")" +
                          hostile + R"("},"validation":{"verdict":")" + hostile +
                          R"("}}],"nextCursor":null,"totalCount":1})";
        });
        for (const auto* format : {"table", "wide", "json", "yaml", "csv", "name"}) {
            Session session(program_, {"credentials", "list", "-o", format}, 200);
            CPPUNIT_ASSERT_EQUAL(0, session.end());
            assertHarmless(session.shown());
            assertHarmless(program_.done({"credentials", "list", "-o", format}));
        }
        script_.change([&](Saying& saying) {
            saying.status = 409;
            saying.body = R"({"code":"hostile","title":")" + hostile + R"(","detail":")" + hostile +
                          R"(","requestId":")" + hostile + R"(","errors":[{"field":")" + hostile +
                          R"(","detail":"x"}]})";
        });
        Session session(program_, {"credentials", "show", "1"});
        CPPUNIT_ASSERT_EQUAL(3, session.end());
        assertHarmless(session.shown());
    }
    void anExportThatIsCutOffIsNotTakenForWhole() {
        script_.change([&](Saying& saying) {
            saying.isCutOff = true;
            saying.body = "{\"sequence\":1}\n{\"sequence\":2}\n";
        });
        const std::string file = program_.home() / "audit.ndjson";
        assertContains(program_.refused(5, {"audit", "export", "--file", file}),
                       "ended before the answer did");
        // Nothing of it is left.
        CPPUNIT_ASSERT(std::filesystem::is_empty(program_.home().path()));
    }
    void aSilentServerIsGivenUp() {
        Poco::Net::ServerSocket silent;
        silent.bind(Poco::Net::SocketAddress("127.0.0.1", 0), true, false);
        silent.listen();
        const Program program(
            {{"COFFER_SERVER", "http://127.0.0.1:" + std::to_string(silent.address().port())},
             {"COFFER_TOKEN", "x"}});
        assertContains(program.refused(5, {"credentials", "list", "--timeout", "1"}),
                       "did not answer within 1 s");
    }
    void completionWaitsAsLongAsItIsTold() {
        script_.change([&](Saying& saying) {
            saying.delay = std::chrono::milliseconds(1500); // more than the second that it waits else
            saying.body = R"({"items":[{"id":"projects","state":"running"}],"nextCursor":null})";
        });
        CPPUNIT_ASSERT_EQUAL(std::string("projects\trunning\n"),
                             program_.done({"__complete", "--timeout", "600", "plugins", "show", "proj"}));
    }
    void certificatesAreVerified() {
        const TemporaryFolder folder;
        const std::string certificate = makeCertificate(folder, "server", "127.0.0.1");
        const std::string other = makeCertificate(folder, "other", "127.0.0.1");
        DaemonProcess daemon({"--http.address=0.0.0.0", "--tls.certificate=" + certificate,
                              "--tls.key=" + (folder / "server.key")});
        Program program({{"COFFER_SERVER", "https://127.0.0.1:" + std::to_string(daemon.port())},
                         {"COFFER_TOKEN", daemon.token()}});
        assertContains(program.refused(5, {"whoami"}), "its certificate is refused");
        assertContains(program.refused(5, {"whoami", "--ca-file", other}), "its certificate is refused");
        program.done({"whoami", "--ca-file", certificate});
        // The certificate is for one address of the daemon, not for this one.
        assertContains(program.refused(5, {"whoami", "--ca-file", certificate, "--server",
                                           "https://127.0.0.2:" + std::to_string(daemon.port())}),
                       "its certificate is refused");
        program.set("COFFER_CA_FILE", certificate);
        program.done({"audit", "export"});
        program.done({"login"});
        assertContains(readFile(program.configFile()), "ca-file = " + certificate);
        const std::string file = program.home().write("no.pem", "this is no certificate\n");
        assertContains(program.refused(2, {"whoami", "--ca-file", file}), file);
        // HTTP where TLS is spoken, and the other way round.
        const Scene scene;
        program.refused(1, {"whoami", "--server", "http://127.0.0.1:" + std::to_string(daemon.port())});
        assertContains(program.refused(5, {"whoami", "--server", scene.server().replace(0, 4, "https")}),
                       "cannot be reached");
    }

private:
    static std::string problem(int status, const std::string& code, const std::string& title) {
        return R"({"type":"urn:coffer:problem:)" + code + R"(","title":")" + title + R"(","status":)" +
               std::to_string(status) + R"(,"code":")" + code + R"(","detail":"More.","requestId":"4711"})";
    }
    static void assertHarmless(const std::string& shown) {
        for (const auto* part : {"\x1b]", "\x1b[2J", "\x07", "\u009b", "\u202e"})
            assertLacks(shown, part);
        assertContains(shown, "owned");
    }
    static std::string makeCertificate(const TemporaryFolder& folder, const std::string& name,
                                       const std::string& address) {
        const std::string file = folder / (name + ".crt");
        std::string output;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(
            output, 0,
            runProgram({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name, "-addext",
                        "subjectAltName=IP:" + address, "-days", "2", "-keyout", folder / (name + ".key"),
                        "-out", file},
                       &output));
        return file;
    }

    Script script_;
    Poco::ThreadPool threads_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
    Program program_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ServerTest);
