#include "host/config/Configuration.h"
#include "host/config/CommandLine.h"
#include "host/config/HostOptions.h"
#include "sdk/shared/OptionValue.h"
#include "tests/support/TemporaryFolder.h"

using namespace coffer;
using namespace coffer::host;
using coffer::test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

const std::vector<Option> options{
    {"port", OptionType::integer, "8420", "A port.", 1, 65535},
    {"wait", OptionType::duration, "5s", "A time.", 100, 60000},
    {"limit", OptionType::size, "64KiB", "A size."},
    {"open", OptionType::boolean, "false", "A switch."},
    {"form", OptionType::text, "json", "A choice.", INT64_MIN, INT64_MAX, {"json", "text"}},
    {"file", OptionType::path, "", "A file."},
    {"networks", OptionType::list, "", "Networks."},
};

std::string refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const ConfigurationError& error) {
        return error.what();
    }
    CPPUNIT_FAIL("nothing was refused");
    return {};
}

#define ASSERT_SAYS(text, part)                                                                              \
    CPPUNIT_ASSERT_MESSAGE(text, std::string(text).find(part) != std::string::npos)

} // namespace

class ConfigurationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConfigurationTest);
    COFFER_TEST(valuesAreReadWithTheirTypes);
    COFFER_TEST(whatIsNotWrittenHasItsDefault);
    COFFER_TEST(theCommandLineWins);
    COFFER_TEST(relativePathsAreTakenFromTheFileThatSetsThem);
    COFFER_TEST(anUnknownOptionNamesFileLineAndTheNearestOne);
    COFFER_TEST(everyBadValueIsNamedAtOnceWithWhatWouldBeRight);
    COFFER_TEST(anOptionSetTwiceIsRefused);
    COFFER_TEST(aMissingFileIsRefused);
    COFFER_TEST(aLineThatIsNotIniIsRefusedWithItsNumber);
    COFFER_TEST(anOptionBeforeAnySectionIsRefused);
    COFFER_TEST(pluginsComeFromTheirSectionsAndFiles);
    COFFER_TEST(aSectionOfNobodyIsRefused);
    COFFER_TEST(everyHostOptionHasADescriptionAndAValidDefault);
    COFFER_TEST(theCommandLineIsSplitIntoCommandAndOptions);
    CPPUNIT_TEST_SUITE_END();

public:
    void valuesAreReadWithTheirTypes() {
        const auto config =
            load("[http]\nport = 9000\nwait = 250ms # soon\nlimit = 1MiB\nopen = true\nform = text\n"
                 "networks = 10.0.0.0/8, ::1/128\nnetworks = 127.0.0.0/8\n");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{9000}, config->integer("port"));
        CPPUNIT_ASSERT(config->duration("wait") == 250ms);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1048576}, config->integer("limit"));
        CPPUNIT_ASSERT(config->boolean("open"));
        CPPUNIT_ASSERT_EQUAL(std::string("text"), config->text("form"));
        CPPUNIT_ASSERT(config->list("networks") ==
                       (std::vector<std::string>{"10.0.0.0/8", "::1/128", "127.0.0.0/8"}));
        CPPUNIT_ASSERT_THROW((void)config->text("port"), std::logic_error);
    }
    void whatIsNotWrittenHasItsDefault() {
        const auto config = load("[http]\n");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{8420}, config->integer("port"));
        CPPUNIT_ASSERT(config->duration("wait") == 5s);
        CPPUNIT_ASSERT(config->text("file").empty());
        CPPUNIT_ASSERT(config->list("networks").empty());
    }
    void theCommandLineWins() {
        folder_.write("c.ini", "[http]\nport = 9000\n");
        const auto configuration = Configuration::load(folder_ / "c.ini", {{"http.port", "9001"}});
        CPPUNIT_ASSERT_EQUAL(std::int64_t{9001}, configuration.section("http", options)->integer("port"));
        ASSERT_SAYS(
            refusal([&] {
                (void)Configuration::load(folder_ / "c.ini", {{"http.prot", "1"}}).section("http", options);
            }),
            "the command line: unknown option 'prot'");
    }
    void relativePathsAreTakenFromTheFileThatSetsThem() {
        CPPUNIT_ASSERT_EQUAL(folder_ / "keys/a.pem", load("[http]\nfile = keys/a.pem\n")->text("file"));
        CPPUNIT_ASSERT_EQUAL(std::string("/a.pem"), load("[http]\nfile = /a.pem\n")->text("file"));
    }
    void anUnknownOptionNamesFileLineAndTheNearestOne() {
        const auto said = refusal([&] { (void)load("[http]\n\nprot = 1\n"); });
        ASSERT_SAYS(said, "c.ini:3: unknown option 'prot'");
        ASSERT_SAYS(said, "did you mean 'port'?");
    }
    void everyBadValueIsNamedAtOnceWithWhatWouldBeRight() {
        const auto said =
            refusal([&] { (void)load("[http]\nport = 0\nwait = 5\nopen = yes\nform = xml\nlimit = 3kB\n"); });
        ASSERT_SAYS(said, ":2: 'port' = '0' must be at least 1");
        ASSERT_SAYS(said, ":3: 'wait' = '5' must be a number with a unit");
        ASSERT_SAYS(said, ":4: 'open' = 'yes' must be true or false");
        ASSERT_SAYS(said, ":5: 'form' = 'xml' must be one of: json, text");
        ASSERT_SAYS(said, ":6: 'limit' = '3kB' must be bytes, or KiB");
    }
    void anOptionSetTwiceIsRefused() {
        ASSERT_SAYS(refusal([&] { (void)load("[http]\nport = 1\nport = 2\n"); }),
                    ":3: 'port' is set a second time");
    }
    void aMissingFileIsRefused() {
        ASSERT_SAYS(refusal([&] { (void)Configuration::load(folder_ / "none.ini", {}); }),
                    "none.ini: the file is missing");
    }
    void aLineThatIsNotIniIsRefusedWithItsNumber() {
        ASSERT_SAYS(refusal([&] { (void)load("[http]\nport 9000\n"); }), "c.ini:2: this is neither");
    }
    void anOptionBeforeAnySectionIsRefused() {
        ASSERT_SAYS(refusal([&] { (void)load("port = 9000\n"); }),
                    "c.ini:1: 'port' stands before any [section]");
    }
    void pluginsComeFromTheirSectionsAndFiles() {
        folder_.write("c.ini", "[plugin.b]\nfile = other.so\nsha256 = ab12\n");
        folder_.write("plugins.d/a.ini", "[plugin.a]\n[plugin.off]\nenabled = false\n");
        const auto plugins = Configuration::load(folder_ / "c.ini", {}).plugins("/lib");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, plugins.size());
        CPPUNIT_ASSERT_EQUAL(std::string("/lib/a.so"), plugins[0].file.string());
        CPPUNIT_ASSERT(!plugins[0].sha256);
        CPPUNIT_ASSERT_EQUAL(std::string("/lib/other.so"), plugins[1].file.string());
        CPPUNIT_ASSERT_EQUAL(std::string("ab12"), *plugins[1].sha256);
    }
    void aSectionOfNobodyIsRefused() {
        folder_.write("c.ini",
                      "[http]\nport = 1\n[htttp]\nport = 2\n[plugin.hello]\n[hello]\ngreeting = x\n");
        const auto said =
            refusal([&] { Configuration::load(folder_ / "c.ini", {}).requireKnownSections({"http"}); });
        ASSERT_SAYS(said, "c.ini:4: unknown section [htttp]");
        CPPUNIT_ASSERT(said.find("[hello]") == std::string::npos);
    }
    void everyHostOptionHasADescriptionAndAValidDefault() {
        for (const auto& section : hostOptions())
            for (const auto& option : section.options) {
                CPPUNIT_ASSERT_MESSAGE(option.name, option.description.ends_with("."));
                if (!option.defaultValue.empty())
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(option.name, std::string(),
                                                 detail::refuseValue(option, option.defaultValue));
                ASSERT_SAYS(describe(section), "--" + section.name + "." + option.name + "=");
            }
    }
    void theCommandLineIsSplitIntoCommandAndOptions() {
        const std::vector<const char*> arguments{"cofferd",
                                                 "storage",
                                                 "backup",
                                                 "/b",
                                                 "--config=/c.ini",
                                                 "--http.port=8421",
                                                 "--hello.greeting=a=b"};
        const auto line = parseCommandLine(static_cast<int>(arguments.size()), arguments.data());
        CPPUNIT_ASSERT(line.command == (std::vector<std::string>{"storage", "backup", "/b"}));
        CPPUNIT_ASSERT_EQUAL(std::string("/c.ini"), line.config->string());
        CPPUNIT_ASSERT_EQUAL(std::string("8421"), line.overrides[0].second);
        CPPUNIT_ASSERT_EQUAL(std::string("a=b"), line.overrides[1].second);
    }

private:
    std::unique_ptr<Config> load(const std::string& text) {
        folder_.write("c.ini", text);
        return Configuration::load(folder_ / "c.ini", {}).section("http", options);
    }

    TemporaryFolder folder_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConfigurationTest);
