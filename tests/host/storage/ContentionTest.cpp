#include "host/storage/WriteQueue.h"
#include "tests/host/storage/Fixture.h"
#include "tests/support/RethrowingThread.h"

#include <coffer/sdk/StorageError.h>

#include <atomic>
#include <future>
#include <latch>
#include <list>

using namespace coffer;
using namespace coffer::test;
using namespace std::chrono_literals;

class ContentionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ContentionTest);
    COFFER_TEST(manyWritersLoseNothing);
    COFFER_TEST(oneOfManyGetsTheName);
    COFFER_TEST(writeThatDoesNotBeginIsWithdrawn);
    COFFER_TEST(fullQueueRefusesAtOnce);
    COFFER_TEST(stuckClosureIsNamedAndEndsTheProcess);
    COFFER_TEST(slowReadIsInterrupted);
    COFFER_TEST(slowWriteIsInterrupted);
    COFFER_TEST(readersAreBounded);
    COFFER_TEST(acknowledgedIsThereAfterReopening);
    CPPUNIT_TEST_SUITE_END();

public:
    void manyWritersLoseNothing() {
        const auto database = fixture.open();
        database->write(fixture.origin, [](Transaction& transaction) { insertItem(transaction, "counter"); });
        constexpr int threads = 16;
        constexpr int rounds = 50;
        std::atomic<int> failed = 0;
        inParallel(threads, [&](int thread) {
            for (int i = 0; i < rounds; ++i)
                try {
                    database->write(fixture.origin, [&](Transaction& transaction) {
                        transaction.record(itemEvent("item.raise", "1"));
                        std::int64_t size = 0;
                        {
                            auto rows = transaction.query("SELECT size FROM item WHERE name = 'counter'");
                            CPPUNIT_ASSERT(rows.next());
                            size = rows.integer(0);
                        }
                        transaction.execute("UPDATE item SET size = ? WHERE name = 'counter'", size + 1);
                        if ((thread + i) % 5 == 0)
                            throw std::runtime_error("taken back");
                    });
                } catch (const std::runtime_error&) {
                    ++failed;
                }
        });
        const auto expected = std::int64_t{threads * rounds - failed};
        CPPUNIT_ASSERT_EQUAL(threads * rounds / 5, failed.load());
        CPPUNIT_ASSERT_EQUAL(expected, count(*database, "SELECT size FROM item"));
        CPPUNIT_ASSERT_EQUAL(expected, count(*database, "SELECT count(*) FROM recorded"));
    }

    void oneOfManyGetsTheName() {
        const auto database = fixture.open();
        std::atomic<int> won = 0;
        inParallel(16, [&](int) {
            try {
                database->write(fixture.origin,
                                [](Transaction& transaction) { insertItem(transaction, "wanted"); });
                ++won;
            } catch (const ConstraintViolation&) {
            }
        });
        CPPUNIT_ASSERT_EQUAL(1, won.load());
    }

    void writeThatDoesNotBeginIsWithdrawn() {
        host::WriteQueue queue({10, 100ms, 5min});
        const std::function<void(Transaction&)> closure = [](Transaction&) {};
        const auto write = std::make_shared<host::PendingWrite>(fixture.origin, closure);
        CPPUNIT_ASSERT_EQUAL(std::string("storage_busy"), problemOf([&] { queue.perform(write); }));
        CPPUNIT_ASSERT(!queue.claim(true));
    }

    void fullQueueRefusesAtOnce() {
        auto options = fixture.options();
        options.queuedWrites = 1;
        const auto database = fixture.open(options);
        std::atomic<int> refused = 0;
        std::atomic<int> done = 0;
        std::list<RethrowingThread> callers;
        {
            const Blocker blocker(*database);
            for (int i = 0; i < 3; ++i)
                callers.emplace_back([&, i] {
                    const auto code = problemOf([&] {
                        database->write(fixture.origin, [&](Transaction& transaction) {
                            insertItem(transaction, std::to_string(i));
                        });
                    });
                    ++(code == "storage_busy" ? refused : done);
                });
            CPPUNIT_ASSERT(eventually([&] { return refused == 2; }));
        }
        for (auto& caller : callers)
            caller.join();
        CPPUNIT_ASSERT_EQUAL(1, done.load());
    }

    void stuckClosureIsNamedAndEndsTheProcess() {
        std::promise<void> ended;
        auto options = fixture.options();
        options.stuckAfter = 50ms;
        options.endAfter = 200ms;
        options.end = [&] { ended.set_value(); };
        const auto database = fixture.open(options);
        auto future = ended.get_future();
        const auto outcome = problemOf([&] {
            database->write(fixture.origin, [&](Transaction& transaction) {
                insertItem(transaction, "slow");
                CPPUNIT_ASSERT(eventually([&] { return database->health().state == Health::State::failed; }));
                CPPUNIT_ASSERT(future.wait_for(5min) == std::future_status::ready);
            });
        });
        CPPUNIT_ASSERT(outcome.empty() || outcome == "outcome_unknown");
        CPPUNIT_ASSERT(
            fixture.log.contains("a closure is stuck on the database's writer owner=ada request=request-1"));
        CPPUNIT_ASSERT(fixture.log.contains("the daemon ends"));
        CPPUNIT_ASSERT(eventually([&] { return database->health().state == Health::State::ok; }));
    }

    void slowReadIsInterrupted() {
        auto options = fixture.options();
        options.readDeadline = 200ms;
        // Without migrations: they read, too.
        host::Database database(options, fixture.log, fixture.metrics);
        CPPUNIT_ASSERT_EQUAL(std::string("storage_deadline"), problemOf([&] {
                                 database.read(
                                     [](Transaction& transaction) { transaction.execute(endless); });
                             }));
        CPPUNIT_ASSERT_NO_THROW(database.read([](Transaction&) {}));
    }

    void slowWriteIsInterrupted() {
        auto options = fixture.options();
        options.writeDeadline = 200ms;
        const auto database = fixture.open(options);
        CPPUNIT_ASSERT_EQUAL(std::string("storage_deadline"), outcomeOnceBegun([&] {
                                 database->write(fixture.origin, [](Transaction& transaction) {
                                     transaction.execute(endless);
                                 });
                             }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
    }

    void readersAreBounded() {
        auto options = fixture.options();
        options.readers = 1;
        options.readDeadline = 100ms;
        host::Database database(options, fixture.log, fixture.metrics);
        database.read([&](Transaction&) {
            RethrowingThread other([&] {
                CPPUNIT_ASSERT_EQUAL(std::string("storage_busy"),
                                     problemOf([&] { database.read([](Transaction&) {}); }));
            });
            other.join();
        });
        CPPUNIT_ASSERT_NO_THROW(database.read([](Transaction&) {}));
    }

    void acknowledgedIsThereAfterReopening() {
        auto database = fixture.open();
        inParallel(4, [&](int i) {
            database->write(fixture.origin,
                            [&](Transaction& transaction) { insertItem(transaction, std::to_string(i)); });
        });
        database.reset();
        database = fixture.open();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, count(*database, "SELECT count(*) FROM item"));
    }

private:
    static constexpr auto endless =
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) "
        "SELECT count(*) FROM number";

    /// Holds the writer until it goes out of scope.
    class Blocker {
    public:
        explicit Blocker(Storage& storage)
            : thread_([this, &storage] {
                  storage.write(Origin::system("blocker"), [this](Transaction&) {
                      running_.count_down();
                      released_.get_future().wait();
                  });
              }) {
            running_.wait();
        }
        Blocker(const Blocker&) = delete;
        Blocker& operator=(const Blocker&) = delete;
        ~Blocker() { released_.set_value(); }

    private:
        std::latch running_{1};
        std::promise<void> released_;
        RethrowingThread thread_;
    };

    static void inParallel(int threads, const std::function<void(int)>& action) {
        std::latch start(threads);
        std::list<RethrowingThread> running;
        for (int i = 0; i < threads; ++i)
            running.emplace_back([&, i] {
                start.arrive_and_wait();
                action(i);
            });
        for (auto& thread : running)
            thread.join();
    }

    StorageFixture fixture;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ContentionTest);
