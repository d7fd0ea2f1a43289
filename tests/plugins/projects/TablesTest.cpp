#include "tests/plugins/projects/House.h"

#include <coffer/sdk/StorageError.h>

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// The rules as the tables hold them, with the service passed by.
class TablesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TablesTest);
    COFFER_TEST(aBackupIsThereWholeOrNotAtAll);
    COFFER_TEST(whatIsBackedUpIsNotDeleted);
    COFFER_TEST(immutableColumnsStay);
    COFFER_TEST(versionsNeverFall);
    COFFER_TEST(namesAreUnique);
    COFFER_TEST(valuesAreBounded);
    COFFER_TEST(policiesHaveNamespacesAndALimit);
    COFFER_TEST(soundTablesAreFoundSound);
    COFFER_TEST(unsoundTablesAreNamed);
    COFFER_TEST(lostAssociationsAreNamedInBothDirections);
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
    static std::string update(const std::string& what) { return "UPDATE projects_project SET " + what; }
    static void addPolicy(House& house, std::int64_t project) {
        (void)house.post(House::at(project, "/backup/policies"),
                         R"({"name":"nightly","cron":"@daily","includedNamespaces":["web"]})");
    }

public:
    void aBackupIsThereWholeOrNotAtAll() {
        House house;
        (void)house.create("Web shop");
        for (const char* part : {"credential_id = 1", "bucket = ''", "prefix = ''", "overridden = 0",
                                 "backup_since = 1", "backup_by = 'me'"})
            refused(house, "backup_whole", update(part));
    }
    void whatIsBackedUpIsNotDeleted() {
        House house;
        (void)house.createBackedUp("Web shop", house.credentials().create(1, "nightly"));
        refused(house, "backup_enabled", "DELETE FROM projects_project");
    }
    void immutableColumnsStay() {
        House house;
        addPolicy(house, house.create("Web shop"));
        for (const char* change : {"id = 99", "organization = 2", "created_at = 1", "created_by = 'x'"})
            refused(house, "immutable", update(change));
        for (const char* change : {"id = 99", "project_id = 2", "created_at = 1", "created_by = 'x'"})
            refused(house, "immutable", std::string("UPDATE projects_policy SET ") + change);
    }
    void versionsNeverFall() {
        House house;
        addPolicy(house, house.create("Web shop"));
        for (const char* table : {"projects_project", "projects_policy"}) {
            house.sql(std::string("UPDATE ") + table + " SET version = 5");
            refused(house, "version_falls", std::string("UPDATE ") + table + " SET version = 4");
        }
    }
    void namesAreUnique() {
        House house;
        (void)house.create("first");
        (void)house.create("second");
        refused(house, "name_key", update("name_key = 'same'"));
    }
    void valuesAreBounded() {
        House house;
        addPolicy(house, house.createBackedUp("Web shop", house.credentials().create(1, "nightly")));
        refused(house, "name", update("name = 'ab'"));
        refused(house, "description", update("description = printf('%.*c', 501, 'x')"));
        refused(house, "prefix", update("prefix = '/x'"));
        refused(house, "bucket", update("bucket = 'x'"));
        refused(house, "credential_id", update("credential_id = 0"));
        refused(house, "retention", "UPDATE projects_policy SET retention = 0");
        refused(house, "cron", "UPDATE projects_policy SET cron = ''");
    }
    void policiesHaveNamespacesAndALimit() {
        House house;
        addPolicy(house, house.create("Web shop"));
        refused(house, "namespaces_named", "UPDATE projects_policy SET included = '[]'");
        const std::string copy =
            "INSERT INTO projects_policy (project_id, name, name_key, cron, time_zone, retention, included, "
            "excluded, created_at, created_by, modified_at, modified_by) WITH RECURSIVE n(i) AS (SELECT 1 "
            "UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT project_id, name, 'p' || i, cron, "
            "time_zone, retention, included, excluded, 1, 'me', 1, 'me' FROM n, projects_policy WHERE name = "
            "'nightly' AND name_key = 'nightly'";
        refused(house, "too_many_policies", copy);
    }
    void soundTablesAreFoundSound() {
        House house;
        addPolicy(house, house.createBackedUp("Web shop", house.credentials().create(1, "nightly")));
        (void)house.create("other");
        CPPUNIT_ASSERT(house.host().checkStorage().empty());
    }
    void unsoundTablesAreNamed() {
        House house;
        (void)house.create("Web shop");
        house.sql("UPDATE projects_count SET n = n + 1");
        house.sql(update("search_text = 'lost'"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house.host().checkStorage().size());
        house.sql("INSERT INTO projects_count VALUES (2, 0, 0, 4)");
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, house.host().checkStorage().size());
    }
    void lostAssociationsAreNamedInBothDirections() {
        House house;
        const auto credential = house.credentials().create(1, "nightly");
        const auto id = house.createBackedUp("Web shop", credential);
        house.sql("UPDATE backup_credentials_association SET name = 'renamed'");
        CPPUNIT_ASSERT(house.host().checkStorage().empty());
        house.sql("DELETE FROM backup_credentials_association");
        house.sql("INSERT INTO backup_credentials_association VALUES (" + std::to_string(credential) +
                  ", '4711', 'projects', 'Name', 1, 1, 'me')");
        const auto wrong = house.host().checkStorage();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, wrong.size());
        CPPUNIT_ASSERT(wrong[0].find("Project " + std::to_string(id) + " ") != std::string::npos);
        CPPUNIT_ASSERT(wrong[1].find("4711") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TablesTest);

} // namespace coffer::test
