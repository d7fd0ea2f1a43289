#include "host/plugin/PluginHost.h"
#include "tests/host/plugin/PluginHouse.h"
#include "tests/support/Paths.h"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace coffer::test {

using namespace coffer::host;

namespace {

/// The C++ blocks of a Markdown text that are whole plugins.
std::vector<std::string> pluginsIn(const std::string& markdown) {
    std::vector<std::string> blocks;
    for (auto begin = markdown.find("```cpp\n"); begin != std::string::npos;
         begin = markdown.find("```cpp\n", begin)) {
        begin += 7;
        const auto block = markdown.substr(begin, markdown.find("```\n", begin) - begin);
        if (block.find("COFFER_PLUGIN") != std::string::npos)
            blocks.push_back(block);
    }
    return blocks;
}

} // namespace

/// The SDK as a plugin's author has it: installed, and nothing of this source tree.
class SdkPackageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SdkPackageTest);
    CPPUNIT_TEST(exampleIsBuiltAgainstTheInstalledPackageAndLoads);
    CPPUNIT_TEST(exampleIsShort);
    CPPUNIT_TEST(pluginsOfTheGuideAreBuiltAndLoad);
    CPPUNIT_TEST_SUITE_END();

public:
    void exampleIsBuiltAgainstTheInstalledPackageAndLoads() {
        PluginHouse house;
        install(house);
        build(house, exampleFolder().string());
        house.words["hello"] = "Good morning";
        const auto host = house.start({{"hello", house.folder / "build/hello.so", std::nullopt}});
        CPPUNIT_ASSERT_EQUAL(std::string(), host->status("hello").value().reason);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"Good morning, Anna"})"),
                             house.call("/api/v1/hello/Anna"));
    }

    void exampleIsShort() {
        std::size_t files = 0;
        long lines = 0;
        for (const auto& file : std::filesystem::directory_iterator(exampleFolder())) {
            ++files;
            const auto text = readFile(file.path());
            lines += std::count(text.begin(), text.end(), '\n');
        }
        CPPUNIT_ASSERT(files <= 3);
        CPPUNIT_ASSERT(lines <= 60);
    }

    void pluginsOfTheGuideAreBuiltAndLoad() {
        const auto guide = readFile(sourcePath("sdk/docs/PLUGIN_GUIDE.md"));
        const auto plugins = pluginsIn(guide);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, plugins.size());
        PluginHouse house;
        install(house);
        house.folder.write("notes/Plugin.cpp", plugins[0]);
        const auto cmake = guide.find("```cmake\n") + 9;
        house.folder.write("notes/CMakeLists.txt", guide.substr(cmake, guide.find("```\n", cmake) - cmake));
        build(house, house.folder / "notes");
        const auto host = house.start({{"notes", house.folder / "build/notes.so", std::nullopt}});
        CPPUNIT_ASSERT_EQUAL(std::string(), host->status("notes").value().reason);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host->adapters().size());
    }

private:
    static std::filesystem::path exampleFolder() { return sourcePath("sdk/examples/hello"); }
    static void run(const PluginHouse& house, const std::string& command) {
        const auto output = house.folder / "output";
        const int status =
            std::system((command + " >'" + output + "' 2>&1").c_str()); // NOLINT: fixed commands
        CPPUNIT_ASSERT_EQUAL_MESSAGE(command + "\n" + readFile(output), 0, status);
    }
    static void install(const PluginHouse& house) {
        run(house, "cmake --install '" + buildPath("") + "' --component sdk --prefix '" +
                       (house.folder / "prefix") + "'");
    }
    static void build(const PluginHouse& house, const std::string& source) {
        run(house, "cmake -G Ninja -S '" + source + "' -B '" + (house.folder / "build") +
                       "' -DCMAKE_PREFIX_PATH='" + (house.folder / "prefix") + "'");
        run(house, "cmake --build '" + (house.folder / "build") + "'");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SdkPackageTest);

} // namespace coffer::test
