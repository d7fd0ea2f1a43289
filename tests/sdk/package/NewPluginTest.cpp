#include "tests/sdk/package/InstalledSdk.h"
#include "tests/support/Paths.h"

#include <coffer/testkit/Test.h>

#include <filesystem>

namespace coffer::test {

/// `cofferd new-plugin NAME FOLDER`.
class NewPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NewPluginTest);
    COFFER_TEST(whatItWritesIsBuiltPassesItsTestsAndLoads);
    COFFER_TEST(itIsTheTemplateUnderAnotherName);
    COFFER_TEST(namesThatFitNoPluginAreRefused);
    COFFER_TEST(aFolderThatHoldsSomethingStaysAsItIs);
    COFFER_TEST(anEmptyFolderIsTaken);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatItWritesIsBuiltPassesItsTestsAndLoads() {
        const InstalledSdk sdk;
        shellOrFail(command("my-notes", "my-notes"));
        const auto source = folder_ / "my-notes";
        shellOrFail("cmake -G Ninja -S " + source + " -B " + source +
                    "/build -DCMAKE_PREFIX_PATH=" + sdk.prefix() + " && cmake --build " + source + "/build");
        const auto tested = shellOrFail("ctest --output-on-failure --test-dir " + source + "/build");
        CPPUNIT_ASSERT(tested.find("100% tests passed, 0 tests failed out of 1") != std::string::npos);

        std::filesystem::create_directories(folder_ / "daemon/plugins.d");
        std::filesystem::copy(source + "/my-notes.ini", folder_ / "daemon/plugins.d");
        (void)folder_.write("daemon/cofferd.ini", "[storage]\ndirectory = data\n");
        std::filesystem::create_directory(folder_ / "daemon/data");
        const auto checked =
            shellOrFail(cofferd() + " generate-key " + (folder_ / "daemon/data/coffer.key") + " && " +
                        cofferd() + " check-config --config " + (folder_ / "daemon/cofferd.ini"));
        CPPUNIT_ASSERT_MESSAGE(checked, checked.find("the configuration is sound") != std::string::npos);
    }

    void itIsTheTemplateUnderAnotherName() {
        shellOrFail(command("sample", "same"));
        for (const auto& file : std::filesystem::directory_iterator(sourcePath("sdk/template"))) {
            auto expected = readFile(file.path());
            if (const auto at = expected.find("/path/to/sample"); at != std::string::npos)
                expected.replace(at, std::string("/path/to/sample").size(), folder_ / "same");
            CPPUNIT_ASSERT_EQUAL(expected, readFile(folder_.path() / "same" / file.path().filename()));
        }
        const auto said = shellOrFail(command("my-notes", "other"));
        CPPUNIT_ASSERT_MESSAGE(said, said.find("ctest --test-dir " + (folder_ / "other/build")) !=
                                         std::string::npos);
        CPPUNIT_ASSERT(std::stoi(shellOrFail("ls " + (folder_ / "other") + " | wc -l")) <= 5);
        CPPUNIT_ASSERT_EQUAL(1, shell("grep -ri sample " + (folder_ / "other")).status);
        const auto source = readFile(folder_ / "other/Plugin.cpp");
        for (const auto* part :
             {"class MyNotesPlugin", "CREATE TABLE my_notes_entry(", "\"my-notes:change\"", "\"/my-notes\""})
            CPPUNIT_ASSERT_MESSAGE(part, source.find(part) != std::string::npos);
    }

    void namesThatFitNoPluginAreRefused() {
        for (const auto* name : {"''", "Notes", "1st", "a--b", "a-", "a_b", "a/b", "../a"})
            refuses(name, "is no name for a plugin");
        refuses(std::string(64, 'a'), "is no name for a plugin");
        refuses("storage", "is the name of a part of the daemon");
        refuses("test", "CMake keeps the name 'test' for itself");
        CPPUNIT_ASSERT(!std::filesystem::exists(folder_ / "refused"));
    }

    void aFolderThatHoldsSomethingStaysAsItIs() {
        std::filesystem::create_directory(folder_ / "mine");
        (void)folder_.write("mine/Plugin.cpp", "mine");
        const auto said = shell(command("notes", "mine"));
        CPPUNIT_ASSERT_EQUAL(1, said.status);
        CPPUNIT_ASSERT_MESSAGE(said.output, said.has("holds something already"));
        CPPUNIT_ASSERT_EQUAL(std::string("mine"), readFile(folder_ / "mine/Plugin.cpp"));
        CPPUNIT_ASSERT_EQUAL(1, std::stoi(shellOrFail("ls " + (folder_ / "mine") + " | wc -l")));
        const auto file = shell(command("notes", "mine/Plugin.cpp"));
        CPPUNIT_ASSERT_MESSAGE(file.output, file.status == 1 && file.has("is not a folder"));
    }

    void anEmptyFolderIsTaken() {
        std::filesystem::create_directory(folder_ / "empty");
        shellOrFail(command("notes", "empty"));
        CPPUNIT_ASSERT(std::filesystem::exists(folder_ / "empty/notes.ini"));
    }

private:
    static std::string cofferd() { return buildPath("bin/cofferd"); }
    [[nodiscard]] std::string command(const std::string& name, const std::string& folder) const {
        return cofferd() + " new-plugin " + name + " " + (folder_ / folder);
    }
    void refuses(const std::string& name, const std::string& reason) const {
        const auto said = shell(command(name, "refused"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(name, 1, said.status);
        CPPUNIT_ASSERT_MESSAGE(said.output, said.has(reason));
    }

    TemporaryFolder folder_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(NewPluginTest);

} // namespace coffer::test
