#include "tests/plugins/backup-credentials/House.h"

namespace coffer::test {

/// Create, get, update, delete.
class CredentialTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CredentialTest);
    COFFER_TEST(createsAndShowsAllButTheSecret);
    COFFER_TEST(refusesKeysThatTheEndpointRefuses);
    COFFER_TEST(refusesNamesThatAreNone);
    COFFER_TEST(refusesAnEndpointWithAPath);
    COFFER_TEST(listsEveryBadFieldAtOnce);
    COFFER_TEST(refusesANameTakenUnderCaseFolding);
    COFFER_TEST(sameNameInAnotherOrganizationIsFine);
    COFFER_TEST(refusesCheaplyBeforeProbing);
    COFFER_TEST(storesUnverifiedOnlyWhereAllowed);
    COFFER_TEST(unverifiedIsForAdministratorsOnly);
    COFFER_TEST(updatesNameWithoutProbing);
    COFFER_TEST(newKeysAreProbedBeforeTheyReplace);
    COFFER_TEST(failedProbeChangesNothing);
    COFFER_TEST(newBucketIsProbedWithTheStoredSecret);
    COFFER_TEST(nullClearsBucketAndCertificate);
    COFFER_TEST(immutableFieldsAreRefusedOneByOne);
    COFFER_TEST(changeThatChangesNothingKeepsTheVersion);
    COFFER_TEST(staleIfMatchIsRefused);
    COFFER_TEST(changeDuringTheProbeIsNotOverwritten);
    COFFER_TEST(lockDuringTheProbeIsRespected);
    COFFER_TEST(deletesAndNeverReusesTheId);
    COFFER_TEST(deletionErasesTheSecret);
    CPPUNIT_TEST_SUITE_END();

public:
    void createsAndShowsAllButTheSecret() {
        House house;
        const Answer created = house.post("/backup-credentials", House::body("  Nightly  "));
        CPPUNIT_ASSERT_EQUAL(201, created.status);
        CPPUNIT_ASSERT_EQUAL(std::string("/api/v1") + House::at(created.number("id")),
                             created.headers.at("Location"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"1\""), created.headers.at("ETag"));
        const Answer shown = house.get(House::at(created.number("id")));
        CPPUNIT_ASSERT_EQUAL(created.body, shown.body);
        CPPUNIT_ASSERT_EQUAL(std::string("Nightly"), shown.text("name"));
        CPPUNIT_ASSERT_EQUAL(std::string("https://s3.example.org"), shown.text("endpoint"));
        CPPUNIT_ASSERT_EQUAL(std::string("Alpha Werke"),
                             shown.object("organization")->getValue<std::string>("name"));
        CPPUNIT_ASSERT_EQUAL(std::string("valid"),
                             shown.object("validation")->getValue<std::string>("verdict"));
        CPPUNIT_ASSERT(shown.object("validation")->isNull("cause"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), shown.text("createdBy"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), shown.text("lastModifiedBy"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, shown.text("secretFingerprint").size());
        CPPUNIT_ASSERT(!shown.truth("locked"));
        CPPUNIT_ASSERT(!shown.truth("default"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, shown.number("projectCount"));
        CPPUNIT_ASSERT(!shown.json->has("secretAccessKey"));
        CPPUNIT_ASSERT(house.recorded(created.number("id"), "backup-credential.create"));
    }

    void refusesKeysThatTheEndpointRefuses() {
        House house;
        house.answerProbe = [](const auto&, std::stop_token) {
            backup_credentials::Verdict verdict;
            verdict.cause = backup_credentials::Cause::secret;
            verdict.saw = "The endpoint says that the signature does not match.";
            verdict.advice = "Check the secret access key.";
            return verdict;
        };
        const Answer answer = house.post("/backup-credentials", House::body("nightly"));
        CPPUNIT_ASSERT_EQUAL(422, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_s3_credentials"), answer.code());
        CPPUNIT_ASSERT_EQUAL(std::string("Invalid S3 credentials"), answer.text("title"));
        CPPUNIT_ASSERT_EQUAL(std::string("wrong_secret"), answer.text("cause"));
        CPPUNIT_ASSERT_EQUAL(std::string("The endpoint says that the signature does not match. Check the "
                                         "secret access key."),
                             answer.text("detail"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             house.ask("SELECT count(*) FROM backup_credentials_credential"));
    }

    void refusesNamesThatAreNone() {
        House house;
        for (const auto& [name, code] : std::vector<std::pair<std::string, std::string>>{
                 {"ab", "too_short"},
                 {"  ab  ", "too_short"},
                 {"e\xCC\x81x", "too_short"},
                 {std::string(31, 'x'), "too_long"},
                 {"a\\u0007bc", "invalid_characters"},
                 {"abc\\u202Edef", "invalid_characters"},
                 {"abc\\u2066def", "invalid_characters"},
                 {"\\u200B\\u200B\\u200B", "invalid_characters"}}) {
            const Answer answer = house.post("/backup-credentials", House::body(name));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, 422, answer.status);
            CPPUNIT_ASSERT_MESSAGE(name + ": " + answer.body, answer.hasError("name:" + code));
        }
        CPPUNIT_ASSERT_EQUAL(201,
                             house.post("/backup-credentials", House::body(std::string(30, 'x'))).status);
        CPPUNIT_ASSERT_EQUAL(201, house.post("/backup-credentials", House::body("abc")).status);
    }

    void refusesAnEndpointWithAPath() {
        House house;
        std::string body = House::body("nightly");
        body.replace(body.find("s3.example.org"), 14, "s3.example.org/bucket");
        const Answer answer = house.post("/backup-credentials", body);
        CPPUNIT_ASSERT_EQUAL(422, answer.status);
        CPPUNIT_ASSERT(answer.hasError("endpoint:invalid_endpoint"));
    }

    void listsEveryBadFieldAtOnce() {
        House house;
        std::string body = House::body("ab", 1, R"(,"bucket":"no/bucket")");
        body.replace(body.find("https://"), 8, "gopher:/");
        const Answer answer = house.post("/backup-credentials", body);
        CPPUNIT_ASSERT(answer.hasError("name:too_short"));
        CPPUNIT_ASSERT(answer.hasError("endpoint:invalid_endpoint"));
        CPPUNIT_ASSERT(answer.hasError("bucket:invalid_value"));
    }

    void refusesANameTakenUnderCaseFolding() {
        House house;
        (void)house.create("Straße");
        for (const char* name : {"STRASSE", "strasse", "\xEF\xBC\xB3trasse"}) {
            const Answer answer = house.post("/backup-credentials", House::body(name));
            CPPUNIT_ASSERT_EQUAL(409, answer.status);
            CPPUNIT_ASSERT_EQUAL(std::string("name_taken"), answer.code());
        }
        const auto other = house.create("another");
        CPPUNIT_ASSERT_EQUAL(std::string("name_taken"),
                             house.patch(House::at(other), R"({"name":"STRASSE"})").code());
    }

    void sameNameInAnotherOrganizationIsFine() {
        House house;
        (void)house.create("nightly", 1);
        (void)house.create("nightly", 2);
    }

    void refusesCheaplyBeforeProbing() {
        House house;
        (void)house.create("nightly");
        bool probed = false;
        house.whileProbing = [&] { probed = true; };
        CPPUNIT_ASSERT_EQUAL(409, house.post("/backup-credentials", House::body("NIGHTLY")).status);
        CPPUNIT_ASSERT_EQUAL(404, house.post("/backup-credentials", House::body("other", 77)).status);
        const auto locked = house.create("locked");
        probed = false;
        (void)house.put(House::at(locked, "/lock"), R"({"reason":"rotation"})");
        CPPUNIT_ASSERT_EQUAL(409, house.patch(House::at(locked), R"({"accessKeyId":"NEW"})").status);
        CPPUNIT_ASSERT(!probed);
    }

    void storesUnverifiedOnlyWhereAllowed() {
        const std::string more = R"(,"storeUnverified":true)";
        std::string body = House::body("nightly", 1, more);
        body.replace(body.find(canary), 6, "dark00");
        House strict;
        const Answer refused = strict.post("/backup-credentials", body);
        CPPUNIT_ASSERT_EQUAL(422, refused.status);
        CPPUNIT_ASSERT(refused.hasError("storeUnverified:not_allowed"));

        House house(true);
        const Answer stored = house.post("/backup-credentials", body);
        CPPUNIT_ASSERT_EQUAL(201, stored.status);
        CPPUNIT_ASSERT_EQUAL(std::string("unverified"),
                             stored.object("validation")->getValue<std::string>("verdict"));
        CPPUNIT_ASSERT_EQUAL(std::string("silent"),
                             stored.object("validation")->getValue<std::string>("cause"));
        const Answer good = house.post("/backup-credentials", House::body("accepted", 1, more));
        CPPUNIT_ASSERT_EQUAL(std::string("valid"),
                             good.object("validation")->getValue<std::string>("verdict"));
    }

    void unverifiedIsForAdministratorsOnly() {
        House house(true);
        const Answer answer = house.send("manager1", "POST", "/backup-credentials",
                                         House::body("nightly", 1, R"(,"storeUnverified":true)"));
        CPPUNIT_ASSERT_EQUAL(403, answer.status);
    }

    void updatesNameWithoutProbing() {
        House house;
        const auto id = house.create("nightly");
        bool probed = false;
        house.whileProbing = [&] { probed = true; };
        const Answer answer = house.send("manager1", "PATCH", House::at(id), R"({"name":"daily"})");
        CPPUNIT_ASSERT_EQUAL(200, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("daily"), answer.text("name"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, answer.number("version"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"2\""), answer.headers.at("ETag"));
        CPPUNIT_ASSERT_EQUAL(std::string("manager1"), answer.text("lastModifiedBy"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), answer.text("createdBy"));
        CPPUNIT_ASSERT(!probed);
        const auto record = house.history(id).front();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"nightly","version":1})"), record.event.before);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"daily","version":2})"), record.event.after);
    }

    void newKeysAreProbedBeforeTheyReplace() {
        House house;
        const auto id = house.create("nightly");
        const std::string before = house.get(House::at(id)).text("secretFingerprint");
        std::string tried;
        house.answerProbe = [&](const backup_credentials::ProbeRequest& request, std::stop_token) {
            tried = std::string(request.secretAccessKey->reveal()) + "@" + request.accessKeyId;
            backup_credentials::Verdict verdict;
            verdict.cause = backup_credentials::Cause::none;
            verdict.saw = "fine";
            return verdict;
        };
        const Answer answer =
            house.patch(House::at(id), R"({"accessKeyId":"NEWKEY","secretAccessKey":"brand-new-secret"})");
        CPPUNIT_ASSERT_EQUAL(200, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("brand-new-secret@NEWKEY"), tried);
        CPPUNIT_ASSERT_EQUAL(std::string("NEWKEY"), answer.text("accessKeyId"));
        CPPUNIT_ASSERT(before != answer.text("secretFingerprint"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, answer.number("version"));
        house.answerProbe = nullptr;
        (void)house.post(House::at(id, "/probe"), "");
    }

    void failedProbeChangesNothing() {
        House house;
        const auto id = house.create("nightly");
        const std::string before = house.get(House::at(id)).body;
        const Answer answer =
            house.patch(House::at(id), R"({"name":"other","secretAccessKey":"wrong-secret"})");
        CPPUNIT_ASSERT_EQUAL(422, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_s3_credentials"), answer.code());
        CPPUNIT_ASSERT_EQUAL(before, house.get(House::at(id)).body);
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.update", AuditResult::refused));
    }

    void newBucketIsProbedWithTheStoredSecret() {
        House house;
        const auto id = house.create("nightly");
        std::string tried;
        house.answerProbe = [&](const backup_credentials::ProbeRequest& request, std::stop_token) {
            tried = std::string(request.secretAccessKey->reveal()) + "@" + request.bucket;
            backup_credentials::Verdict verdict;
            verdict.cause = backup_credentials::Cause::none;
            verdict.saw = "fine";
            return verdict;
        };
        CPPUNIT_ASSERT_EQUAL(200, house.patch(House::at(id), R"({"bucket":"backups"})").status);
        CPPUNIT_ASSERT_EQUAL(std::string(canary) + "@backups", tried);
    }

    void nullClearsBucketAndCertificate() {
        House house;
        const Answer created =
            house.post("/backup-credentials", House::body("nightly", 1, R"(,"bucket":"backups")"));
        CPPUNIT_ASSERT_EQUAL(std::string("backups"), created.text("bucket"));
        const Answer answer = house.patch(House::at(created.number("id")), R"({"bucket":null})");
        CPPUNIT_ASSERT_EQUAL(200, answer.status);
        CPPUNIT_ASSERT(answer.isNull("bucket"));
    }

    void immutableFieldsAreRefusedOneByOne() {
        House house;
        const auto id = house.create("nightly");
        const Answer answer = house.patch(
            House::at(id),
            R"({"name":"other","id":5,"organizationId":2,"endpoint":"https://other.example.org","region":"x"})");
        CPPUNIT_ASSERT_EQUAL(422, answer.status);
        for (const char* field : {"id", "organizationId", "endpoint", "region"})
            CPPUNIT_ASSERT(answer.hasError(std::string(field) + ":immutable"));
        CPPUNIT_ASSERT_EQUAL(std::string("nightly"), house.get(House::at(id)).text("name"));
    }

    void changeThatChangesNothingKeepsTheVersion() {
        House house;
        const auto id = house.create("nightly");
        const auto records = house.history(id).size();
        const std::string same = R"({"name":"nightly","secretAccessKey":")" + std::string(canary) + "\"}";
        for (const std::string& body : {std::string(R"({"name":"nightly"})"), same}) {
            const Answer answer = house.patch(House::at(id), body);
            CPPUNIT_ASSERT_EQUAL(200, answer.status);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, answer.number("version"));
        }
        CPPUNIT_ASSERT_EQUAL(records, house.history(id).size());
    }

    void staleIfMatchIsRefused() {
        House house;
        const auto id = house.create("nightly");
        const auto with = [&](const std::string& method, const std::string& rest, const std::string& body,
                              const std::string& etag) {
            return house.send("administrator", method, House::at(id, rest), body, {{"If-Match", etag}});
        };
        CPPUNIT_ASSERT_EQUAL(200, with("PATCH", "", R"({"name":"daily"})", "\"1\"").status);
        CPPUNIT_ASSERT_EQUAL(412, with("PATCH", "", R"({"name":"weekly"})", "\"1\"").status);
        CPPUNIT_ASSERT_EQUAL(412, with("DELETE", "", "", "\"1\"").status);
        CPPUNIT_ASSERT_EQUAL(412, with("PUT", "/lock", R"({"reason":"why"})", "\"1\"").status);
        CPPUNIT_ASSERT_EQUAL(412, with("PUT", "/default", "", "\"1\"").status);
        CPPUNIT_ASSERT_EQUAL(204, with("DELETE", "", "", "\"2\"").status);
    }

    void changeDuringTheProbeIsNotOverwritten() {
        House house;
        const auto id = house.create("nightly");
        house.whileProbing = [&] {
            house.whileProbing = nullptr;
            (void)house.patch(House::at(id), R"({"name":"meanwhile"})");
        };
        const Answer answer = house.patch(House::at(id), R"({"accessKeyId":"NEWKEY"})");
        CPPUNIT_ASSERT_EQUAL(409, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("changed_meanwhile"), answer.code());
        CPPUNIT_ASSERT_EQUAL(std::string("AKIAEXAMPLE"), house.get(House::at(id)).text("accessKeyId"));
    }

    void lockDuringTheProbeIsRespected() {
        House house;
        const auto id = house.create("nightly");
        house.whileProbing = [&] { (void)house.put(House::at(id, "/lock"), R"({"reason":"rotation"})"); };
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"),
                             house.patch(House::at(id), R"({"accessKeyId":"NEWKEY"})").code());
    }

    void deletesAndNeverReusesTheId() {
        House house;
        const auto id = house.create("nightly");
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id)).status);
        CPPUNIT_ASSERT_EQUAL(404, house.get(House::at(id)).status);
        CPPUNIT_ASSERT_EQUAL(404, house.remove(House::at(id)).status);
        CPPUNIT_ASSERT(house.create("nightly") > id);
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.delete"));
    }

    void deletionErasesTheSecret() {
        House house;
        const auto id = house.create("nightly");
        const auto secret = house.ask("SELECT secret_id FROM backup_credentials_credential");
        CPPUNIT_ASSERT(secret > 0);
        (void)house.remove(House::at(id));
        CPPUNIT_ASSERT_THROW(house.write([&](Transaction& transaction) {
            (void)house.host().secrets().open(
                transaction, {secret, 1},
                {1, "backup-credential/" + std::to_string(id), "secret-access-key"});
            return 0;
        }),
                             Problem);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CredentialTest);

} // namespace coffer::test
