#include "host/storage/PageErasure.h"
#include "tests/host/storage/Fixture.h"
#include "tests/support/RethrowingThread.h"

#include <Poco/Random.h>

#include <atomic>
#include <barrier>
#include <list>
#include <set>

using namespace coffer;
using namespace coffer::test;
using namespace std::chrono_literals;

namespace {

/// 16 letters that occur nowhere else.
std::string marker(Poco::Random& random) {
    std::string text = "mark";
    while (text.size() < 16)
        text += static_cast<char>('A' + random.next(26));
    return text;
}

void store(Transaction& transaction, std::int64_t key, const std::string& payload) {
    transaction.execute("INSERT INTO item (id, name, payload) VALUES (?, ?, ?) "
                        "ON CONFLICT (id) DO UPDATE SET payload = excluded.payload",
                        key, std::to_string(key), std::as_bytes(std::span(payload)));
}

/// Reads and writes on five threads until it goes out of scope.
class Load {
public:
    Load(Storage& storage, const Origin& origin) {
        for (int i = 0; i < 4; ++i)
            threads_.emplace_back([&] { repeat([&](int) { readEverything(storage); }); });
        threads_.emplace_back([&] {
            repeat([&](int i) {
                storage.write(origin, [&](Transaction& transaction) {
                    store(transaction, 1000 + i % 50, std::string(300, 'w'));
                });
            });
        });
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    ~Load() { stop_ = true; }

    /// @throws what a thread threw
    void end() {
        stop_ = true;
        for (auto& thread : threads_)
            thread.join();
    }

private:
    template <class Action>
    void repeat(Action action) {
        for (int i = 0; !stop_; ++i) {
            action(i);
            std::this_thread::yield(); // to the checkpoint, on a busy machine
        }
    }
    static void readEverything(Storage& storage) {
        storage.read([](Transaction& transaction) {
            auto rows = transaction.query("SELECT name, payload FROM item ORDER BY random()");
            while (rows.next()) {
            }
        });
    }

    std::atomic<bool> stop_ = false;
    std::list<RethrowingThread> threads_;
};

/// Every marker in these bytes.
std::set<std::string> markersIn(const std::string& bytes) {
    std::set<std::string> found;
    for (auto at = bytes.find("mark"); at != std::string::npos; at = bytes.find("mark", at + 1))
        found.insert(bytes.substr(at, 16));
    return found;
}

} // namespace

class ScrubTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ScrubTest);
    COFFER_TEST(deletedAndReplacedBytesAreGoneUnderLoad);
    COFFER_TEST(movedCellsLeaveNoCopies);
    COFFER_TEST(idleReadersDoNotKeepTheLog);
    COFFER_TEST(scrubIsDoneWhenTheDatabaseCloses);
    COFFER_TEST(logStaysBoundedUnderLoad);
    COFFER_TEST(unusedSpaceIsFoundOnlyInSoundPages);
    CPPUNIT_TEST_SUITE_END();

public:
    void deletedAndReplacedBytesAreGoneUnderLoad() {
        const auto database = open();
        Load load(*database, fixture.origin);
        Poco::Random random;
        const std::string deleted = marker(random) + std::string(200, 'x');
        const std::string replaced = marker(random) + std::string(200, 'y');
        const std::string kept = marker(random) + std::string(200, 'z');
        database->write(fixture.origin, [&](Transaction& transaction) {
            store(transaction, 1, deleted);
            store(transaction, 2, replaced);
        });
        database->write(fixture.origin, [&](Transaction& transaction) {
            transaction.execute("DELETE FROM item WHERE id = 1");
            store(transaction, 2, kept);
            transaction.scrub();
        });
        const auto old = {deleted.substr(0, 16), replaced.substr(0, 16)};
        CPPUNIT_ASSERT(eventually([&] {
            const auto found = markersIn(bytes());
            return std::ranges::none_of(old, [&](const auto& one) { return found.contains(one); });
        }));
        load.end();
        CPPUNIT_ASSERT(markersIn(bytes()).contains(kept.substr(0, 16)));
    }

    void movedCellsLeaveNoCopies() {
        auto database = open();
        Poco::Random random;
        random.seed(17);
        std::map<std::int64_t, std::string> alive;
        for (int round = 0; round < 60; ++round)
            database->write(fixture.origin, [&](Transaction& transaction) {
                for (int i = 0; i < 100; ++i) {
                    const auto key = static_cast<std::int64_t>(random.next(2000)) + 1;
                    if (alive.contains(key) && random.next(2) == 0) {
                        transaction.execute("DELETE FROM item WHERE id = ?", key);
                        alive.erase(key);
                    } else {
                        alive[key] = marker(random);
                        store(transaction, key, alive[key] + std::string(random.next(1500), 'p'));
                    }
                }
                transaction.scrub();
            });
        database.reset();
        std::set<std::string> expected;
        for (const auto& [key, text] : alive)
            expected.insert(text);
        const auto found = markersIn(bytes());
        CPPUNIT_ASSERT_EQUAL(expected.size(), found.size());
        CPPUNIT_ASSERT(expected == found);
    }

    void idleReadersDoNotKeepTheLog() {
        const auto database = open();
        database->write(fixture.origin,
                        [](Transaction& transaction) { store(transaction, 1, std::string(20'000, 'a')); });
        // Several connections, each with a snapshot that it keeps when it is idle.
        std::barrier together(4);
        std::list<RethrowingThread> readers;
        for (int i = 0; i < 4; ++i)
            readers.emplace_back([&] {
                database->read([&](Transaction& transaction) {
                    (void)transaction.query("SELECT count(*) FROM item").next();
                    together.arrive_and_wait();
                });
            });
        for (auto& reader : readers)
            reader.join();
        database->write(fixture.origin, [](Transaction& transaction) {
            transaction.execute("DELETE FROM item");
            transaction.scrub();
        });
        CPPUNIT_ASSERT(eventually([&] { return std::filesystem::file_size(fixture.file() + "-wal") == 0; }));
    }

    void scrubIsDoneWhenTheDatabaseCloses() {
        Poco::Random random;
        const std::string secret = marker(random);
        auto database = fixture.open();
        database->write(fixture.origin, [&](Transaction& transaction) { store(transaction, 1, secret); });
        database->write(fixture.origin, [&](Transaction& transaction) {
            transaction.execute("DELETE FROM item");
            transaction.scrub();
        });
        database.reset();
        CPPUNIT_ASSERT(markersIn(bytes()).empty());
    }

    void logStaysBoundedUnderLoad() {
        const auto database = open();
        const std::string block(64 * 1024, 'b');
        // 94 MiB go through the log.
        for (int i = 0; i < 1500; ++i)
            database->write(fixture.origin,
                            [&](Transaction& transaction) { store(transaction, i % 20, block); });
        const auto size = [&] { return std::filesystem::file_size(fixture.file() + "-wal"); };
        CPPUNIT_ASSERT(eventually([&] { return size() <= 64u << 20; }));
    }

    void unusedSpaceIsFoundOnlyInSoundPages() {
        std::string page(512, '\0');
        page[0] = 13;
        page[4] = 2; // two cells
        page[5] = 1; // which begin at 256
        const auto space = host::unusedSpace(page, false);
        CPPUNIT_ASSERT_EQUAL(std::size_t{256 - 8 - 4}, space.size());
        CPPUNIT_ASSERT(space.data() == page.data() + 12);
        page[0] = 5;
        CPPUNIT_ASSERT_EQUAL(std::size_t{256 - 12 - 4}, host::unusedSpace(page, false).size());
        CPPUNIT_ASSERT(host::unusedSpace(page, true).empty());
        page[5] = 3; // beyond the page
        CPPUNIT_ASSERT(host::unusedSpace(page, false).empty());
        page[0] = 0; // an overflow page
        CPPUNIT_ASSERT(host::unusedSpace(page, false).empty());
        CPPUNIT_ASSERT(host::unusedSpace(std::string("short"), false).empty());
    }

private:
    std::unique_ptr<host::Database> open() {
        auto options = fixture.options();
        options.scrubAfter = 200ms;
        return fixture.open(options);
    }
    /// Read by another process: closing the file in this one would drop SQLite's locks on it.
    std::string bytes() const {
        const std::string copy = fixture.folder / "copy";
        const std::string command =
            "cat '" + fixture.file() + "' '" + fixture.file() + "-wal' > '" + copy + "' 2>/dev/null";
        CPPUNIT_ASSERT(std::system(command.c_str()) != -1);
        return readFile(copy);
    }

    StorageFixture fixture;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ScrubTest);
