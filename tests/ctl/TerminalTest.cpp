#include "host/ctl/Text.h"
#include "tests/ctl/Scene.h"
#include "tests/support/Eventually.h"

#include <Poco/Net/ServerSocket.h>

#include <csignal>
#include <functional>
#include <thread>

using namespace coffer::test;

/// cofferctl at a terminal: prompts, colours, widths.
class TerminalTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TerminalTest);
    COFFER_TEST(whatIsMissingIsAskedForAndWrongKeysCanBeCorrected);
    COFFER_TEST(secretsAreNeitherShownNorInTheProcessTable);
    COFFER_TEST(ctrlCAtAPromptBringsTheEchoBack);
    COFFER_TEST(aKilledPromptBringsTheEchoBack);
    COFFER_TEST(aStoppedPromptGoesOn);
    COFFER_TEST(deletingAsksFirst);
    COFFER_TEST(coloursAreForTerminalsThatWantThem);
    COFFER_TEST(tablesFitTheTerminal);
    COFFER_TEST(whatTakesLongSaysSo);
    COFFER_TEST(aReaderThatHasEnoughEndsIt);
    COFFER_TEST(aFullDiskIsSaid);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatIsMissingIsAskedForAndWrongKeysCanBeCorrected() {
        const Program program = scene_.administrator();
        Session session(program, {"credentials", "add"});
        answer(session, "Name", "nightly");
        answer(session, "S3 endpoint", scene_.endpoint());
        answer(session, "Region [us-east-1]", "");
        answer(session, "Access key id", "WRONGKEY000000000001");
        answer(session, "Secret access key (not shown)", secretKey);
        session.expect("Invalid S3 credentials");
        session.expect("Cause: wrong_secret");
        answer(session, "Try other keys?", "yes");
        answer(session, "S3 endpoint [" + scene_.endpoint() + "]", "");
        answer(session, "Region [us-east-1]", "");
        answer(session, "Access key id [WRONGKEY000000000001]", "AKIAIOSFODNN7EXAMPLE");
        answer(session, "Secret access key (not shown)", secretKey);
        session.expect("Stored credential \"nightly\"");
        CPPUNIT_ASSERT_EQUAL(0, session.end());
        assertLacks(session.shown(), secretKey);
    }
    void secretsAreNeitherShownNorInTheProcessTable() {
        const Program program;
        Session session(program, {"login", "--server", scene_.server()});
        session.expect("Token (not shown)");
        CPPUNIT_ASSERT(!session.echoes());
        const std::string command = readFile("/proc/" + std::to_string(session.pid()) + "/cmdline");
        assertContains(command, "login");
        assertLacks(command, "coffer_");
        session.type(scene_.daemon().token() + "\n");
        session.expect("Logged in");
        CPPUNIT_ASSERT_EQUAL(0, session.end());
        assertLacks(session.shown(), scene_.daemon().token());
    }
    void ctrlCAtAPromptBringsTheEchoBack() {
        const Program program;
        Session session(program, {"login", "--server", scene_.server()});
        session.expect("Token (not shown)");
        CPPUNIT_ASSERT(!session.echoes());
        session.type("\x03");
        CPPUNIT_ASSERT_EQUAL(128 + SIGINT, session.end());
        CPPUNIT_ASSERT(session.echoes());
    }
    void aKilledPromptBringsTheEchoBack() {
        const Program program;
        Session session(program, {"login", "--server", scene_.server()});
        session.expect("Token (not shown)");
        ::kill(session.pid(), SIGTERM);
        CPPUNIT_ASSERT_EQUAL(128 + SIGTERM, session.end());
        CPPUNIT_ASSERT(session.echoes());
    }
    void aStoppedPromptGoesOn() {
        const Program program;
        Session session(program, {"login", "--server", scene_.server()});
        session.expect("Token (not shown)");
        ::kill(session.pid(), SIGTSTP);
        // Taken, it has brought the echo back; a SIGCONT before that would take it back.
        CPPUNIT_ASSERT(eventually([&] { return !session.isPending(SIGTSTP); }));
        ::kill(session.pid(), SIGCONT);
        CPPUNIT_ASSERT(eventually([&] { return !session.echoes(); }));
        session.type(scene_.daemon().token() + "\n");
        session.expect("Logged in");
        CPPUNIT_ASSERT_EQUAL(0, session.end());
        assertLacks(session.shown(), scene_.daemon().token());
    }
    void deletingAsksFirst() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "nightly");
        Session refused(program, {"credentials", "delete", "nightly"});
        answer(refused, "Delete credential \"nightly\"", "");
        refused.expect("Nothing was done");
        CPPUNIT_ASSERT_EQUAL(3, refused.end());
        program.done({"credentials", "show", "nightly"});
        Session confirmed(program, {"credentials", "delete", "nightly"});
        answer(confirmed, "Type yes or no", "yes");
        confirmed.expect("Deleted");
        CPPUNIT_ASSERT_EQUAL(0, confirmed.end());
        program.refused(4, {"credentials", "show", "nightly"});
    }
    void coloursAreForTerminalsThatWantThem() {
        Program program = scene_.administrator();
        scene_.addCredential(program, "nightly");
        const std::vector<std::string> list{"credentials", "list"};
        assertContains(shownBy(program, list), "\x1b[32mworks");
        assertLacks(program.done(list), "\x1b");
        program.set("TERM", "dumb");
        assertLacks(shownBy(program, list), "\x1b[3");
        program.set("TERM", "xterm");
        program.set("NO_COLOR", "1");
        assertLacks(shownBy(program, list), "\x1b[3");
        program.set("NO_COLOR", "");
        assertContains(shownBy(program, list), "\x1b[32mworks");
    }
    void tablesFitTheTerminal() {
        Program program = scene_.administrator();
        program.set("NO_COLOR", "1");
        scene_.addCredential(program, "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本");
        for (const auto columns : std::vector<unsigned short>{40, 60, 80, 120}) {
            const std::string shown = shownBy(program, {"credentials", "list"}, columns);
            for (std::string line : coffer::ctl::split(shown, '\n')) {
                std::erase(line, '\r');
                // The note about columns is a sentence, which the terminal folds.
                if (!line.starts_with("Too narrow"))
                    CPPUNIT_ASSERT_MESSAGE(shown, coffer::ctl::displayWidth(line) <= columns);
            }
            assertContains(shown, "日本");
        }
        assertContains(shownBy(program, {"credentials", "list"}, 40), "Too narrow for");
        assertContains(shownBy(program, {"credentials", "list", "-o", "wide"}, 40), scene_.endpoint());
    }
    void whatTakesLongSaysSo() {
        Program program = scene_.administrator();
        program.set("NO_COLOR", "1");
        // Nobody answers there, and the probe waits.
        Session session(program, {"credentials", "probe", "--endpoint",
                                  "http://127.0.0.1:" + std::to_string(silence_.port()), "--region", "x",
                                  "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--from-aws-profile", "slow"});
        CPPUNIT_ASSERT_EQUAL(4, session.end()); // no such profile
        std::filesystem::create_directory(program.home() / ".aws");
        (void)program.home().write(
            ".aws/credentials",
            "[slow]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n");
        Session slow(program, {"credentials", "probe", "--endpoint",
                               "http://127.0.0.1:" + std::to_string(silence_.port()), "--region", "x",
                               "--from-aws-profile", "slow"});
        slow.expect("Trying the keys at http://127.0.0.1");
        silence_.end();
        CPPUNIT_ASSERT_EQUAL(3, slow.end());
        assertContains(slow.shown(), "\r\x1b[K"); // and the line is gone
    }
    void aReaderThatHasEnoughEndsIt() {
        const Program program = scene_.administrator();
        const Ended ended = program.runOther(
            {"bash", "-c",
             "set -o pipefail; " + Program::path() + " audit export | head -n 1 >/dev/null; echo $?"});
        // 141 when there was more than a pipe holds, 0 when not; nothing is said either way.
        CPPUNIT_ASSERT_MESSAGE(ended.out, ended.out == "141\n" || ended.out == "0\n");
        CPPUNIT_ASSERT_EQUAL(std::string(), ended.err);
        const Ended closed = program.runOther(
            {"bash", "-c", "exec 3> >(exit 0); wait $!; " + Program::path() + " --help >&3; echo $?"});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(closed.err, std::string("141\n"), closed.out);
    }
    void aFullDiskIsSaid() {
        const Ended ended = Program().runOther({"bash", "-c", Program::path() + " --help >/dev/full"});
        CPPUNIT_ASSERT_EQUAL(1, ended.status);
        assertContains(ended.err, "No space left");
    }

private:
    Scene scene_;

    static void answer(Session& session, const std::string& question, const std::string& text) {
        session.expect(question);
        session.expect(": ");
        session.type(text + "\n");
    }
    static std::string shownBy(const Program& program, const std::vector<std::string>& arguments,
                               unsigned short columns = 100) {
        Session session(program, arguments, columns);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(session.shown(), 0, session.end());
        // A daemon that is slow is waited for in a line that is erased.
        const std::string& shown = session.shown();
        const auto erased = shown.rfind("\r\x1b[K");
        return erased == std::string::npos ? shown : shown.substr(erased + 4);
    }
    /// Takes connections and says nothing, until it ends them.
    class Silence {
    public:
        Silence() { socket_.bind(Poco::Net::SocketAddress("127.0.0.1", 0), true, false), socket_.listen(); }
        [[nodiscard]] std::uint16_t port() const { return socket_.address().port(); }
        void end() { socket_.close(); }

    private:
        Poco::Net::ServerSocket socket_;
    };
    Silence silence_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(TerminalTest);
