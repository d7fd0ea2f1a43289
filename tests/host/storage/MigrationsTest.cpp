#include "tests/host/storage/Fixture.h"

#include <stdexcept>

using namespace coffer;
using namespace coffer::test;

class MigrationsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MigrationsTest);
    COFFER_TEST(stepsRunOnceAndInOrder);
    COFFER_TEST(newerFileIsRefused);
    COFFER_TEST(changedStepIsRefused);
    COFFER_TEST(failedStepLeavesNothing);
    COFFER_TEST(whatAStepMayUseCanBeOpenedAgain);
    COFFER_TEST(stepCannotCommitByItself);
    COFFER_TEST(wrongNumbersAreAMistake);
    COFFER_TEST(gateDoesNotHoldMigrations);
    CPPUNIT_TEST_SUITE_END();

    using Steps = std::vector<Migration>;

public:
    void setUp() override { database = fixture.open(); }
    void tearDown() override { database.reset(); }

    void stepsRunOnceAndInOrder() {
        database->migrate("owner", Steps{first});
        database->migrate("owner", Steps{first, second});
        database->migrate("owner", Steps{first, second});
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM owner_table"));
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{2},
            count(*database,
                  "SELECT count(*) FROM schema_migration WHERE owner = 'owner' AND applied_at > 0"));
    }

    void newerFileIsRefused() {
        database->migrate("owner", Steps{first, second});
        const auto sentence = sentenceOf([&] { database->migrate("owner", Steps{first}); });
        CPPUNIT_ASSERT(sentence.find("'owner' stands at version 2") != std::string::npos);
        CPPUNIT_ASSERT(sentence.find("versions up to 1") != std::string::npos);
    }

    void changedStepIsRefused() {
        database->migrate("owner", Steps{first});
        Migration changed = first;
        changed.sqlite = "CREATE TABLE owner_table (b)";
        const auto sentence = sentenceOf([&] { database->migrate("owner", Steps{changed, second}); });
        CPPUNIT_ASSERT(sentence.find("version 1 of 'owner'") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM owner_table"));
    }

    void failedStepLeavesNothing() {
        const Migration broken{2, "breaks", "CREATE TABLE owner_other (a); INSERT INTO nowhere VALUES (1);"};
        const auto sentence = sentenceOf([&] { database->migrate("owner", Steps{first, broken}); });
        CPPUNIT_ASSERT(sentence.find("version 2 of 'owner'") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{0},
            count(*database, "SELECT count(*) FROM sqlite_schema WHERE name = 'owner_other'"));
        database->migrate("owner", Steps{first, second});
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM owner_table"));
    }

    /// SQLite 3.40 counts its JSON functions among those that only a trusted schema may call.
    void whatAStepMayUseCanBeOpenedAgain() {
        database->migrate("owner",
                          Steps{{1, "lists", "CREATE TABLE owner_table (a CHECK (json_type(a) = 'array'))"}});
        database.reset();
        database = fixture.open();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM owner_table"));
    }

    void stepCannotCommitByItself() {
        const Migration smuggling{1, "commits",
                                  "CREATE TABLE owner_table (a); COMMIT; CREATE TABLE nowhere.x (a);"};
        CPPUNIT_ASSERT(!sentenceOf([&] { database->migrate("owner", Steps{smuggling}); }).empty());
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{0},
            count(*database, "SELECT count(*) FROM sqlite_schema WHERE name = 'owner_table'"));
    }

    void wrongNumbersAreAMistake() {
        CPPUNIT_ASSERT_THROW(database->migrate("owner", Steps{second}), std::logic_error);
        CPPUNIT_ASSERT_THROW(database->migrate("owner", Steps{first, first}), std::logic_error);
    }

    void gateDoesNotHoldMigrations() {
        database->setWriteGate(
            [] { throw Problem::unavailable("audit_behind", "The audit log is behind.", 5); });
        CPPUNIT_ASSERT_NO_THROW(database->migrate("owner", Steps{first}));
    }

private:
    const Migration first{1, "makes it", "CREATE TABLE owner_table (a);"};
    const Migration second{2, "fills it", "INSERT INTO owner_table VALUES (1);"};
    StorageFixture fixture;
    std::unique_ptr<host::Database> database;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MigrationsTest);
