#include "tests/support/DaemonProcess.h"
#include "tests/support/Paths.h"

#include <Poco/InflatingStream.h>
#include <Poco/JSON/Array.h>
#include <Poco/StreamCopier.h>

#include <csignal>
#include <sstream>
#include <thread>

using namespace coffer::test;

namespace {

void assertStatus(int expected, const Answer& answer) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, expected, answer.status);
}

void assertRefused(int status, const std::string& code, const Answer& answer) {
    assertStatus(status, answer);
    CPPUNIT_ASSERT_EQUAL(code, answer.code());
}

/// What a browser does with the daemon: it keeps the cookie, and its scripts show the session's token.
class Browser {
public:
    explicit Browser(const DaemonProcess& daemon) : client_(daemon.port()) {}

    Answer signIn(const std::string& token) {
        auto answer =
            client_.post("/sessions", R"({"token":")" + token + "\"}", {{"Sec-Fetch-Site", "same-origin"}});
        if (answer.status == 201) {
            setCookie = answer.head.get("Set-Cookie");
            cookie = setCookie.substr(0, setCookie.find(';'));
            csrfToken = answer.text("csrfToken");
        }
        return answer;
    }
    Answer send(const std::string& method, const std::string& path, const std::string& body = {},
                Headers headers = {}) {
        headers.emplace_back("Cookie", cookie);
        if (method != "GET")
            headers.emplace_back("X-CSRF-Token", csrfToken);
        return client_.send(method, path, body, headers);
    }
    Answer get(const std::string& path) { return send("GET", path); }

    std::string setCookie;
    std::string cookie; ///< `name=value`
    std::string csrfToken;

private:
    Client client_;
};

std::string actions(const DaemonProcess& daemon, const std::string& query) {
    const auto items = daemon.client().get("/audit?" + query).json()->getArray("items");
    std::string all;
    for (unsigned i = 0; i < items->size(); ++i) {
        const auto item = items->getObject(i);
        all += item->getValue<std::string>("action") + " " + item->getValue<std::string>("result") + "\n";
    }
    return all;
}

} // namespace

/// The console's server side in a real daemon: files, sessions, and pages of plugins.
class ConsoleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConsoleTest);
    COFFER_TEST(theFrameIsServedWithItsProtection);
    COFFER_TEST(filesAreCompressedAndNotSentTwice);
    COFFER_TEST(nothingElseOfTheDiskIsServed);
    COFFER_TEST(browsersAreLedThereAndProgramsAreNot);
    COFFER_TEST(aSessionIsMadeUsedAndSignedOut);
    COFFER_TEST(otherSitesCannotUseASession);
    COFFER_TEST(aSessionSurvivesKillNineAndEndsWithItsToken);
    COFFER_TEST(aSessionEndsWhenItIdles);
    COFFER_TEST(aRestoredBackupHasNoSession);
    COFFER_TEST(cookieAndTokenAreNowhereToBeSeen);
    COFFER_TEST(theMenuFollowsTheRoleAndThePluginsState);
    COFFER_TEST(switchedOffThereIsNeitherConsoleNorSession);
    COFFER_TEST(withoutItsFilesTheDaemonServesOn);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        frame_ = std::make_unique<TemporaryFolder>();
        frame_->write("index.html", "<!doctype html><title>frame</title>");
        frame_->write("main.js", "export default '" + std::string(4000, 'x') + "';");
    }
    void tearDown() override {
        daemon_.reset();
        frame_.reset();
    }

    void theFrameIsServedWithItsProtection() {
        start();
        Client nobody(daemon_->port());
        for (const auto* path : {"//console/", "//console/backup-credentials", "//console/nothing/at/all"}) {
            const auto answer = nobody.get(path);
            assertStatus(200, answer);
            CPPUNIT_ASSERT_EQUAL(std::string("text/html; charset=utf-8"), answer.head.get("Content-Type"));
            CPPUNIT_ASSERT(answer.body.find("<title>frame</title>") != std::string::npos);
        }
        for (const auto* path :
             {"//console", "//console/", "//console/assets/main.js", "//console/assets/nothing.js"}) {
            const auto head = nobody.get(path).head;
            const auto policy = head.get("Content-Security-Policy");
            CPPUNIT_ASSERT(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
            CPPUNIT_ASSERT(policy.find("unsafe") == std::string::npos);
            CPPUNIT_ASSERT_EQUAL(std::string("no-referrer"), head.get("Referrer-Policy"));
            CPPUNIT_ASSERT_EQUAL(std::string("same-origin"), head.get("Cross-Origin-Opener-Policy"));
            CPPUNIT_ASSERT_EQUAL(std::string("same-origin"), head.get("Cross-Origin-Resource-Policy"));
            CPPUNIT_ASSERT_EQUAL(std::string("nosniff"), head.get("X-Content-Type-Options"));
        }
        assertStatus(405, nobody.post("//console/"));
    }

    void filesAreCompressedAndNotSentTwice() {
        start();
        Client nobody(daemon_->port());
        const auto plain = nobody.get("//console/assets/main.js");
        CPPUNIT_ASSERT_EQUAL(std::string("text/javascript; charset=utf-8"), plain.head.get("Content-Type"));
        const auto packed = nobody.get("//console/assets/main.js", {{"Accept-Encoding", "gzip"}});
        CPPUNIT_ASSERT_EQUAL(std::string("gzip"), packed.head.get("Content-Encoding"));
        CPPUNIT_ASSERT(packed.body.size() < 200);
        std::istringstream bytes(packed.body);
        Poco::InflatingInputStream unpacking(bytes, Poco::InflatingStreamBuf::STREAM_GZIP);
        std::string unpacked;
        Poco::StreamCopier::copyToString(unpacking, unpacked);
        CPPUNIT_ASSERT_EQUAL(plain.body, unpacked);
        const Headers known{{"If-None-Match", plain.head.get("ETag")}};
        const auto again = nobody.get("//console/assets/main.js", known);
        assertStatus(304, again);
        CPPUNIT_ASSERT_EQUAL(std::string(), again.body);
        frame_->write("main.js", "changed");
        const auto changed = nobody.get("//console/assets/main.js", known);
        assertStatus(200, changed);
        CPPUNIT_ASSERT_EQUAL(std::string("changed"), changed.body);
        const auto head = nobody.send("HEAD", "//console/assets/main.js", {}, {});
        assertStatus(200, head);
        CPPUNIT_ASSERT_EQUAL(std::string("7"), head.head.get("Content-Length"));
    }

    void nothingElseOfTheDiskIsServed() {
        start();
        frame_->write(".secret.js", "hidden");
        std::filesystem::create_symlink("/etc/hostname", *frame_ / "hostname.txt");
        Client nobody(daemon_->port());
        for (const auto* path :
             {"//console/assets/../index.html", "//console/assets/%2e%2e/%2e%2e/etc/hostname",
              "//console/assets/..%2f..%2fetc/hostname", "//console/assets/.secret.js",
              "//console/assets/hostname.txt", "//console/assets/", "//console/assets//main.js",
              "//console/plugin-assets/projects/../backup-credentials/page.js",
              "//console/plugin-assets/../assets/main.js", "//console/plugin-assets/nobody/page.js"})
            assertRefused(404, "not_found", nobody.get(path));
    }

    void browsersAreLedThereAndProgramsAreNot() {
        start();
        Client nobody(daemon_->port());
        const auto browser = nobody.get("//", {{"Accept", "text/html,*/*;q=0.8"}});
        assertStatus(303, browser);
        CPPUNIT_ASSERT_EQUAL(std::string("/console/"), browser.head.get("Location"));
        CPPUNIT_ASSERT_EQUAL(std::string("/console/"), nobody.get("//").text("console"));
        CPPUNIT_ASSERT(nobody.get("/whoami").head.get("WWW-Authenticate").find("Bearer") !=
                       std::string::npos);
        const auto fetched = nobody.get("/whoami", {{"Sec-Fetch-Mode", "cors"}});
        assertRefused(401, "authentication_required", fetched);
        for (const auto& [name, value] : fetched.head)
            CPPUNIT_ASSERT(!value.starts_with("Basic"));
    }

    void aSessionIsMadeUsedAndSignedOut() {
        start();
        Browser browser(*daemon_);
        const auto wrong = browser.signIn("coffer_wrong");
        assertRefused(401, "invalid_token", wrong);
        CPPUNIT_ASSERT(!wrong.head.has("WWW-Authenticate"));
        CPPUNIT_ASSERT(!wrong.head.has("Set-Cookie"));

        assertStatus(201, browser.signIn(daemon_->token()));
        CPPUNIT_ASSERT(browser.setCookie.starts_with("coffer_session="));
        CPPUNIT_ASSERT(browser.setCookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), browser.get("/whoami").text("name"));
        const auto current = browser.get("/sessions/current");
        CPPUNIT_ASSERT_EQUAL(browser.csrfToken, current.text("csrfToken"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3600}, current.number("idleTimeoutSeconds"));
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), current.head.get("Cache-Control"));
        assertStatus(201, browser.send("POST", "/organizations", R"({"name":"Acme"})"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), browser.get("/organizations/1").text("createdBy"));

        Browser second(*daemon_);
        assertStatus(201, second.signIn(daemon_->token()));
        const auto list = second.get("/sessions").json()->getArray("items");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, list->size());
        CPPUNIT_ASSERT(!list->getObject(0)->getValue<bool>("current"));
        CPPUNIT_ASSERT(list->getObject(1)->getValue<bool>("current"));
        const auto first = list->getObject(0)->getValue<std::string>("id");
        assertStatus(204, second.send("DELETE", "/sessions/" + first));
        assertRefused(404, "not_found", second.send("DELETE", "/sessions/" + first));
        const auto ended = browser.get("/whoami");
        assertRefused(401, "session_ended", ended);
        CPPUNIT_ASSERT(ended.head.get("Set-Cookie").ends_with("Max-Age=0"));

        const auto out = second.send("DELETE", "/sessions/current");
        assertStatus(204, out);
        CPPUNIT_ASSERT(out.head.get("Set-Cookie").ends_with("Max-Age=0"));
        assertRefused(401, "session_ended", second.get("/whoami"));
        assertStatus(204, second.send("DELETE", "/sessions/current")); // once more
        assertStatus(204, Client(daemon_->port()).remove("/sessions/current"));
        assertRefused(401, "no_session", daemon_->client().get("/sessions/current"));
        CPPUNIT_ASSERT_EQUAL(std::string("session.end success\nsession.end success\n"
                                         "session.create success\nsession.create success\n"),
                             actions(*daemon_, "objectType=session"));
    }

    void otherSitesCannotUseASession() {
        start();
        Browser browser(*daemon_);
        assertStatus(201, browser.signIn(daemon_->token()));
        Client other(daemon_->port());
        const std::string body = R"({"name":"Acme"})";
        const std::pair<std::string, std::string> cookie{"Cookie", browser.cookie};
        assertRefused(403, "csrf_token_missing", other.post("/organizations", body, {cookie}));
        assertRefused(403, "csrf_token_wrong",
                      other.post("/organizations", body, {cookie, {"X-CSRF-Token", "x"}}));
        assertRefused(403, "csrf_token_missing", other.remove("/sessions/current", {cookie}));
        for (const auto* site : {"cross-site", "same-site"}) {
            assertRefused(403, "cross_site", other.get("/whoami", {cookie, {"Sec-Fetch-Site", site}}));
            assertRefused(
                403, "cross_site",
                other.post("/organizations", body,
                           {cookie, {"X-CSRF-Token", browser.csrfToken}, {"Sec-Fetch-Site", site}}));
            assertRefused(403, "cross_site",
                          other.post("/sessions", R"({"token":")" + daemon_->token() + "\"}",
                                     {{"Sec-Fetch-Site", site}}));
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, browser.get("/organizations").number("totalCount"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), browser.get("/whoami").text("name"));
        CPPUNIT_ASSERT_EQUAL(std::string("organization.create refused\norganization.create refused\n"
                                         "organization.create refused\norganization.create refused\n"),
                             actions(*daemon_, "action=organization.create"));
        CPPUNIT_ASSERT_EQUAL(std::string("session.end refused\n"), actions(*daemon_, "action=session.end"));
    }

    void aSessionSurvivesKillNineAndEndsWithItsToken() {
        start();
        const auto organization = daemon_->addOrganization("Acme");
        Browser browser(*daemon_);
        assertStatus(201, browser.signIn(daemon_->addPrincipal("Vera", "viewer", organization)));
        daemon_->kill();
        daemon_->start();
        Browser again(*daemon_);
        again.cookie = browser.cookie;
        again.csrfToken = browser.csrfToken;
        const auto who = again.get("/whoami");
        CPPUNIT_ASSERT_EQUAL(std::string("Vera"), who.text("name"));
        CPPUNIT_ASSERT_EQUAL(browser.csrfToken, again.get("/sessions/current").text("csrfToken"));
        const std::string tokens = "/principals/" + who.text("id") + "/tokens";
        const auto token = daemon_->client().get(tokens).json()->getArray("items")->getObject(0);
        assertStatus(204, daemon_->client().remove(tokens + "/" + token->getValue<std::string>("id")));
        assertRefused(401, "session_ended", again.get("/whoami"));
    }

    void aSessionEndsWhenItIdles() {
        start({"--console.session_idle=1s", "--console.session_lifetime=1h"});
        Browser browser(*daemon_);
        const auto session = browser.signIn(daemon_->token());
        assertStatus(201, session);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, session.number("idleTimeoutSeconds"));
        std::this_thread::sleep_for(std::chrono::milliseconds(1100));
        assertRefused(401, "session_ended", browser.get("/whoami"));
    }

    void aRestoredBackupHasNoSession() {
        start();
        Browser browser(*daemon_);
        assertStatus(201, browser.signIn(daemon_->token()));
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0,
                                     daemon_->run({"storage", "backup", *frame_ / "backup.db"}, &said));
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0,
                                     daemon_->run({"storage", "restore", *frame_ / "backup.db"}, &said));
        daemon_->start();
        Browser again(*daemon_);
        again.cookie = browser.cookie;
        assertRefused(401, "session_ended", again.get("/whoami"));
    }

    void cookieAndTokenAreNowhereToBeSeen() {
        start({"--telemetry.log_level=debug", "--audit.file=" + (*frame_ / "audit.jsonl")});
        Browser browser(*daemon_);
        assertStatus(201, browser.signIn(daemon_->token()));
        const std::string cookie = browser.cookie.substr(browser.cookie.find('=') + 1);
        std::string seen = browser.get("/sessions").body + browser.get("/audit?limit=500").body +
                           Client(daemon_->port()).get("//metrics").body;
        seen += browser.send("POST", "/organizations", "{").body;
        seen += Client(daemon_->port()).post("/organizations", "{}", {{"Cookie", browser.cookie}}).body;
        assertStatus(204, browser.send("DELETE", "/sessions/current"));
        seen += browser.get("/whoami").body;
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        seen += readFile(*frame_ / "audit.jsonl");
        CPPUNIT_ASSERT(seen.find("session.create") != std::string::npos);
        for (const auto& entry : std::filesystem::recursive_directory_iterator(daemon_->folder()))
            if (entry.is_regular_file() && entry.path().filename() != "administrator.token")
                seen += readFile(entry.path());
        for (const auto& secret : {cookie, browser.csrfToken, daemon_->token()}) {
            CPPUNIT_ASSERT(secret.size() > 40);
            CPPUNIT_ASSERT(seen.find(secret) == std::string::npos);
        }
    }

    void theMenuFollowsTheRoleAndThePluginsState() {
        start();
        const auto organization = daemon_->addOrganization("Acme");
        CPPUNIT_ASSERT_EQUAL(std::string("backup-credentials projects audit organizations plugins keys "),
                             menu(daemon_->token()));
        CPPUNIT_ASSERT_EQUAL(std::string("backup-credentials projects organizations "),
                             menu(daemon_->addPrincipal("Vera", "viewer", organization)));
        CPPUNIT_ASSERT_EQUAL(std::string("audit organizations "),
                             menu(daemon_->addPrincipal("Otto", "auditor", organization)));
        assertRefused(401, "authentication_required", Client(daemon_->port()).get("/console"));

        const std::string module = "//console/plugin-assets/projects/page.js";
        Client client = daemon_->client();
        const auto served = client.get(module);
        assertStatus(200, served);
        assertStatus(200, client.post("/plugins/projects/disable"));
        assertRefused(404, "not_found", client.get(module));
        CPPUNIT_ASSERT_EQUAL(std::string("backup-credentials audit organizations plugins keys "),
                             menu(daemon_->token()));
        assertStatus(200, client.post("/plugins/projects/enable"));
        assertStatus(304, client.get(module, {{"If-None-Match", served.head.get("ETag")}}));
    }

    void switchedOffThereIsNeitherConsoleNorSession() {
        start({"--console.enabled=false"});
        Client client = daemon_->client();
        assertRefused(404, "not_found", client.get("//console/"));
        assertRefused(404, "not_found", client.get("/console"));
        assertRefused(404, "not_found", client.post("/sessions", R"({"token":"x"})"));
        assertStatus(200, client.get("//", {{"Accept", "text/html"}}));
        assertRefused(401, "authentication_required",
                      Client(daemon_->port()).get("/whoami", {{"Cookie", "coffer_session=x"}}));
    }

    void withoutItsFilesTheDaemonServesOn() {
        daemon_ = std::make_unique<DaemonProcess>(
            std::vector<std::string>{"--console.directory=" + (*frame_ / "nowhere")});
        CPPUNIT_ASSERT(daemon_->log().find("the console's files are missing") != std::string::npos);
        assertRefused(503, "console_not_installed", Client(daemon_->port()).get("//console/"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), daemon_->client().get("/whoami").text("name"));
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon_->run({"check-config"}, &said));
        CPPUNIT_ASSERT_MESSAGE(said, said.find("[console]: there is no folder") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->run({"check-config", "--console.enabled=false"}, &said));
    }

private:
    void start(std::vector<std::string> options = {}) {
        options.push_back("--console.directory=" + frame_->path().string());
        daemon_ = std::make_unique<DaemonProcess>(std::move(options));
    }
    [[nodiscard]] std::string menu(const std::string& token) const {
        const auto pages = daemon_->client(token).get("/console").json()->getArray("pages");
        std::string all;
        for (unsigned i = 0; i < pages->size(); ++i)
            all += pages->getObject(i)->getValue<std::string>("path") + " ";
        return all;
    }

    std::unique_ptr<TemporaryFolder> frame_;
    std::unique_ptr<DaemonProcess> daemon_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConsoleTest);
