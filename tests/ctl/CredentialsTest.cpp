#include "tests/ctl/Scene.h"

using namespace coffer::test;

namespace {

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

} // namespace

/// What is done with credentials, and why it is refused.
class CredentialsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CredentialsTest);
    COFFER_TEST(keysThatTheEndpointRefusesAreNotStored);
    COFFER_TEST(aCredentialLivesFromAddToDelete);
    COFFER_TEST(itCannotBeDeletedWhileProjectsUseIt);
    COFFER_TEST(theDefaultIsChosenShownAndCleared);
    COFFER_TEST(anEditOverSomeoneElsesIsAConflict);
    COFFER_TEST(namesAndIdsAreToldApart);
    COFFER_TEST(aNameInTwoOrganizationsIsAmbiguous);
    COFFER_TEST(listsAreShownInEveryFormat);
    COFFER_TEST(listsAreFilteredSortedAndCut);
    COFFER_TEST(keysComeFromAnAwsProfile);
    COFFER_TEST(aDryRunChangesNothing);
    COFFER_TEST(aViewerIsRefused);
    COFFER_TEST(whatIsMissingIsSaid);
    CPPUNIT_TEST_SUITE_END();

public:
    void keysThatTheEndpointRefusesAreNotStored() {
        const Program program = scene_.administrator();
        const std::string error = program.refused(
            3, with({"credentials", "add", "nightly"}, scene_.keys("WRONGKEY000000000001")), secretKey);
        assertContains(error, "Invalid S3 credentials");
        assertContains(error, "Cause: wrong_secret");
        assertContains(error, "Check the secret access key");
        assertLacks(error, secretKey);
        // The request's id is the last that is said.
        CPPUNIT_ASSERT(error.substr(0, error.size() - 1).rfind('\n') < error.rfind("Request "));
        assertContains(program.refused(3, with({"credentials", "probe"}, scene_.keys("UNKNOWNKEY0000000001")),
                                       secretKey),
                       "Cause: unknown_key");
        assertContains(program.refused(3, with({"credentials", "add", "x"}, scene_.keys()), secretKey),
                       "name: ");
        CPPUNIT_ASSERT_EQUAL(std::string("[]\n"), program.done({"credentials", "list", "-o", "json"}));
    }
    void aCredentialLivesFromAddToDelete() {
        const Program program = scene_.administrator();
        assertContains(program.done(with({"credentials", "add", "nightly"}, scene_.keys()), secretKey + "\n"),
                       "Stored credential \"nightly\"");
        assertContains(program.refused(3, with({"credentials", "add", "NIGHTLY"}, scene_.keys()), secretKey),
                       "The name is taken");
        assertContains(program.done({"credentials", "show", "nightly"}), "works");
        assertContains(program.done({"credentials", "probe", "nightly"}), "The keys work");
        assertContains(program.done({"credentials", "update", "nightly", "--name", "weekly"}), "version 2");
        assertContains(program.done({"credentials", "update", "weekly", "--access-key-id",
                                     "AKIAOTHER00000000001", "--secret-file", "-"},
                                    secretKey),
                       "Changed credential \"weekly\"");
        assertContains(program.refused(2, {"credentials", "update", "weekly", "--region", "x"}),
                       "cannot be changed");
        assertContains(program.refused(2, {"credentials", "update", "weekly"}), "nothing to change");
        assertContains(program.done({"credentials", "lock", "weekly", "--reason", "rotation"}),
                       "Locked credential");
        assertContains(program.done({"credentials", "lock", "weekly", "--reason", "again"}),
                       "locked already");
        const std::string locked = program.refused(3, {"credentials", "delete", "weekly", "--yes"});
        assertContains(locked, "rotation");
        assertContains(locked, "Next: cofferctl credentials unlock");
        assertContains(program.done({"credentials", "unlock", "weekly"}), "Unlocked");
        assertContains(program.done({"credentials", "unlock", "weekly"}), "not locked");
        assertContains(program.done({"credentials", "history", "weekly"}), "locked it");
        assertContains(program.refused(2, {"credentials", "delete", "weekly"}), "Add --yes");
        assertContains(program.done({"credentials", "delete", "weekly", "--yes"}), "Deleted");
        assertContains(program.refused(4, {"credentials", "show", "weekly"}),
                       "There is no credential \"weekly\"");
        assertContains(program.refused(4, {"credentials", "show", "2147483647"}), "Request ");
    }
    void itCannotBeDeletedWhileProjectsUseIt() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "nightly");
        program.done({"projects", "add", "Web shop", "--enable-backup", "--credential", "nightly"});
        program.done({"credentials", "associate", "nightly", "legacy", "--name", "Old one"});
        const std::string error = program.refused(3, {"credentials", "delete", "nightly", "--yes"});
        assertContains(error, "Projects use the credential");
        assertContains(error, "- Web shop: cofferctl backup disable ");
        assertContains(error, "- Old one: cofferctl credentials release CREDENTIAL legacy");
        assertContains(program.done({"credentials", "projects", "nightly", "-o", "csv"}),
                       "legacy,Old one,manual");
        program.done({"backup", "disable", "web shop", "--yes"});
        program.done({"credentials", "release", "nightly", "legacy"});
        program.done({"credentials", "delete", "nightly", "--yes"});
    }
    void theDefaultIsChosenShownAndCleared() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "nightly");
        assertContains(program.refused(4, {"credentials", "default"}),
                       "cofferctl credentials default CREDENTIAL");
        assertContains(program.done({"credentials", "default", "nightly"}), "is now the default");
        assertContains(program.done({"credentials", "default", "nightly"}), "was the default already");
        assertContains(program.done({"credentials", "default", "-o", "name"}), "nightly\n");
        assertContains(program.done({"credentials", "default", "nightly", "--clear"}), "no longer");
        assertContains(program.refused(2, {"credentials", "default", "--clear"}), "CREDENTIAL is missing");
        assertContains(
            program.done(with({"credentials", "add", "other", "--default"}, scene_.keys()), secretKey),
            "It is the default now");
    }
    void anEditOverSomeoneElsesIsAConflict() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "nightly");
        program.done({"credentials", "update", "nightly", "--name", "mine", "--if-version", "1"});
        const std::string error =
            program.refused(6, {"credentials", "update", "mine", "--name", "theirs", "--if-version", "1"});
        assertContains(error, "it is now at \"2\"");
        assertContains(
            program.refused(6, {"credentials", "lock", "mine", "--reason", "x", "--if-version", "1"}),
            "Request ");
        assertContains(program.done({"credentials", "list", "-o", "name"}), "mine");
    }
    void namesAndIdsAreToldApart() {
        const Program program = scene_.administrator();
        const std::string id = scene_.addCredential(program, "12345");
        CPPUNIT_ASSERT_EQUAL(std::string("name:12345\n"),
                             program.done({"credentials", "list", "-o", "name"}));
        assertContains(program.done({"credentials", "show", "name:12345"}), "12345");
        assertContains(program.done({"credentials", "show", id}), "12345");
        program.refused(4, {"credentials", "show", "12345"});
        assertContains(program.refused(4, {"credentials", "show", "123456789012"}), "so many digits");
        scene_.addCredential(program, "Příliš 日本 ab");
        assertContains(program.done({"credentials", "show", "příliš 日本 AB"}), "Příliš 日本 ab");
        assertContains(program.refused(4, {"credentials", "show", "name:1234"}), "There is no credential");
    }
    void aNameInTwoOrganizationsIsAmbiguous() {
        Program first = scene_.administrator();
        const Program second = scene_.administrator();
        const std::string one = scene_.addCredential(first, "ambiguous one");
        const std::string two = scene_.addCredential(second, "ambiguous one");
        program_ = first;
        program_.set("COFFER_ORGANIZATION", "");
        const std::string error = program_.refused(2, {"credentials", "show", "ambiguous one"});
        for (const auto& part : {one, two, Scene::organization(first), Scene::organization(second),
                                 std::string("--organization")})
            assertContains(error, part);
        assertContains(program_.done({"credentials", "show", "ambiguous one", "--organization",
                                      Scene::organization(second), "-o", "json"}),
                       "\"id\": " + two);
        program_.done({"credentials", "show", one});
    }
    void listsAreShownInEveryFormat() {
        const Program program = scene_.administrator();
        const std::string id = scene_.addCredential(program, "nightly");
        assertContains(program.done({"credentials", "list"}), "ID  ");
        assertContains(program.done({"credentials", "list", "-o", "wide"}), "MODIFIED BY");
        assertContains(program.done({"credentials", "list", "-o", "json"}), "\"id\": " + id);
        assertContains(program.done({"credentials", "list", "-o", "yaml"}), "- id: " + id);
        assertContains(program.done({"credentials", "list", "-o", "csv"}), id + ",nightly,");
        CPPUNIT_ASSERT_EQUAL(std::string("nightly\n"), program.done({"credentials", "list", "-o", "name"}));
        CPPUNIT_ASSERT_EQUAL(
            std::string("name,validation.verdict\nnightly,valid\n"),
            program.done({"credentials", "list", "-o", "csv", "--columns", "name,validation.verdict"}));
        assertContains(program.refused(2, {"credentials", "list", "--columns", "nmae"}),
                       "Did you mean name?");
        assertContains(program.refused(2, {"credentials", "list", "-o", "json", "--columns", "name"}), "jq");
        for (const auto* format : {"table", "wide", "json", "yaml", "csv", "name"}) {
            const std::string empty =
                program.done({"credentials", "list", "-o", format, "--search", "nobodyhasthis"});
            assertLacks(empty, "nightly");
            assertLacks(program.done({"credentials", "show", "nightly", "-o", format}), secretKey);
        }
    }
    void listsAreFilteredSortedAndCut() {
        const Program program = scene_.administrator();
        for (const auto* name : {"bravo", "alpha", "delta", "charlie"})
            scene_.addCredential(program, name);
        program.done({"credentials", "lock", "delta", "--reason", "x"});
        CPPUNIT_ASSERT_EQUAL(std::string("delta\ncharlie\nbravo\nalpha\n"),
                             program.done({"credentials", "list", "-o", "name", "--sort", "-name"}));
        CPPUNIT_ASSERT_EQUAL(std::string("delta\n"),
                             program.done({"credentials", "list", "-o", "name", "--locked"}));
        CPPUNIT_ASSERT_EQUAL(std::string("alpha\n"),
                             program.done({"credentials", "list", "-o", "name", "--search", "alph"}));
        const Ended cut =
            program.run({"credentials", "list", "-o", "name", "--sort", "name", "--limit", "2"});
        CPPUNIT_ASSERT_EQUAL(std::string("alpha\nbravo\n"), cut.out);
        assertContains(cut.err, "2 of 4 credentials; --all shows all of them");
        // By what the daemon does not sort by, all of them are needed.
        CPPUNIT_ASSERT_EQUAL(
            std::string("delta\n"),
            program.done({"credentials", "list", "-o", "name", "--sort", "-version"}).substr(0, 6));
        assertContains(program.refused(2, {"credentials", "list", "--sort", "version", "--limit", "2"}),
                       "Add --all");
        assertContains(program.refused(2, {"credentials", "list", "--sort", "nmae"}), "Did you mean name?");
        assertContains(program.refused(2, {"credentials", "list", "--limit", "0"}), "from 1");
        assertContains(program.refused(2, {"credentials", "list", "--limit", "1", "--all"}), "exclude");
    }
    void keysComeFromAnAwsProfile() {
        const Program program = scene_.administrator();
        std::filesystem::create_directory(program.home() / ".aws");
        (void)program.home().write(".aws/credentials", "[backup]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
                                                       "aws_secret_access_key = " +
                                                           secretKey + "\n");
        (void)program.home().write(".aws/config", "[profile backup]\nregion = us-east-1\nendpoint_url = " +
                                                      scene_.endpoint() + "\n");
        assertContains(program.done({"credentials", "probe", "--from-aws-profile", "backup"}),
                       "The keys work");
        assertContains(program.done({"credentials", "add", "from aws", "--from-aws-profile", "backup"}),
                       "Stored");
        assertContains(program.refused(4, {"credentials", "add", "x y z", "--from-aws-profile", "none"}),
                       "There are backup");
    }
    void aDryRunChangesNothing() {
        const Program program = scene_.administrator();
        const int before = scene_.stub().requests();
        assertContains(
            program.done(with({"credentials", "add", "dry", "--dry-run"}, scene_.keys()), secretKey),
            "The keys work");
        CPPUNIT_ASSERT(scene_.stub().requests() > before);
        program.refused(3,
                        with({"credentials", "add", "dry", "--dry-run"}, scene_.keys("WRONGKEY000000000001")),
                        secretKey);
        const std::string id = scene_.addCredential(program, "nightly");
        const std::string update =
            program.done({"credentials", "update", "nightly", "--dry-run", "--secret-file", "-"}, secretKey);
        assertContains(update, "Would send PATCH /api/v1/backup-credentials/" + id);
        assertContains(update, "(not shown)");
        assertLacks(update, secretKey);
        assertContains(program.done({"credentials", "delete", "nightly", "--dry-run"}), "Would send DELETE");
        assertContains(program.done({"organizations", "add", "Dry Ltd", "--dry-run"}), "Dry Ltd");
        CPPUNIT_ASSERT_EQUAL(std::string("nightly\n"), program.done({"credentials", "list", "-o", "name"}));
    }
    void aViewerIsRefused() {
        const Program administrator = scene_.administrator();
        scene_.addCredential(administrator, "nightly");
        const Program viewer = scene_.other(administrator, "viewer");
        viewer.done({"credentials", "show", "nightly"});
        assertContains(viewer.refused(3, {"credentials", "lock", "nightly", "--reason", "x"}),
                       "You may not do this");
        assertContains(viewer.refused(3, {"keys", "show"}), "Request ");
        const Program stranger = scene_.other(scene_.administrator(), "viewer");
        program_ = stranger;
        program_.set("COFFER_ORGANIZATION", "");
        program_.refused(4, {"credentials", "show", "nightly"});
    }
    void whatIsMissingIsSaid() {
        const Program program = scene_.administrator();
        assertContains(program.refused(2, {"credentials", "add"}), "NAME is missing");
        assertContains(program.refused(2, {"credentials", "add", "nightly"}), "--endpoint is missing");
        assertContains(program.refused(2, {"credentials", "add", "nightly", "--endpoint", "https://x",
                                           "--region", "r", "--access-key-id", "A"}),
                       "The secret access key is missing");
        scene_.addCredential(program, "nightly");
        assertContains(program.refused(2, {"credentials", "lock", "nightly"}), "--reason is missing");
    }

private:
    Scene scene_;

    Program program_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(CredentialsTest);
