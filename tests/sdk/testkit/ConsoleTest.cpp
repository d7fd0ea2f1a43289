#include "tests/sdk/testkit/NotesFixture.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/sdk/Console.h>

namespace coffer::test {

using namespace testkit;

/// Pages of the console in a FakeHost.
class FakeHostConsoleTest : public NotesFixture {
    CPPUNIT_TEST_SUITE(FakeHostConsoleTest);
    COFFER_TEST(pagesAreShownToTheTest);
    COFFER_TEST(whatTheDaemonRefusesIsRefused);
    COFFER_TEST(modulesAreLookedForInTheFolder);
    COFFER_TEST(noPageIsTakenAfterInit);
    CPPUNIT_TEST_SUITE_END();

    const ConsolePage page{"notes", "Notes", "page.js", "notes:read", "file", 10};

public:
    void pagesAreShownToTheTest() {
        console(*host).page(page);
        console(*host).page({"notes-archive", "Archive", "archive.js", "notes:read", "box"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, host->consolePages().size());
        CPPUNIT_ASSERT_EQUAL(std::string("Notes"), host->consolePages().front().title);
        CPPUNIT_ASSERT_EQUAL(100, host->consolePages().back().order);
    }
    void whatTheDaemonRefusesIsRefused() {
        console(*host).page(page);
        CPPUNIT_ASSERT_THROW(console(*host).page(page), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(console(*host).page({"other", "Notes", "page.js", "notes:read", "file"}),
                             std::invalid_argument);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host->consolePages().size());
    }
    void modulesAreLookedForInTheFolder() {
        const TemporaryFolder folder;
        host->consoleFolder(folder.path());
        CPPUNIT_ASSERT_THROW(console(*host).page(page), std::invalid_argument);
        folder.write("page.js", "export default 1;");
        console(*host).page(page);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host->consolePages().size());
    }
    void noPageIsTakenAfterInit() {
        host->start();
        CPPUNIT_ASSERT_THROW(console(*host).page(page), std::logic_error);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(FakeHostConsoleTest);

} // namespace coffer::test
