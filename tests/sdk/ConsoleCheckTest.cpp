#include "sdk/shared/ConsoleCheck.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/testkit/Test.h>

#include <stdexcept>

namespace coffer::test {

/// What a page of the console must be.
class ConsoleCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConsoleCheckTest);
    COFFER_TEST(aCompletePageIsTaken);
    COFFER_TEST(thePathBeginsWithThePluginsId);
    COFFER_TEST(aTitleIsShortAndVisible);
    COFFER_TEST(aModuleIsAScriptInTheFolder);
    COFFER_TEST(permissionAndIconAreNames);
    COFFER_TEST(theModuleMustBeThere);
    CPPUNIT_TEST_SUITE_END();

    ConsolePage page{"notes", "Notes", "page.js", "notes:read", "file", 100};

    bool taken(const ConsolePage& one) {
        try {
            detail::requirePage(one, "notes");
            return true;
        } catch (const std::invalid_argument& error) {
            CPPUNIT_ASSERT(std::string(error.what()).starts_with("the console page '"));
            return false;
        }
    }
    template <class Member>
    bool with(Member ConsolePage::*member, const Member& value) {
        ConsolePage other = page;
        other.*member = value;
        return taken(other);
    }

public:
    void aCompletePageIsTaken() {
        CPPUNIT_ASSERT(taken(page));
        CPPUNIT_ASSERT(with(&ConsolePage::order, -1));
        CPPUNIT_ASSERT(!taken({}));
    }
    void thePathBeginsWithThePluginsId() {
        for (const auto* path : {"notes", "notes-archive", "notes-2-years"})
            CPPUNIT_ASSERT_MESSAGE(path, with<std::string>(&ConsolePage::path, path));
        for (const auto* path : {"", "other", "note", "notesarchive", "notes-", "notes--x", "notes/x",
                                 "notes-X", "notes-\xC3\xA9", "../notes"})
            CPPUNIT_ASSERT_MESSAGE(path, !with<std::string>(&ConsolePage::path, path));
        CPPUNIT_ASSERT(!with<std::string>(&ConsolePage::path, "notes-" + std::string(60, 'x')));
    }
    void aTitleIsShortAndVisible() {
        for (const auto& title : {std::string("N"), std::string(30, 'x'), std::string("Z\xC3\xA1lohy")})
            CPPUNIT_ASSERT_MESSAGE(title, with(&ConsolePage::title, title));
        for (const auto& title : {std::string(), std::string(31, 'x'), std::string("a\nb"),
                                  std::string("a\xE2\x80\xAE"), std::string("\xFF")})
            CPPUNIT_ASSERT_MESSAGE(title, !with(&ConsolePage::title, title));
    }
    void aModuleIsAScriptInTheFolder() {
        for (const auto* module : {"page.js", "pages/list_1.js", "A-b.min.js"})
            CPPUNIT_ASSERT_MESSAGE(module, with<std::string>(&ConsolePage::module, module));
        for (const auto* module :
             {"", "page.css", "page", "/page.js", "../page.js", "a/../page.js", ".hidden.js", "a/.b.js",
              "a//b.js", "a b.js", "%61.js", "page.js?x", "https://x.example/a.js"})
            CPPUNIT_ASSERT_MESSAGE(module, !with<std::string>(&ConsolePage::module, module));
    }
    void permissionAndIconAreNames() {
        for (const auto* permission : {"", "notes", "notes:fly"})
            CPPUNIT_ASSERT_MESSAGE(permission, !with<std::string>(&ConsolePage::permission, permission));
        for (const auto* icon : {"", "Key", "a b", "<svg>"})
            CPPUNIT_ASSERT_MESSAGE(icon, !with<std::string>(&ConsolePage::icon, icon));
    }
    void theModuleMustBeThere() {
        const TemporaryFolder folder;
        CPPUNIT_ASSERT_THROW(detail::requireModule(page, folder / "nothing"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(detail::requireModule(page, folder.path()), std::invalid_argument);
        folder.write("page.js", "export default 1;");
        detail::requireModule(page, folder.path());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConsoleCheckTest);

} // namespace coffer::test
