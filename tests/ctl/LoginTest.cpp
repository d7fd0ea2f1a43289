#include "tests/ctl/Scene.h"

#include <sys/stat.h>

using namespace coffer::test;

/// Profiles: what is stored, what is used, and what is refused.
class LoginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LoginTest);
    COFFER_TEST(loginChecksTheTokenAndStoresItForItsOwnerOnly);
    COFFER_TEST(aWrongTokenIsNotStored);
    COFFER_TEST(theTokenComesFromAFileStandardInputOrAVariable);
    COFFER_TEST(profilesAreListedChosenAndRemoved);
    COFFER_TEST(flagsWinOverVariablesAndTheseOverTheProfile);
    COFFER_TEST(aProfilesTokenGoesToItsServerOnly);
    COFFER_TEST(aFileThatOthersCanReadIsRefused);
    COFFER_TEST(aFileThatIsNotUnderstoodSaysWhere);
    COFFER_TEST(logoutForgetsTheToken);
    COFFER_TEST(aRobotLogsInWithItsKeyAndSecret);
    COFFER_TEST(statusTellsTheServerAndWhoIAm);
    CPPUNIT_TEST_SUITE_END();

public:
    void loginChecksTheTokenAndStoresItForItsOwnerOnly() {
        const Program program = loggedIn();
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, ::stat(program.configFile().c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(0600U, status.st_mode & 0777U);
        CPPUNIT_ASSERT_EQUAL(
            0, ::stat(std::filesystem::path(program.configFile()).parent_path().c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(0700U, status.st_mode & 0777U);
        assertContains(program.done({"whoami"}), "administrator");
        // The token, and nothing else that is secret; no other file.
        const std::string file = readFile(program.configFile());
        assertContains(file, "token = " + token());
        int files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(program.home().path()))
            files += entry.is_regular_file() ? 1 : 0;
        CPPUNIT_ASSERT_EQUAL(1, files);
    }
    void aWrongTokenIsNotStored() {
        const Program program;
        const std::string error = program.refused(3, {"login", "--server", server()},
                                                  "coffer_thisIsNoTokenOfThisDaemonAtAll00000000000\n");
        assertContains(error, "The token is not valid");
        assertContains(error, "Request ");
        assertLacks(error, "thisIsNoToken");
        CPPUNIT_ASSERT(!std::filesystem::exists(program.configFile()));
        assertContains(program.refused(2, {"login", "--server", server()}, "\n"),
                       "no token in standard input");
        assertContains(program.refused(2, {"login"}, token()), "--server is missing");
        assertContains(program.refused(2, {"login", "--server", "coffer.example"}, token()), "https://host");
        assertContains(program.refused(2, {"login", "--server", server(), "--profile", "a b"}, token()),
                       "cannot be called");
        assertContains(
            program.refused(4, {"login", "--server", server(), "--organization", "Nobody Ltd"}, token()),
            "no organization \"Nobody Ltd\"");
        CPPUNIT_ASSERT(!std::filesystem::exists(program.configFile()));
    }
    void theTokenComesFromAFileStandardInputOrAVariable() {
        Program program({{"COFFER_SERVER", server()}});
        const std::string file = program.home().write("token", token() + "\n");
        program.done({"whoami", "--token-file", file});
        program.done({"whoami", "--token-file", "-"}, token());
        program.set("COFFER_TOKEN_FILE", file);
        program.done({"whoami"});
        program.set("COFFER_TOKEN_FILE", "/nowhere");
        assertContains(program.refused(2, {"whoami"}), "/nowhere cannot be read");
        program.set("COFFER_TOKEN", token());
        program.done({"whoami"});
        assertContains(program.refused(2, {"whoami", "--token", token()}), "no option --token");
    }
    void profilesAreListedChosenAndRemoved() {
        const Program program = loggedIn();
        program.done({"login", "--server", server(), "--profile", "work"}, token());
        assertContains(program.done({"profiles", "list", "-o", "csv"}), "work,true," + server());
        program.done({"profiles", "use", "default"});
        assertContains(program.done({"profiles", "show", "-o", "json"}), R"("name": "default")");
        assertContains(program.done({"profiles", "show", "work"}), server());
        assertContains(program.refused(4, {"profiles", "use", "wrok"}), "Did you mean work?");
        assertContains(program.refused(4, {"status", "--profile", "wrok"}), "no profile \"wrok\"");
        program.done({"profiles", "remove", "default"});
        assertLacks(program.done({"profiles", "list"}), "default");
        assertContains(program.done({"profiles", "show", "-o", "json"}), R"("name": "work")");
        assertLacks(program.done({"profiles", "list", "-o", "json"}), token());
    }
    void flagsWinOverVariablesAndTheseOverTheProfile() {
        Program program = loggedIn();
        program.set("COFFER_ORGANIZATION", "Of a variable");
        assertContains(program.done({"profiles", "show"}), "Of a variable");
        assertContains(program.done({"profiles", "show", "--organization", "Of a flag"}), "Of a flag");
        program.set("COFFER_SERVER", "http://127.0.0.1:1");
        assertContains(program.refused(5, {"whoami"}), "http://127.0.0.1:1");
        program.done({"whoami", "--server", server()});
    }
    void aProfilesTokenGoesToItsServerOnly() {
        const Program program = loggedIn();
        const std::string other = "http://127.1:" + std::to_string(scene_.daemon().port());
        // The same daemon under another name, which asks no resolver: it is reached, and not told the token.
        assertContains(program.refused(3, {"whoami", "--server", other}), "cofferctl login");
        program.done({"whoami", "--server", server() + "/"});
    }
    void aFileThatOthersCanReadIsRefused() {
        const Program program = loggedIn();
        CPPUNIT_ASSERT_EQUAL(0, ::chmod(program.configFile().c_str(), 0640));
        const std::string error = program.refused(2, {"whoami"});
        assertContains(error, "can be read by others");
        assertContains(error, "chmod 600");
        assertLacks(error, token());
        CPPUNIT_ASSERT_EQUAL(0, ::chmod(program.configFile().c_str(), 0600));
        program.done({"whoami"});
    }
    void aFileThatIsNotUnderstoodSaysWhere() {
        const Program program = loggedIn();
        std::filesystem::remove(program.configFile());
        (void)program.home().write(".config/coffer/config", "[default]\nthis is nothing\n");
        assertContains(program.refused(2, {"whoami"}), "line 2");
    }
    void logoutForgetsTheToken() {
        const Program program = loggedIn();
        program.done({"logout"});
        assertLacks(readFile(program.configFile()), "coffer_");
        assertContains(program.refused(3, {"whoami"}), "cofferctl login");
        assertContains(Program().refused(4, {"logout"}), "Nobody is logged in");
    }
    void aRobotLogsInWithItsKeyAndSecret() {
        const Program administrator = scene_.administrator();
        const std::string file = administrator.home() / "robot.login";
        administrator.done({"robots", "add", "deploy", "--role", "manager", "--file", file});
        const Program robot({{"COFFER_SERVER", server()}, {"COFFER_TOKEN_FILE", file}});
        assertContains(robot.done({"whoami", "-o", "json"}), R"("robot": true)");
        administrator.done({"robots", "rotate", "deploy", "--yes"});
        assertContains(robot.refused(3, {"whoami"}), "not valid");
    }
    void statusTellsTheServerAndWhoIAm() {
        const std::string status = loggedIn().done({"status"});
        for (const auto* part :
             {"ready", "1.0.0", "storage: ok", "backup-credentials: running", "administrator everywhere"})
            assertContains(status, part);
        const Program nobody({{"COFFER_SERVER", server()}});
        assertContains(nobody.done({"status", "-o", "json"}), R"("status": "ready")");
        const Program viewer = scene_.other(scene_.administrator(), "viewer");
        assertContains(viewer.done({"status"}), "viewer in Organization");
    }

private:
    Scene scene_;

    std::string server() { return scene_.server(); }
    std::string token() { return scene_.daemon().token(); }
    Program loggedIn() {
        Program program;
        const std::string said = program.done({"login", "--server", server()}, token() + "\n");
        assertContains(said, "as administrator");
        assertLacks(said, token());
        return program;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LoginTest);
