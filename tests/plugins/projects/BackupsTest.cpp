#include "tests/plugins/projects/House.h"

#include <coffer/testkit/Test.h>

#include <memory>

namespace coffer::test {

/// Switching backup on and off.
class BackupsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BackupsTest);
    COFFER_TEST(enablingGuardsTheCredential);
    COFFER_TEST(enablingTakesTheDefaultWhenNoneIsNamed);
    COFFER_TEST(withoutADefaultSomeoneMustNameOne);
    COFFER_TEST(aLockedDefaultIsRefusedAndNamed);
    COFFER_TEST(aLockedCredentialIsRefused);
    COFFER_TEST(aCredentialThatDoesNotWorkIsRefused);
    COFFER_TEST(administratorsPassOverThatAndItIsRecorded);
    COFFER_TEST(nobodyElsePassesOverIt);
    COFFER_TEST(anOverrideEndsWithItsCredential);
    COFFER_TEST(missingAndOthersCredentialsReadTheSame);
    COFFER_TEST(anotherCredentialTakesThePlaceOfThePresentOne);
    COFFER_TEST(aRefusedChangeLeavesThePresentCredential);
    COFFER_TEST(theSameCredentialAgainChangesOnlyWhere);
    COFFER_TEST(anEnabledProjectKeepsItsCredentialWhenNoneIsNamed);
    COFFER_TEST(disablingReleasesAndTheSecondTimeIsTold);
    COFFER_TEST(disablingWorksWithALockedCredential);
    COFFER_TEST(creatingWithBackupIsBothOrNeither);
    COFFER_TEST(renamingIsToldToTheCredentialAlsoWhileLocked);
    COFFER_TEST(deletingIsRefusedUnlessAskedFor);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override { credential = credentials().create(1, "nightly"); }
    void tearDown() override { house_.reset(); }

    void enablingGuardsTheCredential() {
        const auto id = house().create("Web shop");
        const Answer enabled = house().enable(id, credential, R"(,"bucket":"backups","prefix":"shop")");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(enabled.body, 200, enabled.status);
        CPPUNIT_ASSERT(!enabled["alreadyEnabled"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::string("\"2\""), enabled.header("ETag"));
        const auto backup = enabled["backup"];
        CPPUNIT_ASSERT_EQUAL(std::string("enabled"), backup["state"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("nightly"), backup["credential"]["name"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("backups"), backup["bucket"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("shop"), backup["prefix"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), backup["by"].text());
        CPPUNIT_ASSERT(!backup["overridden"].boolean());
        CPPUNIT_ASSERT(enabled["offeredCredential"].isNull());
        CPPUNIT_ASSERT(enabled.body.find("cAnArY") == std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop "), credentials().projects(credential));
        CPPUNIT_ASSERT_EQUAL(std::string("credential_in_use"), deleteCredential(credential));
        CPPUNIT_ASSERT(house().recorded("project.enable-backup").after.find("backups") != std::string::npos);
        assertSound();
    }
    void enablingTakesTheDefaultWhenNoneIsNamed() {
        credentials().makeDefault(credential);
        const auto id = house().create("Web shop");
        const Answer enabled = house().put(House::at(id, "/backup"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(enabled.body, credential, enabled["backup"]["credentialId"].integer());
    }
    void withoutADefaultSomeoneMustNameOne() {
        const auto id = house().create("Web shop");
        assertRefused("no_default", house().put(House::at(id, "/backup")), id);
    }
    void aLockedDefaultIsRefusedAndNamed() {
        credentials().makeDefault(credential);
        credentials().lock(credential);
        const auto id = house().create("Web shop");
        const Answer refused = house().put(House::at(id, "/backup"));
        assertRefused("credential_locked", refused, id);
        CPPUNIT_ASSERT(refused["isDefault"].boolean());
        CPPUNIT_ASSERT(refused["detail"].text().find("keys are rotated") != std::string::npos);
    }
    void aLockedCredentialIsRefused() {
        credentials().lock(credential);
        const auto id = house().create("Web shop");
        assertRefused("credential_locked", house().enable(id, credential), id);
        assertRefused("credential_locked", house().enable(id, credential, R"(,"acceptFailing":true)"), id);
    }
    void aCredentialThatDoesNotWorkIsRefused() {
        const auto id = house().create("Web shop");
        for (const char* state : {"invalid", "failing", "unverified"}) {
            credentials().becomes(credential, state);
            const Answer refused = house().enable(id, credential);
            assertRefused("credential_not_working", refused, id);
            CPPUNIT_ASSERT_EQUAL(std::string("wrong_secret"), refused["cause"].text());
        }
    }
    void administratorsPassOverThatAndItIsRecorded() {
        const auto id = house().create("Web shop");
        credentials().becomes(credential, "failing");
        const Answer enabled = house().enable(id, credential, R"(,"acceptFailing":true)");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(enabled.body, std::string("enabled"), enabled["backup"]["state"].text());
        CPPUNIT_ASSERT(enabled["backup"]["overridden"].boolean());
        CPPUNIT_ASSERT(house().recorded("project.enable-backup").after.find(R"("overridden":true)") !=
                       std::string::npos);
        CPPUNIT_ASSERT_EQUAL(200, house().put(House::at(id, "/backup"), R"({"bucket":"backups"})").status);
        CPPUNIT_ASSERT(house().get(House::at(id))["backup"]["overridden"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::string("credential_not_working"),
                             house().enable(id, credential, R"(,"acceptFailing":false)").code());
        credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), house().state(id));
        credentials().unlock(credential);
        credentials().becomes(credential, "valid");
        const Answer ended = house().enable(id, credential, R"(,"acceptFailing":false)");
        CPPUNIT_ASSERT(!ended["backup"]["overridden"].boolean());
    }
    void nobodyElsePassesOverIt() {
        const auto id = house().create("Web shop");
        credentials().becomes(credential, "failing");
        const Answer refused =
            house()
                .as(Role::manager)
                .request("PUT", House::at(id, "/backup"),
                         R"({"acceptFailing":true,"credentialId":)" + std::to_string(credential) + "}");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(refused.body, 403, refused.status);
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), house().state(id));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house().records("project.enable-backup", AuditResult::refused));
    }
    void anOverrideEndsWithItsCredential() {
        const auto id = house().create("Web shop");
        const auto other = credentials().create(1, "other");
        credentials().becomes(credential, "failing");
        (void)house().enable(id, credential, R"(,"acceptFailing":true)");
        CPPUNIT_ASSERT(!house().enable(id, other)["backup"]["overridden"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::string("credential_not_working"), house().enable(id, credential).code());
        // Passing over what works is no override.
        (void)house().remove(House::at(id, "/backup"));
        CPPUNIT_ASSERT(
            !house().enable(id, other, R"(,"acceptFailing":true)")["backup"]["overridden"].boolean());
    }
    void missingAndOthersCredentialsReadTheSame() {
        const auto id = house().create("Web shop");
        const auto others = credentials().create(2, "others");
        const Answer missing = house().enable(id, 4711);
        const Answer foreign = house().enable(id, others);
        assertRefused("credential_not_in_organization", missing, id);
        assertRefused("credential_not_in_organization", foreign, id);
        CPPUNIT_ASSERT_EQUAL(missing["detail"].text(), foreign["detail"].text());
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(others));
    }
    void anotherCredentialTakesThePlaceOfThePresentOne() {
        const auto other = credentials().create(1, "other");
        const auto id = house().createBackedUp("Web shop", credential);
        (void)house().put(House::at(id, "/backup"), R"({"bucket":"backups"})");
        const Answer changed = house().enable(id, other);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(changed.body, other, changed["backup"]["credentialId"].integer());
        CPPUNIT_ASSERT(!changed["alreadyEnabled"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::string("backups"), changed["backup"]["bucket"].text());
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(credential));
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop "), credentials().projects(other));
        CPPUNIT_ASSERT_EQUAL(std::string(), deleteCredential(credential));
        // From a locked one as well.
        credentials().lock(other);
        const auto third = credentials().create(1, "third");
        CPPUNIT_ASSERT_EQUAL(200, house().enable(id, third).status);
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(other));
        assertSound();
    }
    void aRefusedChangeLeavesThePresentCredential() {
        const auto other = credentials().create(1, "other");
        credentials().lock(other);
        const auto id = house().createBackedUp("Web shop", credential);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), house().enable(id, other).code());
        CPPUNIT_ASSERT_EQUAL(credential, house().get(House::at(id))["backup"]["credentialId"].integer());
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop "), credentials().projects(credential));
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(other));
        assertSound();
    }
    void theSameCredentialAgainChangesOnlyWhere() {
        const auto id = house().createBackedUp("Web shop", credential);
        const auto since = house().get(House::at(id))["backup"]["since"].text();
        house().host().advance(std::chrono::hours(1));
        const Answer again = house().enable(id, credential);
        CPPUNIT_ASSERT(again["alreadyEnabled"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, again["version"].integer());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house().records("project.enable-backup"));
        const Answer moved = house().enable(id, credential, R"(,"bucket":"backups","prefix":"shop")");
        CPPUNIT_ASSERT(moved["alreadyEnabled"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, moved["version"].integer());
        CPPUNIT_ASSERT_EQUAL(since, moved["backup"]["since"].text());
        const Answer cleared = house().enable(id, credential, R"(,"bucket":null)");
        CPPUNIT_ASSERT(cleared["backup"]["bucket"].isNull());
        CPPUNIT_ASSERT_EQUAL(std::string("shop"), cleared["backup"]["prefix"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop "), credentials().projects(credential));
    }
    void anEnabledProjectKeepsItsCredentialWhenNoneIsNamed() {
        const auto other = credentials().create(1, "other");
        const auto id = house().createBackedUp("Web shop", credential);
        credentials().makeDefault(other);
        const Answer again = house().put(House::at(id, "/backup"));
        CPPUNIT_ASSERT(again["alreadyEnabled"].boolean());
        CPPUNIT_ASSERT_EQUAL(credential, again["backup"]["credentialId"].integer());
    }
    void disablingReleasesAndTheSecondTimeIsTold() {
        const auto id = house().createBackedUp("Web shop", credential);
        const Answer disabled = house().remove(House::at(id, "/backup"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(disabled.body, std::string("disabled"),
                                     disabled["backup"]["state"].text());
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(credential));
        CPPUNIT_ASSERT_EQUAL(std::string("backup_already_disabled"),
                             house().remove(House::at(id, "/backup")).code());
        CPPUNIT_ASSERT(house().recorded("project.disable-backup").before.find("credentialId") !=
                       std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string(), deleteCredential(credential));
        assertSound();
    }
    void disablingWorksWithALockedCredential() {
        const auto id = house().createBackedUp("Web shop", credential);
        credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(200, house().remove(House::at(id, "/backup")).status);
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(credential));
    }
    void creatingWithBackupIsBothOrNeither() {
        credentials().lock(credential);
        const std::string withBackup = R"(,"enableBackup":true,"credentialId":)" + std::to_string(credential);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"),
                             house().post("/projects", House::body("Web shop", 1, withBackup)).code());
        CPPUNIT_ASSERT_EQUAL(
            std::string("no_default"),
            house().post("/projects", House::body("Web shop", 1, R"(,"enableBackup":true)")).code());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house().ask("SELECT count(*) FROM projects_project"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house().records("project.create"));
        credentials().unlock(credential);
        const Answer created =
            house().post("/projects", House::body("Web shop", 1, withBackup + R"(,"bucket":"backups")"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(created.body, std::string("enabled"), created["backup"]["state"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("backups"), created["backup"]["bucket"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop "), credentials().projects(credential));
    }
    void renamingIsToldToTheCredentialAlsoWhileLocked() {
        const auto id = house().createBackedUp("Web shop", credential);
        (void)house().patch(House::at(id), R"({"name":"Shop"})");
        CPPUNIT_ASSERT_EQUAL(std::string("Shop "), credentials().projects(credential));
        credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(200, house().patch(House::at(id), R"({"name":"Store"})").status);
        CPPUNIT_ASSERT_EQUAL(std::string("Store "), credentials().projects(credential));
        assertSound();
    }
    void deletingIsRefusedUnlessAskedFor() {
        const auto id = house().createBackedUp("Web shop", credential);
        CPPUNIT_ASSERT_EQUAL(std::string("backup_enabled"), house().remove(House::at(id)).code());
        CPPUNIT_ASSERT_EQUAL(std::string("backup_enabled"),
                             house().remove(House::at(id, "?disableBackup=false")).code());
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop "), credentials().projects(credential));
        credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(204, house().remove(House::at(id, "?disableBackup=true")).status);
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(credential));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house().records("project.disable-backup"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house().records("project.delete"));
        assertSound();
    }

private:
    House& house() {
        if (!house_)
            house_ = std::make_unique<House>();
        return *house_;
    }
    RealCredentials& credentials() { return house().credentials(); }
    /// With this code, and nothing is different afterwards.
    void assertRefused(const std::string& code, const Answer& answer, std::int64_t id) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, code, answer.code());
        CPPUNIT_ASSERT_EQUAL(409, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), house().state(id));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house().get(House::at(id))["version"].integer());
        CPPUNIT_ASSERT_EQUAL(std::string(), credentials().projects(credential));
        CPPUNIT_ASSERT(house().records("project.enable-backup", AuditResult::refused) > 0);
    }
    std::string deleteCredential(std::int64_t id) {
        try {
            credentials().remove(id);
        } catch (const Problem& problem) {
            return problem.code();
        }
        return "";
    }
    void assertSound() {
        CPPUNIT_ASSERT(house().host().checkStorage().empty());
        CPPUNIT_ASSERT(credentials().check().empty());
    }

    std::unique_ptr<House> house_;
    std::int64_t credential = 0;
};
CPPUNIT_TEST_SUITE_REGISTRATION(BackupsTest);

} // namespace coffer::test
