#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/Paths.h"
#include "tests/support/RethrowingThread.h"

#include <Poco/JSON/Array.h>

#include <atomic>
#include <csignal>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <regex>
#include <set>

using namespace coffer::test;

namespace {

/// A daemon with a plugin of tests/fixtures beside its own.
class FixtureDaemon {
public:
    explicit FixtureDaemon(const std::string& fixture, std::vector<std::string> options = {}) {
        const auto file =
            folder_.write(fixture + ".so", readFile(buildPath("lib/coffer/fixtures/" + fixture + ".so")));
        std::filesystem::copy(sourcePath("config"), folder_.path() / "config",
                              std::filesystem::copy_options::recursive);
        folder_.write("config/plugins.d/" + fixture + ".ini",
                      "[plugin." + fixture + "]\nenabled = true\nfile = " + file + "\n");
        process_ = std::make_unique<DaemonProcess>(std::move(options), folder_ / "config/cofferd.ini");
    }
    DaemonProcess& operator*() const { return *process_; }
    DaemonProcess* operator->() const { return process_.get(); }

private:
    TemporaryFolder folder_;
    std::unique_ptr<DaemonProcess> process_;
};

void assertStatus(int expected, const Answer& answer) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, expected, answer.status);
}

std::size_t recorded(Client& client, const std::string& query) {
    return client.get("/audit?objectType=plugin&objectId=switchable&" + query)
        .json()
        ->getArray("items")
        ->size();
}

} // namespace

/// Plugins that are taken out of service and back while the daemon serves, and one that gets stuck.
class PluginSwitchTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PluginSwitchTest);
    COFFER_TEST(newRequestsAreRefusedAtOnceAndTheOneInFlightFinishes);
    COFFER_TEST(whatWasAcknowledgedSurvivesKillNine);
    COFFER_TEST(whoMayNotChangesNothing);
    COFFER_TEST(repeatedRequestsAreReplayedOrRefused);
    COFFER_TEST(clientsSeeOnlyAnswersAndRefusalsWhileItIsSwitchedToAndFro);
    COFFER_TEST(stuckHandlersAreAnsweredAndTheirWorkersReplaced);
    CPPUNIT_TEST_SUITE_END();

public:
    void newRequestsAreRefusedAtOnceAndTheOneInFlightFinishes() {
        const TemporaryFolder folder;
        const std::string goOn = folder / "go-on";
        ::setenv("COFFER_TEST_GO_ON", goOn.c_str(), 1);
        const FixtureDaemon daemon("switchable");
        ::unsetenv("COFFER_TEST_GO_ON"); // the daemon has it
        Client client = daemon->client();
        auto inFlight =
            std::async(std::launch::async, [&] { return daemon->client().get("/switchable/slow"); });
        CPPUNIT_ASSERT(eventually([&] {
            return client.get("//metrics").body.find("coffer_http_lane_running{lane=\"slow\"} 1") !=
                   std::string::npos;
        }));
        auto disabled = std::async(std::launch::async,
                                   [&] { return daemon->client().post("/plugins/switchable/disable"); });
        CPPUNIT_ASSERT(eventually([&] { return client.get("/switchable").status == 503; }));
        const auto refused = client.get("/switchable");
        CPPUNIT_ASSERT_EQUAL(std::string("plugin_disabled"), refused.code());
        CPPUNIT_ASSERT_MESSAGE(refused.body, refused.text("detail").find("POST /api/v1/plugins/switchable/"
                                                                         "enable") != std::string::npos);
        (void)folder.write("go-on", "");
        assertStatus(200, inFlight.get());
        const auto off = disabled.get();
        assertStatus(200, off);
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), off.text("state"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), off.text("disabledBy"));
        assertStatus(200, Client(daemon->port()).get("//readyz"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, recorded(client, "action=plugin.disable&result=success"));

        const auto on = client.post("/plugins/switchable/enable");
        assertStatus(200, on);
        CPPUNIT_ASSERT_EQUAL(std::string("running"), on.text("state"));
        CPPUNIT_ASSERT_EQUAL(std::string("object 2"), client.get("/switchable").text("greeting"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, recorded(client, "action=plugin.enable&result=success"));
        daemon->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon->wait());
    }

    void whatWasAcknowledgedSurvivesKillNine() {
        const FixtureDaemon daemon("switchable");
        assertStatus(200, daemon->client().post("/plugins/switchable/disable"));
        daemon->kill();
        for (const std::vector<std::string>& command :
             {std::vector<std::string>{"check-config"}, {"storage", "check"}, {"audit", "verify"}}) {
            std::string said;
            const int status = daemon->run(command, &said);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, status);
        }
        daemon->start();
        Client client = daemon->client();
        CPPUNIT_ASSERT_EQUAL(std::string("plugin_disabled"), client.get("/switchable").code());
        const auto plugin = client.get("/plugins/switchable");
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), plugin.text("state"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), plugin.text("disabledBy"));
        const auto ready = Client(daemon->port()).get("//readyz");
        assertStatus(200, ready);
        CPPUNIT_ASSERT_MESSAGE(ready.body, ready.body.find(R"({"name":"plugin:switchable","state":"ok",)"
                                                           R"("reason":"disabled"})") != std::string::npos);

        assertStatus(200, client.post("/plugins/switchable/enable"));
        daemon->kill();
        daemon->start();
        assertStatus(200, daemon->client().get("/switchable"));
    }

    void whoMayNotChangesNothing() {
        const FixtureDaemon daemon("switchable");
        Client administrator = daemon->client();
        const auto organization = daemon->addOrganization("one of many");
        for (const auto& [role, where] : {std::pair<std::string, std::int64_t>{"viewer", organization},
                                          {"partner", organization},
                                          {"auditor", 0}}) {
            Client client = daemon->client(daemon->addPrincipal("some " + role, role, where));
            for (const auto* action : {"disable", "enable"}) {
                const auto before = recorded(administrator, "result=refused");
                assertStatus(403, client.post("/plugins/switchable/" + std::string(action)));
                CPPUNIT_ASSERT_EQUAL(before + 1, recorded(administrator, "result=refused"));
            }
        }
        assertStatus(401, Client(daemon->port()).post("/plugins/switchable/disable"));
        assertStatus(404, administrator.post("/plugins/nobody/disable"));
        assertStatus(404, administrator.post("/plugins/nobody/enable"));
        CPPUNIT_ASSERT_EQUAL(std::string("running"), administrator.get("/plugins/switchable").text("state"));
        CPPUNIT_ASSERT_EQUAL(std::string("object 1"), administrator.get("/switchable").text("greeting"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, recorded(administrator, "action=plugin.disable&result=success"));
    }

    void repeatedRequestsAreReplayedOrRefused() {
        const FixtureDaemon daemon("switchable");
        Client client = daemon->client();
        const Headers key{{"Idempotency-Key", "take-it-out"}};
        const auto first = client.post("/plugins/switchable/disable", {}, key);
        assertStatus(200, first);
        CPPUNIT_ASSERT_EQUAL(first.body, client.post("/plugins/switchable/disable", {}, key).body);
        const auto again = client.post("/plugins/switchable/disable");
        assertStatus(409, again);
        CPPUNIT_ASSERT_EQUAL(std::string("plugin_disabled"), again.code());
        assertStatus(200, client.post("/plugins/switchable/enable"));
        const auto twice = client.post("/plugins/switchable/enable");
        assertStatus(409, twice);
        CPPUNIT_ASSERT_EQUAL(std::string("plugin_enabled"), twice.code());
    }

    void clientsSeeOnlyAnswersAndRefusalsWhileItIsSwitchedToAndFro() {
        const FixtureDaemon daemon("switchable");
        std::atomic<bool> isOver{false};
        std::mutex mutex;
        std::map<std::string, int> seen;
        std::list<RethrowingThread> clients;
        for (int c = 0; c < 16; ++c)
            clients.emplace_back([&] {
                Client client = daemon->client();
                while (!isOver) {
                    const auto answer = client.get("/switchable");
                    const std::lock_guard lock(mutex);
                    ++seen[std::to_string(answer.status) + (answer.status == 200 ? "" : answer.code())];
                }
            });
        const auto grows = [&](const std::string& answer) {
            const auto count = [&] {
                const std::lock_guard lock(mutex);
                return seen[answer];
            };
            return eventually([&, before = count()] { return count() > before; });
        };
        Client administrator = daemon->client();
        try {
            for (int round = 0; round < 20; ++round) {
                assertStatus(200, administrator.post("/plugins/switchable/disable"));
                CPPUNIT_ASSERT(grows("503plugin_disabled"));
                assertStatus(200, administrator.post("/plugins/switchable/enable"));
                CPPUNIT_ASSERT(grows("200"));
            }
        } catch (...) {
            isOver = true;
            throw;
        }
        isOver = true;
        for (auto& client : clients)
            client.join();
        std::size_t known = 0;
        for (const char* answer : {"200", "503plugin_disabled", "503plugin_unavailable"})
            known += seen.contains(answer) ? 1 : 0;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(seen.begin()->first + ", " + seen.rbegin()->first, seen.size(), known);
    }

    void stuckHandlersAreAnsweredAndTheirWorkersReplaced() {
        for (const std::string lane : {"fast", "slow"}) {
            const FixtureDaemon daemon("stuck-handlers", {"--http.fast_limit=1s", "--http.slow_limit=1s",
                                                          "--http.workers=4", "--http.slow_workers=4"});
            // As many as there are workers for such requests.
            std::vector<std::future<std::string>> answers;
            for (int i = 0; i < 2; ++i)
                answers.push_back(std::async(std::launch::async, [&] {
                    Client client = daemon->client();
                    const auto answer = client.get("/stuck/" + lane);
                    const auto next = client.get("/whoami"); // over the same connection
                    return answer.code() + " " + std::to_string(next.status);
                }));
            std::set<std::string> allowed{"handler_stuck 200", "plugin_unavailable 200"};
            for (auto& answer : answers) {
                const auto said = answer.get();
                CPPUNIT_ASSERT_MESSAGE(lane + ": " + said, allowed.contains(said));
            }
            Client client = daemon->client();
            CPPUNIT_ASSERT(eventually(
                [&] { return client.get("/plugins/stuck-handlers").text("state") == "quarantined"; }));
            const auto reason = client.get("/plugins/stuck-handlers").text("reason");
            // After the second that it may take; on a busy machine somewhat later.
            const std::regex sentence("its handler of GET /api/v1/stuck/" + lane +
                                      " did not return within [1-9][0-9]* s \\(request .*");
            CPPUNIT_ASSERT_MESSAGE(reason, std::regex_match(reason, sentence));
            CPPUNIT_ASSERT_EQUAL(std::string("plugin_unavailable"), client.get("/stuck/" + lane).code());
            assertStatus(409, client.post("/plugins/stuck-handlers/disable"));
            daemon->signal(SIGTERM);
            CPPUNIT_ASSERT_EQUAL(0, daemon->wait());
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PluginSwitchTest);
