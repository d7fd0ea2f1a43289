#include "host/plugin/ConsoleFolder.h"
#include "host/plugin/PluginHost.h"
#include "host/plugin/PluginRefused.h"
#include "tests/host/plugin/PluginHouse.h"

#include <coffer/testkit/Test.h>

#include <filesystem>

namespace coffer::test {

using namespace coffer::host;
namespace fs = std::filesystem;

/// Pages of the console that a plugin registers, and the folder that their files lie in.
class ConsolePagesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConsolePagesTest);
    COFFER_TEST(aRunningPluginsPagesAreShown);
    COFFER_TEST(aDisabledPluginsPagesAreGoneUntilItIsEnabled);
    COFFER_TEST(aQuarantinedPluginsPagesAreGone);
    COFFER_TEST(aPathThatIsNotThePluginsIsRefused);
    COFFER_TEST(aPathOfTheDaemonIsRefused);
    COFFER_TEST(aPathOfAnotherPluginIsRefused);
    COFFER_TEST(aMissingFolderOrModuleIsRefused);
    COFFER_TEST(whatOthersMayWriteIsRefused);
    COFFER_TEST(aLinkSpeaksForWhoOwnsWhatItLeadsTo);
    COFFER_TEST(noPageIsTakenAfterInit);
    CPPUNIT_TEST_SUITE_END();

public:
    void aRunningPluginsPagesAreShown() {
        const auto host = house.start({page(), house.fixture("good")});
        const auto pages = host->consolePages();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, pages.size());
        CPPUNIT_ASSERT_EQUAL(std::string("console-page"), pages[0].owner);
        CPPUNIT_ASSERT_EQUAL(std::string("A page"), pages[0].page.title);
        CPPUNIT_ASSERT_EQUAL(50, pages[0].page.order);
        CPPUNIT_ASSERT_EQUAL(folder(), host->consoleFolder("console-page").value().string());
        CPPUNIT_ASSERT(!host->consoleFolder("good")); // it has none
        CPPUNIT_ASSERT(!host->consoleFolder("nobody"));
        CPPUNIT_ASSERT(std::vector<std::string>{"/console/console-page"} ==
                       host->status("console-page")->registered.consolePages);
    }

    void aDisabledPluginsPagesAreGoneUntilItIsEnabled() {
        const auto spec = page();
        auto host = house.start({spec});
        (void)host->disable("console-page", Origin::system("test"));
        CPPUNIT_ASSERT(host->consolePages().empty());
        CPPUNIT_ASSERT(!host->consoleFolder("console-page"));
        (void)host->enable("console-page", Origin::system("test"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host->consolePages().size());
        (void)host->disable("console-page", Origin::system("test"));
        host.reset();
        const auto afterRestart = house.start({spec});
        CPPUNIT_ASSERT(afterRestart->consolePages().empty());
        (void)afterRestart->enable("console-page", Origin::system("test"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, afterRestart->consolePages().size());
    }

    void aQuarantinedPluginsPagesAreGone() {
        const auto spec = page();
        fs::remove(folder() + "/page.js");
        const auto host = house.start({spec});
        CPPUNIT_ASSERT(host->status("console-page")->state == PluginState::quarantined);
        CPPUNIT_ASSERT(host->consolePages().empty());
        CPPUNIT_ASSERT(!host->consoleFolder("console-page"));
    }

    void aPathThatIsNotThePluginsIsRefused() {
        house.words["console-page"] = "other";
        refuses(page(), "the console page 'other' needs the path 'console-page'");
    }

    void aPathOfTheDaemonIsRefused() {
        // As if a plugin bore that name: the path alone decides.
        CPPUNIT_ASSERT(isHostsPath("audit"));
        house.words["console-page"] = "audit";
        refuses(page(), "the console page 'audit'");
    }

    void aPathOfAnotherPluginIsRefused() {
        Claims claims;
        claims.claim("/console/notes-b", "the console page 'notes-b'", "notes");
        CPPUNIT_ASSERT_THROW(claims.claim("/console/notes-b", "the console page 'notes-b'", "notes-b"),
                             std::invalid_argument);
        claims.release("notes");
        claims.claim("/console/notes-b", "the console page 'notes-b'", "notes-b");
    }

    void aMissingFolderOrModuleIsRefused() {
        const auto spec = page();
        fs::remove(folder() + "/page.js");
        refuses(spec, "has no module: there is no file '" + folder() + "/page.js'");
        fs::remove_all(folder());
        refuses(spec, "has no files: there is no folder '" + folder() + "'");
    }

    void whatOthersMayWriteIsRefused() {
        const auto spec = page();
        const auto mayBeWritten = [&](const std::string& path) {
            const auto before = fs::status(path).permissions();
            fs::permissions(path, fs::perms::group_write, fs::perm_options::add);
            refuses(spec, path + "' can be written by its group or by others; run `chmod go-w " + path);
            fs::permissions(path, before);
        };
        mayBeWritten(folder());
        mayBeWritten(folder() + "/page.js");
        mayBeWritten(folder() + "/parts");
        mayBeWritten(folder() + "/parts/list.js");
        CPPUNIT_ASSERT_EQUAL(std::string(), house.start({spec})->status("console-page")->reason);
    }

    void aLinkSpeaksForWhoOwnsWhatItLeadsTo() {
        const TemporaryFolder source;
        source.write("page.js", "export default 1;");
        const fs::path link = house.folder / "link.console";
        fs::create_directory_symlink(source.path(), link);
        requireTrustedFolder(link);
        fs::permissions(source / "page.js", fs::perms::others_write, fs::perm_options::add);
        CPPUNIT_ASSERT_THROW(requireTrustedFolder(link), PluginRefused);
        requireTrustedFolder(house.folder / "nothing.console");
        CPPUNIT_ASSERT_EQUAL(fs::path("/x/notes.console"), consoleFolderOf("/x/notes.so"));
    }

    void noPageIsTakenAfterInit() {
        const auto host = house.start({page()});
        CPPUNIT_ASSERT_THROW(house.call("/api/v1/console-page/again"), std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host->consolePages().size());
    }

private:
    /// The fixture, with a folder of files beside it.
    PluginSpec page() {
        if (!house.words.contains("console-page"))
            house.words["console-page"] = "console-page";
        fs::create_directories(folder() + "/parts");
        house.folder.write("console-page.console/page.js", "export default 1;");
        house.folder.write("console-page.console/parts/list.js", "export default 1;");
        return house.fixture("console-page");
    }
    [[nodiscard]] std::string folder() const { return house.folder / "console-page.console"; }
    void refuses(const PluginSpec& spec, const std::string& sentence) {
        const auto status = house.start({spec})->status("console-page").value();
        CPPUNIT_ASSERT(status.state == PluginState::quarantined);
        CPPUNIT_ASSERT_MESSAGE(status.reason + "\n" + sentence,
                               status.reason.find(sentence) != std::string::npos);
    }

    PluginHouse house;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConsolePagesTest);

} // namespace coffer::test
