#include "host/plugin/PluginHost.h"
#include "tests/host/plugin/PluginHouse.h"
#include "tests/sdk/abi/Compiling.h"
#include "tests/support/Paths.h"

#include <coffer/testkit/Test.h>

#include <string>

namespace coffer::test {

using namespace coffer::host;

namespace {

/// A plugin is refused for its descriptor before anything else of it is looked at, so a descriptor is enough.
constexpr const char* descriptorOnly = R"(
#include <coffer/sdk/Descriptor.h>
class coffer::Plugin {};
COFFER_PLUGIN(coffer::Plugin, "other", "1.0.0", "Was built otherwise", "")
)";

} // namespace

/// Plugins that really were built with something else: each is refused with one sentence that says which.
class RefusalsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RefusalsTest);
    COFFER_TEST(sameBuildIsTaken);
    COFFER_TEST(otherCompilerIsRefused);
    COFFER_TEST(otherStandardIsRefused);
    COFFER_TEST(otherPocoIsRefused);
    COFFER_TEST(sanitizersAreRefused);
    COFFER_TEST(debugModeOfTheStandardLibraryIsRefused);
    COFFER_TEST(oldStringsAreRefused);
    COFFER_TEST(allDifferencesStandInOneSentence);
    CPPUNIT_TEST_SUITE_END();

public:
    void sameBuildIsTaken() {
        CPPUNIT_ASSERT_EQUAL(std::string(), refusal(example("g++ -std=c++20"), "hello"));
    }

    void otherCompilerIsRefused() {
        const auto sentence = refusal(example("clang++-16 -std=c++20"), "hello");
        CPPUNIT_ASSERT_MESSAGE(sentence, sentence.starts_with("it was built with compiler 'clang "));
        const std::string rest = sentence.substr(sentence.find("' where"));
        CPPUNIT_ASSERT_EQUAL(
            "' where this daemon has '" + std::string(COFFER_ABI_COMPILER).substr(9) + "'" + remedy, rest);
    }

    void otherStandardIsRefused() {
        refuses("", "g++ -std=c++2b", "standard 'draft of C++23' where this daemon has 'C++20'");
    }

    void otherPocoIsRefused() {
        house_.folder.write("poco/Poco/Version.h", "#pragma once\n#define POCO_VERSION 0x010C0400\n");
        refuses("-I'" + (house_.folder / "poco") + "'", "g++ -std=c++20",
                "poco '1.12.4' where this daemon has '" + installedPoco() + "'");
    }

    void sanitizersAreRefused() {
        refuses("-fsanitize=address -Wl,-z,undefs", "g++ -std=c++20",
                "sanitizer 'address' where this daemon has 'none'");
        refuses("-fsanitize=thread -Wl,-z,undefs", "g++ -std=c++20",
                "sanitizer 'thread' where this daemon has 'none'");
    }

    void debugModeOfTheStandardLibraryIsRefused() {
        refuses("-D_GLIBCXX_DEBUG", "g++ -std=c++20", "libstdc++ debug 'on' where this daemon has 'off'");
    }

    void oldStringsAreRefused() {
        refuses("-D_GLIBCXX_USE_CXX11_ABI=0", "g++ -std=c++20",
                "libstdc++ abi '0' where this daemon has '1'");
    }

    void allDifferencesStandInOneSentence() {
        refuses(
            "-D_GLIBCXX_DEBUG -D_GLIBCXX_USE_CXX11_ABI=0", "g++ -std=c++20",
            "libstdc++ abi '0' where this daemon has '1', libstdc++ debug 'on' where this daemon has 'off'");
    }

private:
    [[nodiscard]] std::string example(const std::string& compiler) const {
        return compilePlugin(house_.folder, sourcePath("sdk/examples/hello/Plugin.cpp"), "", compiler);
    }

    /// Why the daemon does not take it; empty when it runs.
    [[nodiscard]] std::string refusal(const std::string& file, const std::string& id) {
        const auto host = house_.start({{id, file, std::nullopt}});
        const auto status = host->status(id).value();
        CPPUNIT_ASSERT_EQUAL(status.reason.empty(), status.state == PluginState::running);
        return status.reason;
    }

    void refuses(const std::string& flags, const std::string& compiler, const std::string& difference) {
        const auto source = house_.folder.write("Plugin.cpp", descriptorOnly);
        CPPUNIT_ASSERT_EQUAL("it was built with " + difference + remedy,
                             refusal(compilePlugin(house_.folder, source, flags, compiler), "other"));
    }

    static std::string installedPoco() {
        return std::to_string(POCO_VERSION >> 24) + "." + std::to_string(POCO_VERSION >> 16 & 0xFF) + "." +
               std::to_string(POCO_VERSION >> 8 & 0xFF);
    }

    const std::string remedy =
        "; build the plugin again with the compiler, the flags and the Poco of this daemon";
    PluginHouse house_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RefusalsTest);

} // namespace coffer::test
