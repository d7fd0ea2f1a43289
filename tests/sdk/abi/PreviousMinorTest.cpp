#include "host/plugin/DescriptorReader.h"
#include "host/plugin/PluginHost.h"
#include "tests/host/plugin/PluginHouse.h"
#include "tests/sdk/abi/Compiling.h"
#include "tests/support/Paths.h"

#include <coffer/testkit/Test.h>

#include <filesystem>
#include <string>

namespace coffer::test {

using namespace coffer::host;

/// Plugins of an older minor: what `git archive` gave of its headers, the example and one fixture is kept
/// beside this file as <major>.<minor>.tar.xz (sdk/docs/ABI_POLICY.md).
class PreviousMinorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PreviousMinorTest);
    COFFER_TEST(pluginsOfItRunInTodaysDaemon);
    COFFER_TEST(sourcesOfItCompileWithTodaysHeaders);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        for (const auto& entry : std::filesystem::directory_iterator(sourcePath("tests/sdk/abi")))
            if (const auto name = entry.path().filename().string(); name.ends_with(".tar.xz")) {
                CPPUNIT_ASSERT_MESSAGE("only the headers of one minor are kept", version_.empty());
                version_ = name.substr(0, name.size() - 7);
                succeed("tar -xf '" + entry.path().string() + "' -C '" + house_.folder.path().string() + "'");
            }
        CPPUNIT_ASSERT_EQUAL_MESSAGE("a first minor has none before it, every other has", sdkMinor > 0,
                                     !version_.empty());
        CPPUNIT_ASSERT(version_.empty() || version_.starts_with(std::to_string(sdkMajor) + "."));
    }

    void pluginsOfItRunInTodaysDaemon() {
        if (version_.empty())
            return;
        const auto hello = compile("hello", "sdk/examples/hello/Plugin.cpp");
        const auto good = compile("good", "tests/fixtures/plugins/good.cpp");
        const auto host = house_.start({hello, good});
        for (const auto* id : {"hello", "good"}) {
            const auto status = host->status(id).value();
            CPPUNIT_ASSERT_EQUAL(std::string(), status.reason);
            CPPUNIT_ASSERT_EQUAL(version_, status.sdkVersion);
            CPPUNIT_ASSERT(status.state == PluginState::running);
        }
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello, Anna"})"), house_.call("/api/v1/hello/Anna"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello Bo"})"), house_.call("/api/v1/greetings/Bo"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house_.metrics.ask("coffer_storage_figure").size());
        CPPUNIT_ASSERT(eventually([&] { return house_.metrics.total("coffer_good_ticks_total") > 0; }));
        host->stop(std::chrono::steady_clock::now() + std::chrono::minutes(5));
        CPPUNIT_ASSERT_EQUAL(std::string(), host->status("good").value().reason);
    }

    void sourcesOfItCompileWithTodaysHeaders() {
        if (version_.empty())
            return;
        for (const auto* source : {"sdk/examples/hello/Plugin.cpp", "tests/fixtures/plugins/good.cpp"})
            succeed("g++ -std=c++20 -fsyntax-only -I'" + sourcePath("sdk/include") + "' '" +
                    (house_.folder / source) + "'");
    }

private:
    [[nodiscard]] PluginSpec compile(const std::string& id, const std::string& source) const {
        const auto built = compilePlugin(house_.folder, house_.folder / source,
                                         "-I'" + (house_.folder / "sdk/include") + "'");
        const auto file = house_.folder / (id + ".so");
        std::filesystem::rename(built, file);
        const auto descriptor = readDescriptor(PluginFile(file));
        CPPUNIT_ASSERT_EQUAL(version_,
                             std::to_string(descriptor.sdkMajor) + "." + std::to_string(descriptor.sdkMinor));
        return {id, file, std::nullopt};
    }

    PluginHouse house_;
    std::string version_; ///< of the SDK whose headers are kept: `1.0`
};

CPPUNIT_TEST_SUITE_REGISTRATION(PreviousMinorTest);

} // namespace coffer::test
