#include "host/console/ConsoleSite.h"
#include "host/console/ConsoleRoutes.h"
#include "tests/host/plugin/SimpleRequest.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/sdk/detail/RouteCheck.h>

#include <Poco/JSON/Parser.h>

#include <coffer/testkit/Test.h>

namespace coffer::test {

using namespace coffer::host;

namespace {

Principal somebody(std::vector<RoleGrant> roles) {
    Principal made;
    made.id = 7;
    made.name = "somebody";
    made.roles = std::move(roles);
    return made;
}

} // namespace

/// What lies below /console/, and what the menu shows to whom.
class ConsoleSiteTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConsoleSiteTest);
    COFFER_TEST(everyPagesAddressIsTheFrame);
    COFFER_TEST(assetsAreTheFramesFiles);
    COFFER_TEST(pluginAssetsAreThoseOfPluginsThatShowPages);
    COFFER_TEST(aMissingFrameIsSaidInWords);
    COFFER_TEST(everyAnswerIsProtected);
    COFFER_TEST(theMenuShowsWhatTheRoleMaySee);
    COFFER_TEST(theMenuIsInOrderAndSaysWhereModulesAre);
    COFFER_TEST(theDaemonsPathsAreKnown);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        std::filesystem::create_directories(folder_ / "frame");
        std::filesystem::create_directories(folder_ / "plugin");
        folder_.write("frame/index.html", "the frame");
        folder_.write("frame/main.js", "main");
        folder_.write("plugin/page.js", "a plugin's page");
    }

    void everyPagesAddressIsTheFrame() {
        for (const auto* path : {"/console/", "/console/projects", "/console/a/b/c?x=1", "/console/main.js",
                                 "/console/assets", "/console/../x"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, std::string("the frame"), get(path));
        const auto redirect = site_.pages().at("/console").answer(Poco::Net::HTTPRequest("GET", "/console"));
        CPPUNIT_ASSERT_EQUAL(303, redirect.status);
        CPPUNIT_ASSERT_EQUAL(std::string("/console/"), redirect.headers.at(0).second);
    }

    void assetsAreTheFramesFiles() {
        CPPUNIT_ASSERT_EQUAL(std::string("main"), get("/console/assets/main.js?v=1"));
        CPPUNIT_ASSERT_EQUAL(std::string("404"), get("/console/assets/nothing.js"));
        CPPUNIT_ASSERT_EQUAL(std::string("404"), get("/console/assets/"));
        CPPUNIT_ASSERT_EQUAL(std::string("404"), get("/console/assets/../plugin/page.js"));
    }

    void pluginAssetsAreThoseOfPluginsThatShowPages() {
        CPPUNIT_ASSERT_EQUAL(std::string("404"), get("/console/plugin-assets/notes/page.js"));
        shown_ = true;
        CPPUNIT_ASSERT_EQUAL(std::string("a plugin's page"), get("/console/plugin-assets/notes/page.js"));
        for (const auto* path :
             {"/console/plugin-assets/other/page.js", "/console/plugin-assets/notes",
              "/console/plugin-assets/notes/", "/console/plugin-assets/",
              "/console/plugin-assets/notes/../frame/main.js", "/console/plugin-assets/%6eotes/page.js"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, std::string("404"), get(path));
        shown_ = false; // disabled
        CPPUNIT_ASSERT_EQUAL(std::string("404"), get("/console/plugin-assets/notes/page.js"));
    }

    void aMissingFrameIsSaidInWords() {
        std::filesystem::remove_all(folder_ / "frame");
        CPPUNIT_ASSERT(!site_.isInstalled());
        for (const auto* path : {"/console/", "/console/projects", "/console/assets/main.js"})
            CPPUNIT_ASSERT_EQUAL(std::string("503"), get(path));
        std::filesystem::create_directory(folder_ / "frame");
        folder_.write("frame/index.html", "again");
        CPPUNIT_ASSERT_EQUAL(std::string("again"), get("/console/"));
    }

    void everyAnswerIsProtected() {
        for (const auto& [path, page] : site_.pages()) {
            std::string all;
            for (const auto& [name, value] : page.headers)
                all += name + ": " + value + "\n";
            CPPUNIT_ASSERT_MESSAGE(all, all.find("default-src 'none'") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(all, all.find("script-src 'self';") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(all, all.find("frame-ancestors 'none'") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(all, all.find("Referrer-Policy: no-referrer") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(all, all.find("unsafe") == std::string::npos);
        }
    }

    void theMenuShowsWhatTheRoleMaySee() {
        const std::vector<OwnedPage> plugins{
            {"notes", {"notes", "Notes", "page.js", "notes:read", "file", 10}}};
        const auto sees = [&](RoleGrant role) { return paths(somebody({role}), plugins); };
        CPPUNIT_ASSERT_EQUAL(std::string("notes audit organizations plugins keys "),
                             sees({Role::administrator, 0}));
        CPPUNIT_ASSERT_EQUAL(std::string("notes audit organizations "), sees({Role::partner, 1}));
        CPPUNIT_ASSERT_EQUAL(std::string("notes audit organizations "), sees({Role::manager, 1}));
        CPPUNIT_ASSERT_EQUAL(std::string("notes organizations "), sees({Role::viewer, 1}));
        CPPUNIT_ASSERT_EQUAL(std::string("audit organizations "), sees({Role::auditor, 1}));
        CPPUNIT_ASSERT_EQUAL(std::string(), paths(somebody({}), plugins));
        CPPUNIT_ASSERT_EQUAL(
            std::string("mine "),
            paths(somebody({}), {{"mine", {"mine", "Mine", "page.js", "mine:public", "box", 1}}}));
    }

    void theMenuIsInOrderAndSaysWhereModulesAre() {
        const auto answer = menu(somebody({{Role::administrator, 0}}),
                                 {{"late", {"late", "Late", "a/page.js", "late:read", "box", 505}},
                                  {"early", {"early-b", "B", "b.js", "early:read", "box", 5}},
                                  {"early", {"early-a", "A", "a.js", "early:read", "key", 5}}});
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3"), answer->getValue<std::string>("version"));
        const auto pages = answer->getArray("pages");
        std::string all;
        for (unsigned i = 0; i < pages->size(); ++i)
            all += pages->getObject(i)->getValue<std::string>("module") + " ";
        CPPUNIT_ASSERT_EQUAL(
            std::string("/console/plugin-assets/early/a.js /console/plugin-assets/early/b.js "
                        "/console/assets/pages/audit.js /console/plugin-assets/late/a/page.js "
                        "/console/assets/pages/organizations.js /console/assets/pages/plugins.js "
                        "/console/assets/pages/keys.js "),
            all);
        const auto first = pages->getObject(0);
        CPPUNIT_ASSERT_EQUAL(std::string("early"), first->getValue<std::string>("owner"));
        CPPUNIT_ASSERT_EQUAL(std::string("A"), first->getValue<std::string>("title"));
        CPPUNIT_ASSERT_EQUAL(std::string("key"), first->getValue<std::string>("icon"));
        CPPUNIT_ASSERT_EQUAL(5, first->getValue<int>("order"));
        CPPUNIT_ASSERT_EQUAL(std::string("coffer"), pages->getObject(2)->getValue<std::string>("owner"));
    }

    void theDaemonsPathsAreKnown() {
        for (const auto* path : {"assets", "plugin-assets", "audit", "organizations", "plugins", "keys"})
            CPPUNIT_ASSERT_MESSAGE(path, isHostsPath(path));
        CPPUNIT_ASSERT(!isHostsPath("projects"));
    }

private:
    std::string get(const std::string& target) {
        try {
            return site_.pages().at("/console/").answer(Poco::Net::HTTPRequest("GET", target)).body;
        } catch (const Problem& problem) {
            return std::to_string(problem.status());
        }
    }
    static Poco::JSON::Object::Ptr menu(const Principal& principal, const std::vector<OwnedPage>& plugins) {
        const auto routes = consoleRoutes("1.2.3", [plugins] { return plugins; });
        detail::validateRoute(routes.at(0));
        SimpleRequest request({}, principal);
        return Poco::JSON::Parser()
            .parse(routes.at(0).handler(request).body)
            .extract<Poco::JSON::Object::Ptr>();
    }
    static std::string paths(const Principal& principal, const std::vector<OwnedPage>& plugins) {
        const auto pages = menu(principal, plugins)->getArray("pages");
        std::string all;
        for (unsigned i = 0; i < pages->size(); ++i)
            all += pages->getObject(i)->getValue<std::string>("path") + " ";
        return all;
    }

    TemporaryFolder folder_;
    bool shown_ = false;
    ConsoleSite site_{
        folder_ / "frame", [this](std::string_view plugin) -> std::optional<std::filesystem::path> {
            return shown_ && plugin == "notes" ? std::optional(folder_ / "plugin") : std::nullopt;
        }};
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConsoleSiteTest);

} // namespace coffer::test
