#include "tests/support/Paths.h"
#include "tests/support/TemporaryFolder.h"

#include <cppunit/TestAssert.h>

#include <regex>

using coffer::test::readFile;
namespace fs = std::filesystem;

namespace {

const fs::path top = coffer::test::sourcePath("");

std::vector<fs::path> sources(const std::string& folder) {
    std::vector<fs::path> files;
    if (!fs::exists(top / folder))
        return files;
    for (const auto& entry : fs::recursive_directory_iterator(top / folder))
        if (entry.path().extension() == ".h" || entry.path().extension() == ".cpp")
            files.push_back(entry.path());
    return files;
}

/// Every line of the folder's files that matches, as `file:line`.
std::string matches(const std::string& folder, const std::string& pattern, const std::string& except = "^$") {
    const std::regex wanted(pattern);
    const std::regex allowed(except);
    std::string found;
    for (const auto& file : sources(folder)) {
        const std::string name = fs::relative(file, top).string();
        if (std::regex_search(name, allowed))
            continue;
        std::istringstream text(readFile(file));
        std::string line;
        for (int number = 1; std::getline(text, line); ++number)
            if (std::regex_search(line, wanted))
                found += "\n" + name + ":" + std::to_string(number) + ": " + line;
    }
    return found;
}

void assertNone(const std::string& found) {
    CPPUNIT_ASSERT_EQUAL(std::string(), found);
}

} // namespace

/// The arrows that must never be.
class ArchitectureTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ArchitectureTest);
    COFFER_TEST(theSdkKnowsNobody);
    COFFER_TEST(whatIsInstalledShowsNothingOfWhatIsShared);
    COFFER_TEST(theHostKnowsNoPlugin);
    COFFER_TEST(cofferctlKnowsNobodyAndNobodyKnowsIt);
    COFFER_TEST(pluginsKnowOnlyTheSdkAndThemselves);
    COFFER_TEST(publicHeadersUseNoBoost);
    COFFER_TEST(routesTouchNeitherSqlNorCiphers);
    COFFER_TEST(keyBytesStayInOneModule);
    COFFER_TEST(fixturesLiveNoLongerThanTheirTests);
    COFFER_TEST(filesStaySmall);
    COFFER_TEST(nothingIsLeftForLater);
    COFFER_TEST(theGrepItselfFinds);
    CPPUNIT_TEST_SUITE_END();

public:
    void theSdkKnowsNobody() { assertNone(matches("sdk", R"(#include *[<"](host|plugins|tests)/)")); }
    void whatIsInstalledShowsNothingOfWhatIsShared() {
        assertNone(matches("sdk/include", R"(#include *[<"]sdk/)"));
        assertNone(
            matches("sdk/testkit/include", R"(#include *[<"]sdk/|coffer/sdk/detail|rapidjson|sqlite3)"));
    }
    void theHostKnowsNoPlugin() {
        assertNone(matches("host", R"(#include *[<"](\.\./)*plugins/|#include *<coffer/(?!sdk/))"));
    }
    void cofferctlKnowsNobodyAndNobodyKnowsIt() {
        assertNone(matches("host/ctl", R"(#include *[<"](coffer/|sdk/|host/(?!ctl/)))"));
        // What loads slowly is loaded with the first request.
        assertNone(matches("host/ctl", R"(#include *[<"](Poco/|openssl/))", "^host/ctl/http/"));
        for (const auto* folder : {"sdk", "host", "plugins"})
            assertNone(matches(folder, R"(#include *[<"]host/ctl/)", "^host/ctl/"));
    }
    void pluginsKnowOnlyTheSdkAndThemselves() {
        assertNone(matches("plugins", R"(#include *[<"](\.\./)*(host|tests|plugins|sdk)/)"));
        assertNone(
            matches("plugins/backup-credentials", R"(#include *<coffer/(?!sdk/|backup-credentials/))"));
        // Of each other they know the published headers.
        const std::string published =
            R"(#include *<coffer/(?!sdk/|backup-credentials/BackupCredentialsService\.h>))";
        assertNone(matches("plugins/projects", published + R"(|#include *".*backup-credentials)"));
        CPPUNIT_ASSERT(!matches("plugins/projects", "#include *<coffer/backup-credentials/").empty());
    }
    void publicHeadersUseNoBoost() { assertNone(matches("sdk/include", R"(#include *[<"]boost/|boost::)")); }
    void routesTouchNeitherSqlNorCiphers() {
        const std::string forbidden =
            R"(#include *[<"](store/|Poco/Data|Poco/Crypto|openssl|sqlite3)|\.query\("|\.execute\(|SELECT |INSERT |EVP_)";
        for (const auto* plugin : {"backup-credentials", "projects"})
            assertNone(matches("plugins/" + std::string(plugin) + "/routes", forbidden));
        for (const auto& file : sources("host"))
            if (file.filename().string().find("Routes") != std::string::npos)
                assertNone(
                    matches(fs::relative(file.parent_path(), top).string(), forbidden, "^(?!.*Routes)"));
    }
    void keyBytesStayInOneModule() {
        assertNone(matches("host", R"(#include *<(Poco/Crypto/Cipher|openssl/(kdf|aes)))", "^host/secrets/"));
        assertNone(matches("plugins", R"(#include *<(Poco/Crypto/Cipher|openssl/(kdf|aes)))"));
    }
    /// CPPUNIT_TEST would keep each fixture until the program ends; COFFER_TEST does not.
    void fixturesLiveNoLongerThanTheirTests() {
        for (const auto* folder : {"tests", "sdk/template"})
            assertNone(matches(folder, R"(\bCPPUNIT_TEST\()"));
    }
    void filesStaySmall() {
        std::string large;
        for (const auto* folder : {"sdk", "host", "plugins", "tests"})
            for (const auto& file : sources(folder))
                if (const std::string text = readFile(file); std::ranges::count(text, '\n') > 400)
                    large += "\n" + fs::relative(file, top).string();
        assertNone(large);
    }
    void nothingIsLeftForLater() {
        for (const auto* folder : {"sdk", "host", "plugins"})
            assertNone(matches(folder, R"(\b(TODO|FIXME|XXX|HACK)\b|not implemented)"));
    }
    void theGrepItselfFinds() {
        CPPUNIT_ASSERT(!matches("host", R"(#include *[<"]coffer/sdk/)").empty());
        CPPUNIT_ASSERT(!matches("plugins/backup-credentials", R"(#include *[<"]coffer/sdk/)").empty());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ArchitectureTest);
