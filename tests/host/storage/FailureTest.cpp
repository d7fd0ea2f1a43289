#include "host/storage/Maintenance.h"
#include "host/storage/Readers.h"
#include "tests/host/storage/Fixture.h"
#include "tests/support/RethrowingThread.h"

#include <Poco/Data/Session.h>

#include <sqlite3.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <latch>
#include <list>
#include <set>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace coffer;
using namespace coffer::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* childVariable = "COFFER_TEST_STORAGE_CHILD";

/// A small disk of its own where the test may mount one; else only a folder.
class SmallDisk {
public:
    explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
        std::filesystem::create_directory(folder_);
        mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=4m,mode=0700") == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_)
            ::umount2(folder_.c_str(), MNT_DETACH);
    }
    [[nodiscard]] bool mounted() const noexcept { return mounted_; }

private:
    std::string folder_;
    bool mounted_ = false;
};

/// While it lives, nobody can open the file; who has it open keeps it.
class FileMovedAway {
public:
    explicit FileMovedAway(std::string file) : file_(std::move(file)) {
        std::filesystem::rename(file_, file_ + ".away");
    }
    FileMovedAway(const FileMovedAway&) = delete;
    FileMovedAway& operator=(const FileMovedAway&) = delete;
    ~FileMovedAway() { std::filesystem::rename(file_ + ".away", file_); }

private:
    const std::string file_;
};

void insertBlock(Transaction& transaction) {
    transaction.record(itemEvent("item.create", "x"));
    transaction.execute("INSERT INTO item (name, payload) VALUES (hex(randomblob(16)), zeroblob(100000))");
}

} // namespace

class FailureTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FailureTest);
    COFFER_TEST(acknowledgedWritesSurviveBeingKilled);
    COFFER_TEST(childWritesUntilItIsKilled);
    COFFER_TEST(fullDiskRefusesChangesAndRecovers);
    COFFER_TEST(fullDatabaseFailsOnlyWhatDoesNotFit);
    COFFER_TEST(lockedDatabaseRefusesChangesAndRecovers);
    COFFER_TEST(movedFileRefusesChangesAndRecovers);
    COFFER_TEST(openConnectionsServeReadsWhileNoneCanBeOpened);
    COFFER_TEST(withoutAConnectionReadsAreRefusedUntilOneCanBeOpened);
    COFFER_TEST(secondOpenerIsRefused);
    COFFER_TEST(filesAreForTheirOwnerOnly);
    COFFER_TEST(strangeFilesAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void acknowledgedWritesSurviveBeingKilled() {
        for (int round = 0; round < 3; ++round) {
            const auto acknowledged = runChildAndKillIt(50 * (round + 1));
            CPPUNIT_ASSERT(!acknowledged.empty());
            CPPUNIT_ASSERT(host::checkDatabase(fixture.file()).empty());
            const auto database = fixture.open();
            database->read([&](Transaction& transaction) {
                for (const std::int64_t id : acknowledged) {
                    auto rows = transaction.query("SELECT 1 FROM item WHERE id = ?", id);
                    CPPUNIT_ASSERT(rows.next());
                }
            });
            CPPUNIT_ASSERT_EQUAL(count(*database, "SELECT count(*) FROM item"),
                                 count(*database, "SELECT count(*) FROM recorded"));
        }
    }

    /// The other half of the test above; does nothing unless that one starts it.
    void childWritesUntilItIsKilled() {
        const char* file = std::getenv(childVariable);
        if (!file)
            return;
        auto options = fixture.options();
        options.file = file;
        const auto database = fixture.open(options);
        std::list<RethrowingThread> writers;
        for (int i = 0; i < 4; ++i)
            writers.emplace_back([&] {
                for (;;) {
                    const auto id = database->write(fixture.origin, [](Transaction& transaction) {
                        transaction.record(itemEvent("item.create", "x"));
                        transaction.execute("INSERT INTO item (name) VALUES (hex(randomblob(16)))");
                        return transaction.lastInsertId();
                    });
                    const std::string line = "acknowledged " + std::to_string(id) + "\n";
                    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
                        return;
                }
            });
        for (auto& writer : writers)
            writer.join();
    }

    void fullDiskRefusesChangesAndRecovers() {
        const SmallDisk disk(fixture.folder / "disk");
        if (!disk.mounted())
            return; // fullDatabaseFailsOnlyWhatDoesNotFit covers it where nothing can be mounted
        auto options = fixture.options();
        options.file = fixture.folder / "disk/coffer.db";
        const auto database = fixture.open(options);
        database->write(fixture.origin, insertBlock);
        const std::string ballast = fixture.folder / "disk/ballast";
        std::ofstream(ballast) << std::string(8 << 20, 'b');
        std::string code;
        int fitted = 1;
        for (int i = 0; i < 100 && code.empty(); ++i) {
            code = problemOf([&] { database->write(fixture.origin, insertBlock); });
            fitted += code.empty() ? 1 : 0;
        }
        CPPUNIT_ASSERT_EQUAL(std::string("storage_full"), code);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{fitted}, count(*database, "SELECT count(*) FROM item"));
        std::filesystem::remove(ballast);
        database->write(fixture.origin, insertBlock);
        CPPUNIT_ASSERT(database->health().state == Health::State::ok);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{fitted + 1}, count(*database, "SELECT count(*) FROM recorded"));
    }

    void fullDatabaseFailsOnlyWhatDoesNotFit() {
        using namespace Poco::Data::Keywords;
        const auto database = fixture.open();
        database->write(fixture.origin, [](Transaction& transaction) {
            transaction.session() << "PRAGMA max_page_count = 100", now;
        });
        std::atomic<int> kept = 0;
        std::atomic<int> full = 0;
        std::list<RethrowingThread> writers;
        for (int i = 0; i < 8; ++i)
            writers.emplace_back([&] {
                for (int k = 0; k < 3; ++k) {
                    const auto code = problemOf([&] { database->write(fixture.origin, insertBlock); });
                    ++(code == "storage_full" ? full : kept);
                    if (!code.empty())
                        CPPUNIT_ASSERT_EQUAL(std::string("storage_full"), code);
                }
            });
        for (auto& writer : writers)
            writer.join();
        CPPUNIT_ASSERT(full > 0);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{kept}, count(*database, "SELECT count(*) FROM item"));
        database->write(fixture.origin, [](Transaction& transaction) {
            transaction.session() << "PRAGMA max_page_count = 1000000", now;
        });
        database->write(fixture.origin, insertBlock);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{kept + 1}, count(*database, "SELECT count(*) FROM recorded"));
    }

    void lockedDatabaseRefusesChangesAndRecovers() {
        auto options = fixture.options();
        options.writeDeadline = 300ms;
        const auto database = fixture.open(options);
        sqlite3* other = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open(fixture.file().c_str(), &other));
        sqlite3_busy_timeout(other, 300'000);
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        CPPUNIT_ASSERT_EQUAL(std::string("storage_busy"),
                             problemOf([&] { database->write(fixture.origin, insertBlock); }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
        sqlite3_close(other);
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             outcomeOnceBegun([&] { database->write(fixture.origin, insertBlock); }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM item"));
        CPPUNIT_ASSERT(database->health().state == Health::State::ok);
    }

    void movedFileRefusesChangesAndRecovers() {
        const auto database = fixture.open();
        database->write(fixture.origin, insertBlock);
        std::filesystem::rename(fixture.file(), fixture.folder / "away");
        CPPUNIT_ASSERT_EQUAL(std::string("storage_unavailable"),
                             problemOf([&] { database->write(fixture.origin, insertBlock); }));
        CPPUNIT_ASSERT(database->health().state == Health::State::failed);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM item"));
        std::filesystem::rename(fixture.folder / "away", fixture.file());
        database->write(fixture.origin, insertBlock);
        CPPUNIT_ASSERT(database->health().state == Health::State::ok);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count(*database, "SELECT count(*) FROM item"));
    }

    void openConnectionsServeReadsWhileNoneCanBeOpened() {
        const auto database = fixture.open();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
        std::latch taken(1);
        std::atomic<int> served{0};
        std::atomic<bool> warned{false};
        {
            std::list<RethrowingThread> readers;
            const FileMovedAway away(fixture.file());
            // The only open connection is in use until the other read has asked for one.
            readers.emplace_back([&] {
                database->read([&](Transaction&) {
                    taken.count_down();
                    warned =
                        eventually([&] { return fixture.log.contains("the open ones serve all reads"); });
                });
                ++served;
            });
            readers.emplace_back([&] {
                taken.wait();
                database->read([](Transaction&) {});
                ++served;
            });
            for (auto& reader : readers)
                reader.join();
        }
        CPPUNIT_ASSERT(warned);
        CPPUNIT_ASSERT_EQUAL(2, served.load());
    }

    void withoutAConnectionReadsAreRefusedUntilOneCanBeOpened() {
        fixture.open().reset(); // makes the file and its tables
        const std::atomic<std::uint64_t> commits = 1;
        host::Readers readers(fixture.file(), 8, 5min, commits, fixture.log, fixture.metrics);
        const auto read = [&] {
            readers.run([](Transaction& transaction) { transaction.execute("SELECT 1 FROM item"); });
        };
        {
            const FileMovedAway away(fixture.file());
            CPPUNIT_ASSERT_EQUAL(std::string("storage_unavailable"), problemOf(read));
            // Several at once: each counts the others' attempts, and none may wait for a connection of
            // theirs.
            std::list<RethrowingThread> callers;
            for (int i = 0; i < 4; ++i)
                callers.emplace_back(
                    [&] { CPPUNIT_ASSERT_EQUAL(std::string("storage_unavailable"), problemOf(read)); });
            for (auto& caller : callers)
                caller.join();
        }
        CPPUNIT_ASSERT_NO_THROW(read());
    }

    void secondOpenerIsRefused() {
        auto database = fixture.open();
        const auto expected =
            "the database " + fixture.file() + " is in use by process " + std::to_string(::getpid());
        CPPUNIT_ASSERT(sentenceOf([&] { (void)fixture.open(); }).starts_with(expected));
        auto linked = fixture.options();
        linked.file = fixture.folder / "linked.db";
        std::filesystem::create_symlink(fixture.file(), linked.file);
        CPPUNIT_ASSERT(sentenceOf([&] { (void)fixture.open(linked); }).starts_with(expected));
        database.reset();
        CPPUNIT_ASSERT_NO_THROW(fixture.open());
    }

    void filesAreForTheirOwnerOnly() {
        auto options = fixture.options();
        options.file = fixture.folder / "new/data/coffer.db";
        const auto database = fixture.open(options);
        const auto mode = [](const std::filesystem::path& path) {
            return static_cast<unsigned>(std::filesystem::status(path).permissions());
        };
        CPPUNIT_ASSERT_EQUAL(0700u, mode(options.file.parent_path()));
        for (const char* suffix : {"", "-wal", "-shm", ".lock"})
            CPPUNIT_ASSERT_EQUAL(0600u, mode(options.file.string() + suffix));
        const std::filesystem::path shared = fixture.folder / "shared";
        std::filesystem::create_directory(shared);
        CPPUNIT_ASSERT_EQUAL(0, ::chmod(shared.c_str(), 01777));
        options.file = shared / "coffer.db";
        CPPUNIT_ASSERT(sentenceOf([&] { (void)fixture.open(options); }).find("a folder of its own") !=
                       std::string::npos);
    }

    void strangeFilesAreRefused() {
        fixture.folder.write("coffer.db", std::string(8192, 'x'));
        CPPUNIT_ASSERT(sentenceOf([&] {
                           (void)fixture.open();
                       }).find("cannot be read as a database of coffer") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string(8192, 'x'), readFile(fixture.file()));
        std::filesystem::remove(fixture.file());
        execute("CREATE TABLE other (a)");
        CPPUNIT_ASSERT(sentenceOf([&] { (void)fixture.open(); }).find("not one of coffer") !=
                       std::string::npos);
        execute("DROP TABLE other; PRAGMA application_id = 0x434F4652; PRAGMA user_version = 99");
        CPPUNIT_ASSERT(sentenceOf([&] { (void)fixture.open(); }).find("newer than this program") !=
                       std::string::npos);
    }

private:
    void execute(const char* sql) {
        sqlite3* handle = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open(fixture.file().c_str(), &handle));
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_exec(handle, sql, nullptr, nullptr, nullptr));
        sqlite3_close(handle);
    }

    /// @returns the ids whose write had been acknowledged when the child was killed
    std::set<std::int64_t> runChildAndKillIt(int afterLines) {
        int ends[2];
        CPPUNIT_ASSERT_EQUAL(0, ::pipe(ends));
        const std::string assignment = std::string(childVariable) + "=" + fixture.file();
        const std::string itsTemporaryFiles = "TMPDIR=" + fixture.folder.path().string();
        const pid_t child = ::fork();
        if (child == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::execl("/usr/bin/env", "env", assignment.c_str(), itsTemporaryFiles.c_str(), self_.c_str(),
                    "childWritesUntilItIsKilled", nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        std::FILE* lines = ::fdopen(ends[0], "r");
        std::set<std::int64_t> acknowledged;
        char line[256];
        while (std::fgets(line, sizeof line, lines)) {
            long long id = 0;
            if (std::sscanf(line, "acknowledged %lld\n", &id) == 1)
                acknowledged.insert(id);
            if (acknowledged.size() == static_cast<std::size_t>(afterLines))
                ::kill(child, SIGKILL);
        }
        std::fclose(lines);
        int status = 0;
        CPPUNIT_ASSERT_EQUAL(child, ::waitpid(child, &status, 0));
        CPPUNIT_ASSERT(WIFSIGNALED(status));
        return acknowledged;
    }

    std::string self_ = std::filesystem::read_symlink("/proc/self/exe").string();
    StorageFixture fixture;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FailureTest);
