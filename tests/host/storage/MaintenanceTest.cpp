#include "host/storage/Maintenance.h"
#include "tests/host/storage/Fixture.h"
#include "tests/support/RethrowingThread.h"

#include <sqlite3.h>

#include <atomic>
#include <fstream>

using namespace coffer;
using namespace coffer::test;

class MaintenanceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MaintenanceTest);
    COFFER_TEST(soundDatabasePassesTheCheck);
    COFFER_TEST(damageIsFound);
    COFFER_TEST(danglingReferenceIsFound);
    COFFER_TEST(missingDatabaseIsSaid);
    COFFER_TEST(backupIsWholeWhileTheDaemonWrites);
    COFFER_TEST(backupOverwritesNothing);
    COFFER_TEST(restoreBringsBackWhatWas);
    COFFER_TEST(restoreIntoANewPlace);
    COFFER_TEST(restoreWaitsForNoDaemon);
    COFFER_TEST(badBackupChangesNothing);
    CPPUNIT_TEST_SUITE_END();

public:
    void soundDatabasePassesTheCheck() {
        const auto database = fixture.open();
        insert(*database, 3);
        CPPUNIT_ASSERT(host::checkDatabase(fixture.file()).empty());
    }

    void damageIsFound() {
        makeDatabase(500);
        damage(fixture.file());
        CPPUNIT_ASSERT(!host::checkDatabase(fixture.file()).empty());
    }

    void danglingReferenceIsFound() {
        makeDatabase(1);
        execute(fixture.file(), "PRAGMA foreign_keys = OFF; INSERT INTO part (item) VALUES (77)");
        const auto found = host::checkDatabase(fixture.file());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found.size());
        CPPUNIT_ASSERT_EQUAL(std::string("row 1 of part refers to a row of item that is not there"),
                             found[0]);
    }

    void missingDatabaseIsSaid() {
        CPPUNIT_ASSERT_EQUAL("there is no database at " + fixture.file(),
                             sentenceOf([&] { (void)host::checkDatabase(fixture.file()); }));
        CPPUNIT_ASSERT(!std::filesystem::exists(fixture.file()));
    }

    void backupIsWholeWhileTheDaemonWrites() {
        const auto database = fixture.open();
        insert(*database, 10);
        std::atomic<bool> stop = false;
        RethrowingThread writer([&] {
            while (!stop)
                insert(*database, 1);
        });
        const std::string backup = fixture.folder / "backup.db";
        const auto failure = sentenceOf([&] { host::backupDatabase(fixture.file(), backup); });
        stop = true;
        writer.join();
        CPPUNIT_ASSERT_EQUAL(std::string(), failure);
        CPPUNIT_ASSERT(host::checkDatabase(backup).empty());
        CPPUNIT_ASSERT_EQUAL(0600u, static_cast<unsigned>(std::filesystem::status(backup).permissions()));
        CPPUNIT_ASSERT(!std::filesystem::exists(backup + "-wal"));
        auto options = fixture.options();
        options.file = backup;
        const auto copy = fixture.open(options);
        const auto items = count(*copy, "SELECT count(*) FROM item");
        CPPUNIT_ASSERT(items >= 10);
        CPPUNIT_ASSERT_EQUAL(items, count(*copy, "SELECT count(*) FROM recorded"));
    }

    void backupOverwritesNothing() {
        makeDatabase(1);
        const std::string there = fixture.folder.write("there", "precious");
        CPPUNIT_ASSERT(!sentenceOf([&] { host::backupDatabase(fixture.file(), there); }).empty());
        CPPUNIT_ASSERT_EQUAL(std::string("precious"), readFile(there));
        const std::string other = fixture.folder.write("other", std::string(5000, 'x'));
        const std::string made = fixture.folder / "made";
        CPPUNIT_ASSERT(!sentenceOf([&] { host::backupDatabase(other, made); }).empty());
        CPPUNIT_ASSERT(!std::filesystem::exists(made));
    }

    void restoreBringsBackWhatWas() {
        makeDatabase(5);
        const std::string backup = fixture.folder / "backup.db";
        host::backupDatabase(fixture.file(), backup);
        insert(*fixture.open(), 5);
        host::restoreDatabase(backup, fixture.file());
        CPPUNIT_ASSERT(!std::filesystem::exists(fixture.file() + "-wal"));
        CPPUNIT_ASSERT(!std::filesystem::exists(fixture.file() + ".restoring"));
        CPPUNIT_ASSERT_EQUAL(0600u,
                             static_cast<unsigned>(std::filesystem::status(fixture.file()).permissions()));
        const auto database = fixture.open();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, count(*database, "SELECT count(*) FROM item"));
        insert(*database, 1);
    }

    void restoreIntoANewPlace() {
        makeDatabase(2);
        const std::string backup = fixture.folder / "backup.db";
        host::backupDatabase(fixture.file(), backup);
        auto options = fixture.options();
        options.file = fixture.folder / "elsewhere/coffer.db";
        host::restoreDatabase(backup, options.file);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count(*fixture.open(options), "SELECT count(*) FROM item"));
        // Over a damaged one, with a log that belongs to nothing.
        damage(options.file);
        std::ofstream(options.file.string() + "-wal") << std::string(9000, 'w');
        host::restoreDatabase(backup, options.file);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count(*fixture.open(options), "SELECT count(*) FROM item"));
    }

    void restoreWaitsForNoDaemon() {
        const auto database = fixture.open();
        insert(*database, 1);
        const std::string backup = fixture.folder / "backup.db";
        host::backupDatabase(fixture.file(), backup);
        CPPUNIT_ASSERT(sentenceOf([&] {
                           host::restoreDatabase(backup, fixture.file());
                       }).find("is in use by") != std::string::npos);
        insert(*database, 1);
    }

    void badBackupChangesNothing() {
        makeDatabase(500);
        const std::string backup = fixture.folder / "backup.db";
        host::backupDatabase(fixture.file(), backup);
        damage(backup);
        const std::string before = readFile(fixture.file());
        execute(fixture.folder / "other.db", "CREATE TABLE other (a)");
        for (const std::string& bad :
             {backup, fixture.folder / "other.db", fixture.folder / "missing",
              fixture.folder.write("text", "not a database"), fixture.folder.write("empty", "")})
            CPPUNIT_ASSERT(!sentenceOf([&] { host::restoreDatabase(bad, fixture.file()); }).empty());
        CPPUNIT_ASSERT(before == readFile(fixture.file()));
        CPPUNIT_ASSERT(!std::filesystem::exists(fixture.file() + ".restoring"));
    }

private:
    void insert(host::Database& database, int items) {
        for (int i = 0; i < items; ++i)
            database.write(fixture.origin, [](Transaction& transaction) {
                transaction.record(itemEvent("item.create", "x"));
                transaction.execute(
                    "INSERT INTO item (name, payload) VALUES (hex(randomblob(16)), randomblob(300))");
            });
    }
    void makeDatabase(int items) { insert(*fixture.open(), items); }
    static void execute(const std::string& file, const char* sql) {
        sqlite3* handle = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open(file.c_str(), &handle));
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_exec(handle, sql, nullptr, nullptr, nullptr));
        sqlite3_close(handle);
    }
    /// Overwrites whole pages after the first ones.
    static void damage(const std::filesystem::path& file) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file) / 8192 * 4096));
        stream << std::string(8192, '\x05');
    }

    StorageFixture fixture;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MaintenanceTest);
