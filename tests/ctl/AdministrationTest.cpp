#include "tests/ctl/Scene.h"

using namespace coffer::test;

/// What administrators do: organizations, principals, tokens, robots, plugins, keys, the audit log.
class AdministrationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AdministrationTest);
    COFFER_TEST(organizationsAreMadeRenamedAndDeleted);
    COFFER_TEST(principalsHaveRolesGrantsAndTokens);
    COFFER_TEST(aTokenIsShownOnceAlone);
    COFFER_TEST(robotsAreMadeAndRotated);
    COFFER_TEST(pluginsAreSwitched);
    COFFER_TEST(keysAreRotatedRewrappedAndRetired);
    COFFER_TEST(theAuditLogIsListedFollowedExportedAndVerified);
    CPPUNIT_TEST_SUITE_END();

public:
    void organizationsAreMadeRenamedAndDeleted() {
        const Program program = scene_.administrator();
        assertContains(program.done({"organizations", "add", "Acme of tests"}), "Made organization");
        assertContains(program.refused(3, {"organizations", "add", "ACME of tests"}), "taken");
        assertContains(program.refused(3, {"organizations", "add", "x"}), "name: ");
        program.done({"organizations", "rename", "Acme of tests", "Acme Ltd", "--if-version", "1"});
        assertContains(program.done({"organizations", "show", "acme ltd"}), "Acme Ltd");
        assertContains(program.done({"organizations", "list", "-o", "name"}), "Acme Ltd\n");
        program.done({"organizations", "delete", "Acme Ltd", "--yes"});
        assertContains(program.refused(4, {"organizations", "show", "Acme Ltd"}),
                       "cofferctl organizations list");
        scene_.addCredential(program, "nightly");
        program.refused(3, {"organizations", "delete", Scene::organization(program), "--yes"});
    }
    void principalsHaveRolesGrantsAndTokens() {
        const Program program = scene_.administrator();
        program.done({"principals", "add", "jana", "--role", "manager"});
        assertContains(program.done({"principals", "show", "jana"}),
                       "manager in " + Scene::organization(program));
        program.done({"roles", "add", "jana", "auditor", "--everywhere"});
        assertContains(program.done({"roles", "list", "jana"}), "everywhere");
        program.done({"roles", "remove", "jana", "auditor", "--yes"});
        assertContains(program.refused(4, {"roles", "remove", "jana", "auditor", "--yes"}), "no role");
        const std::string id = scene_.addCredential(program, "nightly");
        program.done({"grants", "add", "jana", "backup-credentials:use", "nightly"});
        const std::string grants = program.done({"grants", "list", "jana", "-o", "csv"});
        assertContains(grants, "backup-credentials:use," + id);
        const auto line = grants.substr(grants.find('\n') + 1);
        program.done({"grants", "remove", "jana", line.substr(0, line.find(',')), "--yes"});
        program.done({"tokens", "add", "laptop", "--principal", "jana", "--expires-in-days", "90"});
        assertContains(program.done({"tokens", "list", "--principal", "jana"}), "laptop");
        assertContains(program.done({"tokens", "revoke", "laptop", "--principal", "jana", "--yes"}),
                       "revoked");
        program.done({"principals", "rename", "jana", "Jana Nová"});
        program.done({"principals", "delete", "jana nová", "--yes"});
        program.refused(4, {"principals", "show", "Jana Nová"});
    }
    void aTokenIsShownOnceAlone() {
        Program program = scene_.administrator();
        std::string token = program.done({"tokens", "add", "for a script"});
        CPPUNIT_ASSERT_EQUAL('\n', token.back());
        token.pop_back();
        CPPUNIT_ASSERT(token.starts_with("coffer_") && token.find('\n') == std::string::npos);
        const std::string file = program.home() / "token";
        assertLacks(program.done({"tokens", "add", "for a file", "--file", file}), "coffer_");
        program.set("COFFER_TOKEN", "");
        program.set("COFFER_TOKEN_FILE", file);
        program.done({"whoami"});
        assertLacks(program.done({"tokens", "list", "-o", "json"}), token);
        program.done({"tokens", "revoke", "for a script", "--yes"});
        program.set("COFFER_TOKEN", token);
        assertContains(program.refused(3, {"whoami"}), "cofferctl login");
    }
    void robotsAreMadeAndRotated() {
        const Program program = scene_.administrator();
        const std::string login = program.done({"robots", "add", "deploy", "--role", "viewer"});
        CPPUNIT_ASSERT(login.find(':') != std::string::npos);
        assertContains(program.done({"robots", "list"}), "deploy");
        assertContains(program.done({"robots", "show", "deploy"}), "viewer");
        CPPUNIT_ASSERT(login != program.done({"robots", "rotate", "deploy", "--yes"}));
        program.done({"robots", "delete", "deploy", "--yes"});
        program.refused(4, {"robots", "show", "deploy"});
    }
    void pluginsAreSwitched() {
        const Program program = scene_.administrator();
        assertContains(program.done({"plugins", "list"}), "backup-credentials");
        assertContains(program.done({"plugins", "show", "projects"}), "GET /projects");
        assertContains(program.refused(2, {"plugins", "disable", "projects"}), "Add --yes");
        assertContains(program.done({"plugins", "disable", "projects", "--yes"}), "disabled");
        const std::string error = program.refused(5, {"projects", "list"});
        assertContains(error, "cofferctl plugins enable");
        assertContains(program.done({"plugins", "enable", "projects"}), "running");
        program.refused(3, {"plugins", "enable", "projects"});
        program.refused(4, {"plugins", "show", "nothing"});
        program.done({"projects", "list"});
    }
    void keysAreRotatedRewrappedAndRetired() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "nightly");
        assertContains(program.done({"keys", "show"}), "active");
        const std::string before = program.done({"keys", "show", "-o", "csv", "--columns", "activeVersion"});
        const std::string old =
            before.substr(before.find('\n') + 1, before.rfind('\n') - before.find('\n') - 1);
        assertContains(program.done({"keys", "rotate"}), "cofferctl keys rewrap --wait");
        program.refused(3, {"keys", "retire", old, "--yes"});
        assertContains(program.done({"keys", "rewrap", "--wait"}), "are sealed under version");
        assertContains(program.done({"keys", "rewrap"}), "cofferctl keys show");
        assertContains(program.done({"keys", "rewrap", "--wait"}), "sealed");
        assertContains(program.done({"keys", "retire", old, "--yes"}), "is destroyed");
        assertContains(program.refused(2, {"keys", "retire", "one"}), "is a number");
    }
    void theAuditLogIsListedFollowedExportedAndVerified() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "nightly");
        program.done({"credentials", "lock", "nightly", "--reason", "audited"});
        assertContains(program.done({"audit", "list", "--action", "backup-credential.*", "--from", "1h"}),
                       "backup-credential.lock");
        const std::string tail = program.done({"audit", "tail", "-n", "2"});
        CPPUNIT_ASSERT(tail.find("backup-credential.create") < tail.find("backup-credential.lock"));
        assertContains(program.done({"audit", "tail", "-n", "1", "-o", "json"}),
                       "\"action\":\"backup-credential.lock\"");
        assertContains(program.refused(2, {"audit", "list", "--from", "yesterday"}), "is no time");

        Program everywhere = program;
        everywhere.set("COFFER_ORGANIZATION", "");
        const std::string head = everywhere.home().write("head.json", everywhere.done({"audit", "head"}));
        const std::string file = everywhere.home() / "audit.ndjson";
        everywhere.done({"audit", "export", "--file", file});
        const std::string records = readFile(file);
        for (const std::vector<std::string>& command : {std::vector<std::string>{"audit", "verify"},
                                                        {"audit", "verify", file},
                                                        {"audit", "verify", file, "--head", head}})
            assertContains(everywhere.done(command), "without a hole");
        assertContains(everywhere.done({"audit", "verify"}), "cofferd audit verify");
        const auto second = records.find('\n', records.size() / 2);
        const std::string holed =
            everywhere.home().write("holed.ndjson", records.substr(0, second + 1) +
                                                        records.substr(records.find('\n', second + 1) + 1));
        assertContains(everywhere.refused(1, {"audit", "verify", holed}), "is missing");
        assertContains(everywhere.done({"audit", "export", "--format", "csv"}), "sequence,time,action");
        const Program viewer = scene_.other(program, "auditor");
        assertContains(viewer.done({"audit", "verify"}), "not yours to see");
    }

private:
    Scene scene_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(AdministrationTest);
