#include "tests/ctl/Scene.h"

using namespace coffer::test;

/// Projects, their backup and its policies.
class ProjectsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProjectsTest);
    COFFER_TEST(aProjectLivesFromAddToDelete);
    COFFER_TEST(backupIsEnabledWithTheDefaultAndDisabled);
    COFFER_TEST(policiesSayWhen);
    CPPUNIT_TEST_SUITE_END();

public:
    void aProjectLivesFromAddToDelete() {
        const Program program = scene_.administrator();
        assertContains(program.done({"projects", "add", "Web shop", "--description", "sells"}),
                       "cofferctl backup enable");
        assertContains(program.refused(3, {"projects", "add", "web shop"}), "taken");
        assertContains(program.done({"projects", "show", "web shop"}), "sells");
        program.done({"projects", "update", "web shop", "--name", "Shop", "--if-version", "1"});
        program.refused(6, {"projects", "update", "Shop", "--name", "Shop 2", "--if-version", "1"});
        assertContains(program.refused(2, {"projects", "update", "Shop"}), "nothing to change");
        assertContains(program.done({"projects", "list", "--search", "sho", "-o", "name"}), "Shop\n");
        assertContains(program.done({"projects", "list", "--backup", "disabled", "--sort", "-created"}),
                       "Shop");
        assertContains(program.done({"projects", "history", "Shop"}), "created it");
        program.done({"projects", "delete", "Shop", "--yes"});
        assertContains(program.refused(4, {"projects", "show", "Shop"}), "cofferctl projects list");
    }
    void backupIsEnabledWithTheDefaultAndDisabled() {
        const Program program = scene_.administrator();
        program.done({"projects", "add", "Web shop"});
        assertContains(program.refused(3, {"backup", "enable", "Web shop"}), "default");
        scene_.addCredential(program, "nightly");
        scene_.addCredential(program, "weekly");
        program.done({"credentials", "default", "nightly"});
        assertContains(program.done({"backup", "enable", "Web shop", "--bucket", "backups"}), "with nightly");
        assertContains(program.done({"backup", "enable", "Web shop", "--credential", "weekly"}), "weekly");
        assertContains(program.done({"projects", "list", "--credential", "weekly", "-o", "name"}),
                       "Web shop");
        assertContains(program.done({"credentials", "list", "--project", "Web shop", "-o", "name"}),
                       "weekly");
        assertContains(program.done({"backup", "manifest", "Web shop"}), "kind: \"BackupStorageLocation\"");
        assertContains(program.refused(3, {"backup", "manifest", "Web shop", "--include-secret"}),
                       "Request ");
        program.done({"grants", "add", "administrator", "backup-credentials:use", "weekly"});
        const std::string file = program.home() / "manifest.yaml";
        program.done({"backup", "manifest", "Web shop", "--include-secret", "--file", file});
        assertContains(readFile(file), "kind: \"Secret\"");
        CPPUNIT_ASSERT_EQUAL(std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                             std::filesystem::status(file).permissions());
        assertContains(program.refused(3, {"projects", "delete", "Web shop", "--yes"}), "--disable-backup");
        assertContains(program.done({"backup", "disable", "Web shop", "--yes"}), "no longer backed up");
        program.refused(3, {"backup", "disable", "Web shop", "--yes"});
        assertContains(program.refused(2, {"backup", "disable", "Web shop"}), "Add --yes");
    }
    void policiesSayWhen() {
        const Program program = scene_.administrator();
        program.done({"projects", "add", "Web shop"});
        assertContains(program.done({"policies", "add", "Web shop", "every night", "--cron", "30 2 * * *",
                                     "--time-zone", "Europe/Prague", "--retention", "30d", "--include",
                                     "shop,cart", "--include", "mail", "--exclude", "kube-system"}),
                       "Next run: ");
        assertContains(program.refused(3, {"policies", "add", "Web shop", "other", "--cron", "61 * * * *"}),
                       "cron: ");
        assertContains(program.done({"policies", "list", "Web shop"}), "shop, cart, mail but kube-system");
        assertContains(program.done({"policies", "show", "Web shop", "every night"}), "Europe/Prague");
        program.done({"policies", "update", "Web shop", "every night", "--name", "nightly", "--exclude", ""});
        assertLacks(program.done({"policies", "list", "Web shop"}), "kube-system");
        assertContains(program.refused(2, {"policies", "update", "Web shop", "nightly"}),
                       "nothing to change");
        program.done({"policies", "delete", "Web shop", "nightly", "--yes"});
        program.refused(4, {"policies", "show", "Web shop", "nightly"});
    }

private:
    Scene scene_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProjectsTest);
