#include "host/ctl/CommandLine.h"
#include "host/ctl/Help.h"
#include "tests/ctl/Program.h"

#include <set>

using namespace coffer::ctl;
using coffer::test::assertContains;

namespace {

Request parsed(const std::vector<std::string>& words) {
    return parse(words);
}

void assertUsage(const std::vector<std::string>& words, const std::string& what,
                 const std::string& detail = {}) {
    try {
        (void)parse(words);
    } catch (const UsageError& error) {
        assertContains(error.what(), what);
        assertContains(error.detail(), detail);
        return;
    }
    CPPUNIT_FAIL("accepted: " + what);
}

} // namespace

/// How a command line is understood, and what is said when it is not.
class CommandLineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CommandLineTest);
    COFFER_TEST(optionsStandAnywhereAndInEveryForm);
    COFFER_TEST(whatFollowsTwoDashesIsNoOption);
    COFFER_TEST(mistakesSayWhatWouldBeRight);
    COFFER_TEST(helpIsForWhatItStandsBehind);
    COFFER_TEST(whatIsUnknownIsAnExtension);
    COFFER_TEST(theTableOfCommandsIsConsistent);
    CPPUNIT_TEST_SUITE_END();

public:
    void optionsStandAnywhereAndInEveryForm() {
        for (const auto& words : std::vector<std::vector<std::string>>{
                 {"credentials", "show", "nightly", "-o", "json", "--server", "http://x"},
                 {"--server=http://x", "credentials", "show", "-ojson", "nightly"},
                 {"credentials", "--server", "http://x", "show", "--output=json", "nightly"}}) {
            const Request request = parsed(words);
            CPPUNIT_ASSERT(request.kind == Request::Kind::run);
            CPPUNIT_ASSERT_EQUAL(std::string("credentials show"), request.invocation->command().path);
            CPPUNIT_ASSERT_EQUAL(std::string("nightly"), request.invocation->argument(0));
            CPPUNIT_ASSERT_EQUAL(std::string("json"), request.invocation->option("output").value());
            CPPUNIT_ASSERT_EQUAL(std::string("http://x"), request.invocation->option("server").value());
        }
        const Request repeated = parsed({"policies", "add", "p", "n", "--include", "a", "--include=b"});
        CPPUNIT_ASSERT(repeated.invocation->options("include") == std::vector<std::string>({"a", "b"}));
        CPPUNIT_ASSERT_EQUAL(
            7LL, parsed({"credentials", "list", "--limit", "7"}).invocation->number("limit").value());
        CPPUNIT_ASSERT(parsed({"credentials", "update", "x", "--bucket", ""}).invocation->has("bucket"));
    }
    void whatFollowsTwoDashesIsNoOption() {
        CPPUNIT_ASSERT_EQUAL(std::string("--strange"),
                             parsed({"credentials", "show", "--", "--strange"}).invocation->argument(0));
        CPPUNIT_ASSERT_EQUAL(std::string("-"), parsed({"credentials", "show", "-"}).invocation->argument(0));
    }
    void mistakesSayWhatWouldBeRight() {
        assertUsage({"credentials", "lst"}, "no command \"lst\"", "Did you mean credentials list?");
        assertUsage({"credentials", "frobnicate"}, "no command", "It has list, show, add");
        assertUsage({"credentials", "list", "--serch", "x"}, "no option --serch", "Did you mean --search?");
        assertUsage({"credentials", "list", "--secret"}, "no option --secret");
        assertUsage({"credentials", "list", "-o", "jsno"}, "takes no \"jsno\"", "Did you mean json?");
        assertUsage({"credentials", "list", "--limit", "many"}, "takes a number");
        assertUsage({"credentials", "list", "--limit", "9999999999"}, "takes a number");
        assertUsage({"credentials", "list", "--limit"}, "needs a value");
        assertUsage({"credentials", "list", "--all=yes"}, "takes no value");
        assertUsage({"credentials", "list", "--search", "a", "--search", "b"}, "given twice");
        assertUsage({"credentials", "show"}, "CREDENTIAL is missing",
                    "Usage: cofferctl credentials show CREDENTIAL");
        assertUsage({"projects", "show", "Web", "shop"}, "one word too many", "in quotes");
        assertUsage({"roles", "add", "jana", "manger"}, "is none of", "Did you mean manager?");
        assertUsage({"completion", "fish"}, "is none of bash, zsh");
    }
    void helpIsForWhatItStandsBehind() {
        CPPUNIT_ASSERT(parsed({"--help"}).helpOf == nullptr);
        CPPUNIT_ASSERT(parsed({"credentials", "--help"}).helpOf == findCommand("credentials"));
        CPPUNIT_ASSERT(parsed({"credentials", "add", "-h", "--nonsense"}).helpOf ==
                       findCommand("credentials add"));
        CPPUNIT_ASSERT(parsed({"help", "credentials", "add"}).helpOf == findCommand("credentials add"));
        // Asked for, or for want of a command.
        CPPUNIT_ASSERT(!parsed({"credentials", "--help"}).invocation);
        CPPUNIT_ASSERT(parsed({"credentials"}).invocation);
        CPPUNIT_ASSERT(parsed({}).invocation);
    }
    void whatIsUnknownIsAnExtension() {
        const Request request = parsed({"--profile", "work", "hello", "--world", "x"});
        CPPUNIT_ASSERT(request.kind == Request::Kind::extension);
        CPPUNIT_ASSERT(request.words == std::vector<std::string>({"hello", "--world", "x"}));
        CPPUNIT_ASSERT_EQUAL(std::string("work"), request.invocation->option("profile").value());
    }
    void theTableOfCommandsIsConsistent() {
        std::set<std::string> paths;
        for (const auto& command : commands()) {
            CPPUNIT_ASSERT_MESSAGE(command.path + " is there twice", paths.insert(command.path).second);
            const auto space = command.path.find(' ');
            if (space != std::string::npos)
                CPPUNIT_ASSERT_MESSAGE(command.path,
                                       findCommand(command.path.substr(0, space)) &&
                                           findCommand(command.path.substr(0, space))->isGroup());
            CPPUNIT_ASSERT_MESSAGE(command.path, !command.summary.empty() && !command.summary.ends_with('.'));
            std::set<std::string> names;
            std::set<char> letters;
            for (const Option* option : optionsOf(&command)) {
                CPPUNIT_ASSERT_MESSAGE(command.path + " --" + option->name,
                                       names.insert(option->name).second);
                CPPUNIT_ASSERT_MESSAGE(command.path + " -" + option->letter,
                                       !option->letter || letters.insert(option->letter).second);
                CPPUNIT_ASSERT_MESSAGE(option->name, !option->help.empty() && !option->help.ends_with('.'));
                // ps shows what stands there.
                CPPUNIT_ASSERT(option->name != "token" && option->name != "secret" &&
                               option->name != "password");
            }
            for (std::size_t i = 1; i < command.arguments.size(); ++i)
                CPPUNIT_ASSERT_MESSAGE(command.path, command.arguments[i].isOptional ||
                                                         !command.arguments[i - 1].isOptional);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, exitStatuses().size());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CommandLineTest);
