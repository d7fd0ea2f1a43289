#include "host/ctl/Command.h"
#include "host/ctl/Completion.h"
#include "host/ctl/ManPages.h"
#include "host/ctl/Text.h"
#include "tests/ctl/Scene.h"
#include "tests/support/Paths.h"

using namespace coffer::test;

namespace {

bool isInstalled(const std::string& program) {
    return std::filesystem::exists("/usr/bin/" + program) || std::filesystem::exists("/bin/" + program);
}

} // namespace

/// What cofferctl is together with shells, the manual and other people's programs.
class ShellTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ShellTest);
    COFFER_TEST(commandsOptionsAndChoicesAreCompleted);
    COFFER_TEST(namesAreCompletedFromTheServer);
    COFFER_TEST(withoutAServerCompletionIsSilent);
    COFFER_TEST(bashCompletesWithTheInstalledScript);
    COFFER_TEST(zshCompletesWithTheInstalledScript);
    COFFER_TEST(shellsAcceptTheScripts);
    COFFER_TEST(theReadmeDoesWhatItSays);
    COFFER_TEST(theManualIsWellFormed);
    COFFER_TEST(helpIsThereForEveryCommand);
    COFFER_TEST(whatNeedsNoServerLoadsNoNetworkLibraries);
    COFFER_TEST(anUnknownCommandRunsAProgramOfThePath);
    COFFER_TEST(anUnknownCommandWithoutAProgramIsExplained);
    CPPUNIT_TEST_SUITE_END();

public:
    void commandsOptionsAndChoicesAreCompleted() {
        const Program program;
        assertContains(completed(program, {"cred"}), "credentials\tS3 keys");
        assertContains(completed(program, {"credentials", ""}), "probe\t");
        CPPUNIT_ASSERT_EQUAL(std::string("--search\t"),
                             completed(program, {"credentials", "list", "--sea"}).substr(0, 9));
        CPPUNIT_ASSERT_EQUAL(std::string("json\t\n"), completed(program, {"credentials", "list", "-o", "j"}));
        CPPUNIT_ASSERT_EQUAL(std::string("--output=json\t\n"),
                             completed(program, {"credentials", "list", "--output=j"}));
        CPPUNIT_ASSERT_EQUAL(std::string("manager\t\n"),
                             completed(program, {"roles", "add", "name:1", "ma"}));
        CPPUNIT_ASSERT_EQUAL(std::string(":file\t\n"), completed(program, {"--ca-file", ""}));
        CPPUNIT_ASSERT_EQUAL(std::string(":folder\t\n"), completed(program, {"man", "--directory", ""}));
        assertContains(completed(program, {"help", "credentials", "hist"}), "history\t");
        CPPUNIT_ASSERT_EQUAL(std::string(), completed(program, {"nonsense", ""}));
        CPPUNIT_ASSERT_EQUAL(std::string(), completed(program, {"version", ""}));
        assertLacks(completed(program, {"credentials", "list", "--all", "--a"}), "--all");
        assertLacks(completed(program, {""}), "__complete");
    }
    void namesAreCompletedFromTheServer() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "completion one");
        scene_.addCredential(program, "987654");
        program.done({"projects", "add", "completed project"});
        program.done(
            {"policies", "add", "completed project", "every noon", "--cron", "0 12 * * *", "--include", "x"});
        // Without the option the server has a second to answer, which a busy machine needs.
        const auto found = [&](std::vector<std::string> words) {
            words.insert(words.begin(), {"--timeout", "600"});
            return completed(program, words);
        };
        CPPUNIT_ASSERT_EQUAL("completion one\t" + scene_.endpoint() + "\n",
                             found({"credentials", "show", "comp"}));
        assertContains(found({"credentials", "show", "name:98"}), "name:987654\t");
        assertContains(found({"projects", "list", "--credential", "compl"}), "completion one");
        assertContains(found({"backup", "enable", "compl"}), "completed project\t");
        assertContains(found({"policies", "show", "completed project", ""}), "every noon\t0 12 * * *");
        assertContains(found({"plugins", "show", "backup"}), "backup-credentials\trunning");
        assertContains(found({"--organization", Scene::organization(program)}), Scene::organization(program));
        assertContains(found({"principals", "show", "admin"}), "administrator");
    }
    void withoutAServerCompletionIsSilent() {
        Program program({{"COFFER_SERVER", "http://127.0.0.1:1"}, {"COFFER_TOKEN", "x"}});
        CPPUNIT_ASSERT_EQUAL(std::string(), completed(program, {"credentials", "show", ""}));
        CPPUNIT_ASSERT_EQUAL(std::string(), completed(Program(), {"credentials", "show", ""}));
    }
    void bashCompletesWithTheInstalledScript() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "with some spaces");
        scene_.addCredential(program, "555000");
        const auto bash = [&](const std::string& words, int index) {
            const Ended ended = program.runOther(
                {"bash", "-c",
                 "source " + buildPath("share/bash-completion/completions/cofferctl") +
                     "; compopt() { :; }; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(index) +
                     "; _cofferctl; printf '%s\\n' \"${COMPREPLY[@]}\""});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(ended.err, std::string(), ended.err);
            return ended.out;
        };
        const std::string name = Program::path() + " --timeout 600";
        CPPUNIT_ASSERT_EQUAL(std::string("credentials\n"), bash(name + " creden", 3));
        CPPUNIT_ASSERT_EQUAL(std::string("with\\ some\\ spaces\n"), bash(name + " credentials show with", 5));
        // Bash has the quote in the word, and what is completed stays inside of it.
        CPPUNIT_ASSERT_EQUAL(std::string("with some spaces\n"),
                             bash(name + " credentials show \"'with some\"", 5));
        // Bash takes name:5 for three words, and replaces the last one.
        CPPUNIT_ASSERT_EQUAL(std::string("555000\n"), bash(name + " credentials show name : 555", 7));
        CPPUNIT_ASSERT_EQUAL(std::string("json\n"), bash(name + " credentials list --output = js", 7));
    }
    void zshCompletesWithTheInstalledScript() {
        if (!isInstalled("zsh"))
            return;
        const Program program = scene_.administrator();
        scene_.addCredential(program, "zsh: with spaces");
        const auto zsh = [&](const std::string& words, int index) {
            const Ended ended =
                program.runOther({"zsh", "-f", "-c",
                                  "compdef() { :; }; _files() { print files; }; _describe() { print -rl -- "
                                  "\"${(@P)2}\"; }; source " +
                                      buildPath("share/zsh/site-functions/_cofferctl") + "; words=(" + words +
                                      "); CURRENT=" + std::to_string(index) + "; _cofferctl"});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(ended.err, std::string(), ended.err);
            return ended.out;
        };
        const std::string name = Program::path() + " --timeout 600";
        assertContains(zsh(name + " creden", 4), "credentials:S3 keys");
        assertContains(zsh(name + " credentials show ''", 6), "zsh\\: with spaces:" + scene_.endpoint());
        CPPUNIT_ASSERT_EQUAL(std::string("files\n"), zsh(name + " --ca-file ''", 5));
    }
    void theReadmeDoesWhatItSays() {
        std::string text = readFile(sourcePath("README.md"));
        text = text.substr(text.find("## From the command line"));
        const auto begin = text.find("export COFFER_SERVER");
        std::string script = text.substr(begin, text.find("```", begin) - begin);
        for (const auto& [what, by] :
             {std::pair<std::string, std::string>{"http://127.0.0.1:8420", scene_.server()},
              {"build/data/", scene_.daemon().folder() + "/"}}) {
            CPPUNIT_ASSERT(script.find(what) != std::string::npos);
            script.replace(script.find(what), what.size(), by);
        }
        Program program({{"GATEWAY_ENDPOINT", scene_.endpoint()},
                         {"GATEWAY_REGION", "us-east-1"},
                         {"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
                         {"AWS_SECRET_ACCESS_KEY", secretKey},
                         {"PATH", buildPath("bin") + ":/usr/bin:/bin"}});
        scene_.administrator().done({"organizations", "add", "Acme"});
        const Ended ended = program.runOther({"bash", "-euc", script});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(ended.err, 0, ended.status);
        for (const auto* part :
             {"It is the default now", "It is backed up with weekly", "Next run", "kind: \"Schedule\"",
              "status 3", ",weekly,valid,", "backup-credential.delete"})
            assertContains(ended.out, part);
        assertContains(ended.err, "- Web shop: cofferctl backup disable");
    }
    void shellsAcceptTheScripts() {
        const Program program;
        for (const std::string shell : {"bash", "zsh"}) {
            const std::string script = program.done({"completion", shell});
            CPPUNIT_ASSERT_EQUAL(std::string(coffer::ctl::completionScript(shell)), script);
            if (!isInstalled(shell))
                continue;
            const Ended ended = program.runOther({shell, "-n", program.home().write(shell, script)});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(ended.err, 0, ended.status);
        }
        CPPUNIT_ASSERT_EQUAL(program.done({"completion", "zsh"}),
                             readFile(buildPath("share/zsh/site-functions/_cofferctl")));
    }
    void theManualIsWellFormed() {
        const Program program;
        const std::string folder = program.home() / "man";
        program.done({"man", "--directory", folder});
        const auto pages = coffer::ctl::manPages();
        CPPUNIT_ASSERT(pages.size() > 10);
        for (const auto& [name, text] : pages) {
            CPPUNIT_ASSERT_EQUAL(text, readFile(folder + "/" + name));
            CPPUNIT_ASSERT_EQUAL(text, readFile(buildPath("share/man/man1/" + name)));
            if (!isInstalled("man"))
                continue;
            const Ended shown =
                program.runOther({"man", "--warnings=all", "-l", "-Tutf8", "-P", "cat", folder + "/" + name});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string(), shown.err);
            CPPUNIT_ASSERT_EQUAL(0, shown.status);
        }
        assertContains(readFile(folder + "/cofferctl.1"), "COFFER_TOKEN");
        assertContains(readFile(folder + "/cofferctl-credentials.1"), "from\\-aws\\-profile");
    }
    void helpIsThereForEveryCommand() {
        const Program program;
        assertContains(program.done({"--help"}), "Exit status");
        assertContains(program.done({"help", "credentials", "add"}), "Examples");
        const Ended bare = program.run({});
        CPPUNIT_ASSERT_EQUAL(2, bare.status);
        CPPUNIT_ASSERT_EQUAL(std::string(), bare.out);
        assertContains(bare.err, "Usage: cofferctl COMMAND");
        assertContains(program.refused(2, {"credentials"}), "cofferctl credentials COMMAND --help");
        assertContains(program.done({"version"}), "cofferctl 1.");
        CPPUNIT_ASSERT_EQUAL(program.done({"version"}), program.done({"--version"}));
        for (const auto& command : coffer::ctl::commands()) {
            auto words = coffer::ctl::split(command.path, ' ');
            words.emplace_back("--help");
            assertContains(program.done(words), "Usage: cofferctl " + command.path.substr(0, 12));
        }
    }
    void whatNeedsNoServerLoadsNoNetworkLibraries() {
        const Ended ended = Program().runOther({"ldd", Program::path()});
        CPPUNIT_ASSERT_EQUAL(0, ended.status);
        assertContains(ended.out, "libc.so");
        for (const auto* library : {"libPoco", "libssl", "libcrypto", "libcoffer"})
            assertLacks(ended.out, library);
    }
    void anUnknownCommandRunsAProgramOfThePath() {
        Program program = scene_.administrator();
        const std::string file =
            program.home().write("cofferctl-hello", "#!/bin/sh\necho \"hello $1 from $COFFER_SERVER\"\n" +
                                                        Program::path() + " whoami -o name\nexit 7\n");
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        program.set("PATH", program.home().path().string() + ":/usr/bin:/bin");
        const Ended ended = program.run({"hello", "world"});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(ended.err, 7, ended.status);
        CPPUNIT_ASSERT_EQUAL("hello world from " + scene_.server() + "\nadministrator\n", ended.out);
        assertContains(program.done({"--help"}), "runs cofferctl-hello");
        assertContains(completed(program, {"hel"}), "hello\t");
        // From a profile, and from options that stand before it.
        Program other;
        other.done({"login", "--server", scene_.server(), "--profile", "there"}, scene_.daemon().token());
        other.set("PATH", program.home().path().string() + ":/usr/bin:/bin");
        CPPUNIT_ASSERT_EQUAL(7, other.run({"--profile", "there", "hello", "again"}).status);
    }
    void anUnknownCommandWithoutAProgramIsExplained() {
        const Program program;
        const std::string error = program.refused(2, {"credentails", "list"});
        assertContains(error, "Did you mean credentials?");
        assertContains(error, "cofferctl-credentails");
        program.refused(2, {"../cofferctl"});
        program.refused(2, {"help", "nonsense"});
    }

private:
    Scene scene_;

    static std::string completed(const Program& program, std::vector<std::string> words) {
        words.insert(words.begin(), "__complete");
        return program.done(words);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ShellTest);
