#include "tests/sdk/abi/Compiling.h"
#include "tests/support/Paths.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/sdk/Descriptor.h>

#include <coffer/testkit/Test.h>

#include <filesystem>
#include <regex>
#include <string>

namespace coffer::test {

namespace {

std::string currentVersion() {
    return std::to_string(sdkMajor) + "." + std::to_string(sdkMinor);
}

/// `scripts/abi check`: for the library as it was built, or for another one with its headers.
Outcome check(const std::string& arguments = {}) {
    return run("'" + sourcePath("scripts/abi") + "' check " + arguments);
}

} // namespace

/// The library against what was recorded of it, and against changes that must be noticed.
class RecordedAbiTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RecordedAbiTest);
    COFFER_TEST(libraryIsAsRecorded);
    COFFER_TEST(everyPublicTypeIsRecorded);
    COFFER_TEST(memberAddedToAStructAndVirtualFunctionAddedAreRefused);
    COFFER_TEST(functionTakenAwayIsRefused);
    COFFER_TEST(functionAddedWantsANewMinor);
    COFFER_TEST(enumeratorAddedWantsANewMinor);
    COFFER_TEST(versionThatIsNotRecordedIsNoticed);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        std::filesystem::copy(sourcePath("sdk/include"), folder_ / "include",
                              std::filesystem::copy_options::recursive);
    }

    void libraryIsAsRecorded() {
        const auto library = "'" + buildPath("abi/libcoffer-sdk.so") + "' sdk/include";
        const auto [status, output] = check(library);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(output, 0, status);
        CPPUNIT_ASSERT(output.find("the library is SDK " + currentVersion() + " as recorded") !=
                       std::string::npos);
    }

    void everyPublicTypeIsRecorded() {
        const auto recorded = readFile(sourcePath("sdk/abi/" + currentVersion() + ".abi"));
        const std::regex definition(
            R"(\n(class|struct|enum class)( COFFER_API)? (\w+)( final)?( :[^;{]*)? \{)");
        std::size_t types = 0;
        for (const auto& header : std::filesystem::directory_iterator(sourcePath("sdk/include/coffer/sdk"))) {
            const auto text = header.is_regular_file() ? readFile(header.path()) : std::string();
            for (std::sregex_iterator match(text.begin(), text.end(), definition), end; match != end;
                 ++match) {
                const auto name = (*match)[3].str();
                const bool found = recorded.find("-decl name='" + name + "'") != std::string::npos ||
                                   recorded.find("-decl name='" + name + "&lt;") != std::string::npos;
                CPPUNIT_ASSERT_MESSAGE(name + ": name it in sdk/abi/Surface.cpp, and run scripts/abi record",
                                       found);
                ++types;
            }
        }
        CPPUNIT_ASSERT(types > 40);
    }

    void memberAddedToAStructAndVirtualFunctionAddedAreRefused() {
        change("Config.h", R"(std::vector<std::string> allowed\{\};)", "$&\n    bool hidden = false;");
        change("Telemetry.h", R"(virtual ~Log\(\);)", "$&\n    virtual void flush() {}");
        const auto library = rebuild();
        refuses(library, "'bool hidden', at offset",
                " do not fit this library. Take the change back; or, if it is wanted, "
                "raise sdkMajor and run scripts/abi record in the same commit");
        refuses(library, "ABI incompatible change to the vtable of class coffer::Log",
                "coffer: plugins of SDK ");
    }

    void functionTakenAwayIsRefused() {
        refuses(link("", "Time"), "'function std::string coffer::formatRfc3339(coffer::Instant)'",
                "raise sdkMajor and run scripts/abi record in the same commit");
    }

    void functionAddedWantsANewMinor() {
        const auto added =
            folder_.write("Added.cpp", "#include <coffer/sdk/Time.h>\n"
                                       "namespace coffer { COFFER_API Instant tomorrow(Instant today) "
                                       "{ return today + std::chrono::hours(24); } }\n");
        refuses(link(added, "nothing"), "coffer::tomorrow(coffer::Instant)",
                "Raise sdkMinor and run scripts/abi record in the same commit");
    }

    void enumeratorAddedWantsANewMinor() {
        change("Config.h", "list,( *///<)", "list, color,$1");
        refuses(rebuild(), "'coffer::OptionType::color' value '7'",
                "Raise sdkMinor and run scripts/abi record in the same commit");
    }

    void versionThatIsNotRecordedIsNoticed() {
        change("Descriptor.h", "sdkMinor = [0-9]+", "sdkMinor = 99");
        const auto [status, output] =
            check("'" + buildPath("abi/libcoffer-sdk.so") + "' '" + (folder_ / "include") + "'");
        CPPUNIT_ASSERT_EQUAL(1, status);
        CPPUNIT_ASSERT_EQUAL("coffer: SDK " + std::to_string(sdkMajor) +
                                 ".99 is not recorded; run scripts/abi record, "
                                 "and commit what it writes with the new version\n",
                             output);
    }

private:
    /// Changes a header of the copy in `folder_`.
    void change(const std::string& header, const std::string& what, const std::string& to) const {
        const std::string name = "include/coffer/sdk/" + header;
        const auto before = readFile(folder_ / name);
        const auto after = std::regex_replace(before, std::regex(what), to);
        CPPUNIT_ASSERT(before != after);
        folder_.write(name, after);
    }

    /// The library, with what depends on Config.h and Telemetry.h built again from the changed headers.
    [[nodiscard]] std::string rebuild() const {
        return link(folder_.write("Changed.cpp", "#include \"" + sourcePath("sdk/src/KeyFunctions.cpp") +
                                                     "\"\n#include \"" + sourcePath("sdk/abi/Surface.cpp") +
                                                     "\"\n"),
                    "KeyFunctions");
    }

    /// The library's own objects, one of them left out, with another source in its place.
    [[nodiscard]] std::string link(const std::string& source, const std::string& leftOut) const {
        std::string objects;
        for (const auto& object :
             std::filesystem::directory_iterator(buildPath("sdk/CMakeFiles/coffer-sdk.dir/src")))
            if (object.path().extension() == ".o" && !object.path().filename().string().starts_with(leftOut))
                objects += " '" + object.path().string() + "'";
        if (leftOut != "KeyFunctions")
            objects += " '" + buildPath("sdk/CMakeFiles/coffer-sdk-surface.dir/abi/Surface.cpp.o") + "'";
        succeed("g++ -std=c++20 -g2 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -shared "
                "-Wl,-soname,libcoffer-sdk.so." +
                std::to_string(sdkMajor) + " -I'" + (folder_ / "include") + "' " + source + objects +
                " -o '" + (folder_ / "changed.so") + "' -lPocoNet -lPocoFoundation -lutf8proc");
        return folder_ / "changed.so";
    }

    void refuses(const std::string& library, const std::string& difference, const std::string& remedy) const {
        const auto [status, output] = check("'" + library + "' '" + (folder_ / "include") + "'");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(output, 1, status);
        CPPUNIT_ASSERT_MESSAGE(output, output.find(difference) != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(output, output.find(remedy) != std::string::npos);
    }

    TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RecordedAbiTest);

} // namespace coffer::test
