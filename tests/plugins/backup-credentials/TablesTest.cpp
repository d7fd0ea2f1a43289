#include "tests/plugins/backup-credentials/House.h"

#include <coffer/sdk/StorageError.h>

namespace coffer::test {

/// The rules as the tables hold them, with the service passed by.
class TablesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TablesTest);
    COFFER_TEST(lockedRowRefusesChange);
    COFFER_TEST(lockedRowRefusesChangeWhileItIsUnlocked);
    COFFER_TEST(lockedRowRefusesDeletion);
    COFFER_TEST(lockedRowRefusesToBecomeDefault);
    COFFER_TEST(lockedRowRefusesAssociations);
    COFFER_TEST(lockedRowAllowsRenamingReleaseUnlockAndVerdicts);
    COFFER_TEST(usedRowRefusesDeletion);
    COFFER_TEST(immutableColumnsStay);
    COFFER_TEST(organizationsMustMatch);
    COFFER_TEST(oneDefaultForEachOrganization);
    COFFER_TEST(nameIsUniqueInItsOrganization);
    COFFER_TEST(versionNeverFalls);
    COFFER_TEST(associationKeepsItsIdentity);
    COFFER_TEST(deletionTakesDefaultAndSearchEntryAlong);
    COFFER_TEST(organizationWithCredentialsStays);
    COFFER_TEST(countersFollow);
    COFFER_TEST(soundTablesAreFoundSound);
    COFFER_TEST(unsoundTablesAreNamed);
    CPPUNIT_TEST_SUITE_END();

    /// Runs the statement and expects that the tables refuse it by this rule.
    static void refused(House& house, const std::string& rule, const std::string& statement) {
        try {
            house.sql(statement);
        } catch (const ConstraintViolation& violation) {
            CPPUNIT_ASSERT_MESSAGE(statement + " was refused by " + violation.constraint(),
                                   violation.constraint().find(rule) != std::string::npos);
            return;
        }
        CPPUNIT_FAIL("not refused: " + statement);
    }
    static std::string where(std::int64_t id) { return " WHERE id = " + std::to_string(id); }
    static std::string update(const std::string& what, std::int64_t id) {
        return "UPDATE backup_credentials_credential SET " + what + where(id);
    }
    static std::string makeDefault(std::int64_t organization, std::int64_t id) {
        return "INSERT INTO backup_credentials_default VALUES (" + std::to_string(organization) + ", " +
               std::to_string(id) + ")";
    }
    static std::string associate(std::int64_t id, const std::string& project, std::int64_t organization) {
        return "INSERT INTO backup_credentials_association VALUES (" + std::to_string(id) + ", '" + project +
               "', 'manual', 'Name', " + std::to_string(organization) + ", 1, 'me')";
    }
    static std::int64_t locked(House& house, const std::string& name) {
        const auto id = house.create(name);
        (void)house.put(House::at(id, "/lock"), R"({"reason":"why"})");
        return id;
    }

public:
    void lockedRowRefusesChange() {
        House house;
        const auto id = locked(house, "nightly");
        for (const char* change :
             {"name = 'other'", "name_key = 'other'", "access_key_id = 'OTHER'", "secret_id = 99",
              "secret_version = 99", "secret_fingerprint = 'x'", "addressing = 'path'",
              "ca_certificate = 'x'", "bucket = 'x'", "lock_reason = 'x'", "locked_by = 'x'", "locked_at = 1",
              "keys_version = 9"})
            refused(house, "credential_locked", update(change, id));
    }
    void lockedRowRefusesChangeWhileItIsUnlocked() {
        House house;
        const auto id = locked(house, "nightly");
        refused(house, "credential_locked",
                update("locked_at = NULL, locked_by = NULL, lock_reason = NULL, bucket = 'x'", id));
    }
    void lockedRowRefusesDeletion() {
        House house;
        const auto id = locked(house, "nightly");
        refused(house, "credential_locked", "DELETE FROM backup_credentials_credential" + where(id));
    }
    void lockedRowRefusesToBecomeDefault() {
        House house;
        const auto id = locked(house, "nightly");
        refused(house, "credential_locked", makeDefault(1, id));
        const auto other = house.create("other");
        house.sql(makeDefault(1, other));
        refused(house, "credential_locked",
                "UPDATE backup_credentials_default SET credential_id = " + std::to_string(id));
    }
    void lockedRowRefusesAssociations() {
        House house;
        const auto id = locked(house, "nightly");
        refused(house, "credential_locked", associate(id, "p", 1));
    }
    void lockedRowAllowsRenamingReleaseUnlockAndVerdicts() {
        House house;
        const auto id = house.create("nightly");
        house.sql(associate(id, "p", 1));
        (void)house.put(House::at(id, "/lock"), R"({"reason":"why"})");
        house.sql("UPDATE backup_credentials_association SET name = 'Other'");
        house.sql("DELETE FROM backup_credentials_association");
        house.sql(update("validation_state = 'failing', next_probe_at = 5", id));
        house.sql(update("locked_at = NULL, locked_by = NULL, lock_reason = NULL", id));
        house.sql(update("bucket = 'x'", id));
    }
    void usedRowRefusesDeletion() {
        House house;
        const auto id = house.create("nightly");
        house.sql(associate(id, "p", 1));
        refused(house, "credential_in_use", "DELETE FROM backup_credentials_credential" + where(id));
        house.sql("DELETE FROM backup_credentials_association");
        house.sql("DELETE FROM backup_credentials_credential" + where(id));
    }
    void immutableColumnsStay() {
        House house;
        const auto id = house.create("nightly");
        for (const char* change : {"id = 99", "organization = 2", "endpoint = 'https://x'", "region = 'x'",
                                   "created_at = 1", "created_by = 'x'"})
            refused(house, "immutable", update(change, id));
    }
    void organizationsMustMatch() {
        House house;
        const auto id = house.create("nightly", 1);
        refused(house, "organization_differs", makeDefault(2, id));
        refused(house, "organization_differs", associate(id, "p", 2));
        const auto other = house.create("nightly", 2);
        house.sql(makeDefault(1, id));
        refused(house, "organization_differs",
                "UPDATE backup_credentials_default SET credential_id = " + std::to_string(other));
    }
    void oneDefaultForEachOrganization() {
        House house;
        const auto first = house.create("first");
        const auto second = house.create("second");
        house.sql(makeDefault(1, first));
        refused(house, "organization", makeDefault(1, second));
    }
    void nameIsUniqueInItsOrganization() {
        House house;
        (void)house.create("nightly");
        const auto other = house.create("other");
        refused(house, "name_key", update("name_key = 'nightly'", other));
    }
    void versionNeverFalls() {
        House house;
        const auto id = house.create("nightly");
        house.sql(update("version = 5", id));
        refused(house, "version_falls", update("version = 4", id));
    }
    void associationKeepsItsIdentity() {
        House house;
        const auto id = house.create("nightly");
        house.sql(associate(id, "p", 1));
        for (const char* change : {"owner = 'x'", "project_id = 'x'", "organization = 2"})
            refused(house, "immutable", std::string("UPDATE backup_credentials_association SET ") + change);
        for (const char* project : {"", "0123456789012345678901234567890123456789012345678901234567890123x"})
            refused(house, "project_id", associate(id, project, 1));
    }
    void deletionTakesDefaultAndSearchEntryAlong() {
        House house;
        const auto id = house.create("nightly");
        house.sql(makeDefault(1, id));
        house.sql("DELETE FROM backup_credentials_credential" + where(id));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.ask("SELECT count(*) FROM backup_credentials_default"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.ask("SELECT count(*) FROM backup_credentials_document"));
        house.sql("INSERT INTO backup_credentials_search (backup_credentials_search) "
                  "VALUES ('integrity-check')");
    }
    void organizationWithCredentialsStays() {
        House house;
        (void)house.create("nightly");
        CPPUNIT_ASSERT_THROW(house.sql("DELETE FROM organization WHERE id = 1"), ConstraintViolation);
    }
    void countersFollow() {
        House house;
        const auto first = house.create("first");
        (void)house.create("second");
        (void)house.create("third", 2);
        const auto count = [&](std::int64_t organization, const std::string& kind) {
            return house.ask("SELECT n FROM backup_credentials_count WHERE organization = " +
                             std::to_string(organization) + " AND kind = '" + kind + "'");
        };
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count(0, "total"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count(1, "total"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count(0, "valid"));
        house.sql(update("validation_state = 'failing'", first));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(1, "failing"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(1, "valid"));
        (void)house.put(House::at(first, "/lock"), R"({"reason":"why"})");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(0, "locked"));
        (void)house.remove(House::at(first, "/lock"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(1, "locked"));
        (void)house.remove(House::at(first));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count(0, "total"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(0, "failing"));
    }
    void soundTablesAreFoundSound() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/projects/p"), R"({"name":"P"})");
        (void)house.put(House::at(id, "/default"));
        const auto wrong = house.host().checkStorage();
        CPPUNIT_ASSERT(wrong.empty());
    }
    void unsoundTablesAreNamed() {
        House house;
        const auto id = house.create("nightly");
        house.sql("DELETE FROM backup_credentials_document");
        house.sql("UPDATE backup_credentials_count SET n = n + 1");
        house.sql(update("project_count = 3", id));
        const auto wrong = house.host().checkStorage();
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, wrong.size());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TablesTest);

} // namespace coffer::test
