#include "tests/sdk/package/InstalledSdk.h"
#include "tests/support/Paths.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/testkit/Test.h>

#include <filesystem>

namespace coffer::test {

namespace {

const std::string hello = sourcePath("sdk/examples/hello");

std::string found(const std::string& version) {
    return "find_package(coffer-sdk " + version + " REQUIRED)\n";
}

std::string plugin(const std::string& options = {}) {
    return found("1") + "coffer_add_plugin(trial SOURCES Plugin.cpp " + options + ")\n";
}

/// A plugin in coffer's format that says `inside` in its init().
std::string sourceWith(const std::string& inside) {
    return "#include <coffer/sdk/Descriptor.h>\n#include <coffer/sdk/Plugin.h>\n\n"
           "class Trial final : public coffer::Plugin {\n"
           "    void init(coffer::HostContext&) override { " +
           inside +
           " }\n"
           "};\n\nCOFFER_PLUGIN(Trial, \"trial\", \"1.0.0\", \"Tries\", \"\")\n";
}

} // namespace

/// What `cmake --install` puts where: `--component sdk` is all that a third party needs to build a plugin.
class PackageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PackageTest);
    COFFER_TEST(theExampleIsBuiltAndIsLikeEveryPluginMustBe);
    COFFER_TEST(theExampleIsShort);
    COFFER_TEST(theDaemonAndItsCommandLineRunWithTheirOwnComponents);
    COFFER_TEST(ourOwnSiblingIsBuiltFromItsFolderAlone);
    COFFER_TEST(onlyVersionsThatFitAreFound);
    COFFER_TEST(eachHeaderCompilesAloneWithoutAWarning);
    COFFER_TEST(aLibraryWithoutADescriptorIsNotBuilt);
    COFFER_TEST(aPluginThatMissesASymbolIsNotBuilt);
    COFFER_TEST(warningsAreErrorsWhenAskedFor);
    COFFER_TEST(theFormatIsTestedAndSetWhenAskedFor);
    COFFER_TEST(unknownWordsAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void theExampleIsBuiltAndIsLikeEveryPluginMustBe() {
        const Project project(sdk_, hello);
        const auto said = project.build();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said.output, 0, said.status);
        const auto file = project.built("hello.so");
        CPPUNIT_ASSERT(shellOrFail("readelf --dynamic --wide " + file).find("BIND_NOW") != std::string::npos);
        CPPUNIT_ASSERT(shellOrFail("readelf --segments --wide " + file).find("GNU_RELRO") !=
                       std::string::npos);
        const auto symbols = shellOrFail("nm --dynamic --defined-only " + file);
        CPPUNIT_ASSERT(symbols.find("coffer_plugin_create") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(symbols, std::string::npos, symbols.find("Hello"));
        const auto mode = std::filesystem::status(file).permissions();
        using std::filesystem::perms;
        CPPUNIT_ASSERT((mode & (perms::group_write | perms::others_write)) == perms::none);
    }

    void theExampleIsShort() {
        CPPUNIT_ASSERT(std::stoi(shellOrFail("ls " + hello + " | wc -l")) <= 3);
        CPPUNIT_ASSERT(std::stoi(shellOrFail("cat " + hello + "/* | wc -l")) <= 60);
    }

    /// As the README installs them, on a machine that has nothing else of coffer.
    void theDaemonAndItsCommandLineRunWithTheirOwnComponents() {
        const TemporaryFolder prefix;
        const auto at = [&](const char* file) { return prefix / file; };
        for (const auto* component : {"daemon", "ctl"})
            shellOrFail("cmake --install " + buildPath("") + " --component " + component + " --prefix " +
                        at(""));
        const auto library = "LD_LIBRARY_PATH=$(dirname $(find " + at("") + " -name libcoffer-sdk.so.1)) ";
        CPPUNIT_ASSERT(shellOrFail(library + at("bin/cofferd") + " --help").find("[console]") !=
                       std::string::npos);
        for (const auto* plugin : {"backup-credentials", "projects"})
            CPPUNIT_ASSERT_EQUAL(
                std::string::npos,
                shellOrFail(library + "ldd " + at("lib/coffer/plugins/") + plugin + ".so").find("not found"));
        CPPUNIT_ASSERT(std::filesystem::exists(prefix / "share/coffer/console/index.html"));
        CPPUNIT_ASSERT(std::filesystem::exists(prefix / "lib/coffer/plugins/projects.console/page.js"));
        CPPUNIT_ASSERT(shellOrFail(at("bin/cofferctl") + " version").find("cofferctl") != std::string::npos);
    }

    void ourOwnSiblingIsBuiltFromItsFolderAlone() {
        const Project project(sdk_, sourcePath("plugins/projects"));
        const auto said = project.configure();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said.output, 0, said.status);
        // That it compiles is the question, not how fast it runs.
        shellOrFail("cmake -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O0 " + project.built(""));
        shellOrFail("cmake --build " + project.built(""));
        CPPUNIT_ASSERT(std::filesystem::exists(project.built("lib/coffer/plugins/projects.so")));
    }

    void onlyVersionsThatFitAreFound() {
        for (const auto* version : {"1", "1.0", "1.1", "1.2"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(version, 0, Project(sdk_, found(version), "").configure().status);
        for (const auto* version : {"2", "1.9", "0.9"}) {
            const auto said = Project(sdk_, found(version), "").configure();
            CPPUNIT_ASSERT_MESSAGE(version, said.status != 0 && said.has("coffer-sdk"));
        }
    }

    void eachHeaderCompilesAloneWithoutAWarning() {
        const auto include = sdk_.prefix() + "/include";
        for (const auto* compiler : {"g++", "clang++-16"})
            shellOrFail("cd " + include +
                        " && find coffer -name '*.h' | xargs -P 2 -I{} sh -c 'echo \"#include <{}>\" | " +
                        compiler +
                        " -x c++ -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wshadow "
                        "-Wnon-virtual-dtor -Werror -I . -'");
    }

    void aLibraryWithoutADescriptorIsNotBuilt() {
        const Project project(sdk_, plugin(), "int nothing() { return 0; }\n");
        for (int i = 0; i < 2; ++i) { // a second try is no better
            const auto said = project.build();
            CPPUNIT_ASSERT_MESSAGE(said.output,
                                   said.status != 0 && said.has("is no plugin: it has no descriptor"));
            CPPUNIT_ASSERT(!std::filesystem::exists(project.built("trial.so")));
        }
    }

    void aPluginThatMissesASymbolIsNotBuilt() {
        const auto said = Project(sdk_, plugin(), "void elsewhere();\n" + sourceWith("elsewhere();")).build();
        CPPUNIT_ASSERT_MESSAGE(said.output, said.status != 0 && said.has("elsewhere()"));
    }

    void warningsAreErrorsWhenAskedFor() {
        const auto source = sourceWith("const unsigned char cut = sizeof(*this) * 1000; (void)cut;");
        const auto lenient = Project(sdk_, plugin(), source).build();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(lenient.output, 0, lenient.status);
        const auto strict = Project(sdk_, plugin("WARNINGS"), source).build();
        CPPUNIT_ASSERT_MESSAGE(strict.output, strict.status != 0 && strict.has("error"));
        const auto sound = Project(sdk_, plugin("WARNINGS"), sourceWith("")).build();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(sound.output, 0, sound.status);
    }

    void theFormatIsTestedAndSetWhenAskedFor() {
        const Project project(sdk_, "enable_testing()\n" + plugin("FORMAT"),
                              sourceWith("int  i=0 ; (void)i;"));
        CPPUNIT_ASSERT_EQUAL(0, project.build().status);
        const auto before = project.test();
        CPPUNIT_ASSERT_MESSAGE(before.output, before.status != 0 && before.has("Plugin.cpp"));
        shellOrFail("cmake --build " + project.built("") + " --target trial-format");
        const auto after = project.test();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(after.output, 0, after.status);
        CPPUNIT_ASSERT(readFile(project.source("Plugin.cpp")).find("int i = 0;") != std::string::npos);
    }

    void unknownWordsAreRefused() {
        const auto said =
            Project(sdk_, found("1") + "coffer_add_plugin(trial WARNING SOURCES Plugin.cpp)\n", "")
                .configure();
        CPPUNIT_ASSERT_MESSAGE(said.output, said.status != 0 && said.has("what is 'WARNING'?"));
    }

private:
    const InstalledSdk sdk_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(PackageTest);

} // namespace coffer::test
