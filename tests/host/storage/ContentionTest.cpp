#include "tests/host/storage/Fixture.h"

#include <coffer/sdk/StorageError.h>

#include <atomic>
#include <future>
#include <latch>

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
    COFFER_TEST(slowSqlIsInterrupted);
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
        auto options = fixture.options();
        options.writeDeadline = 100ms;
        const auto database = fixture.open(options);
        bool ran = false;
        {
            const Blocker blocker(*database);
            CPPUNIT_ASSERT_EQUAL(std::string("storage_busy"), problemOf([&] {
                                     database->write(fixture.origin, [&](Transaction&) { ran = true; });
                                 }));
        }
        database->write(fixture.origin, [](Transaction& transaction) { insertItem(transaction, "next"); });
        CPPUNIT_ASSERT(!ran);
    }

    void fullQueueRefusesAtOnce() {
        auto options = fixture.options();
        options.queuedWrites = 1;
        options.writeDeadline = 60s;
        const auto database = fixture.open(options);
        std::atomic<int> refused = 0;
        std::atomic<int> done = 0;
        std::vector<std::thread> callers;
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
            waitFor([&] { return refused == 2; });
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
                waitFor([&] { return database->health().state == Health::State::failed; });
                CPPUNIT_ASSERT(future.wait_for(60s) == std::future_status::ready);
            });
        });
        CPPUNIT_ASSERT(outcome.empty() || outcome == "outcome_unknown");
        CPPUNIT_ASSERT(
            fixture.log.contains("a closure is stuck on the database's writer owner=ada request=request-1"));
        CPPUNIT_ASSERT(fixture.log.contains("the daemon ends"));
        waitFor([&] { return database->health().state == Health::State::ok; });
    }

    void slowSqlIsInterrupted() {
        auto options = fixture.options();
        options.writeDeadline = 200ms;
        options.readDeadline = 200ms;
        const auto database = fixture.open(options);
        constexpr auto endless = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) "
                                 "SELECT count(*) FROM number";
        const auto run = [](Transaction& transaction) { transaction.execute(endless); };
        CPPUNIT_ASSERT_EQUAL(std::string("storage_deadline"), problemOf([&] { database->read(run); }));
        CPPUNIT_ASSERT_EQUAL(std::string("storage_deadline"),
                             problemOf([&] { database->write(fixture.origin, run); }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
    }

    void readersAreBounded() {
        auto options = fixture.options();
        options.readers = 1;
        options.readDeadline = 100ms;
        const auto database = fixture.open(options);
        database->read([&](Transaction&) {
            std::thread other([&] {
                CPPUNIT_ASSERT_EQUAL(std::string("storage_busy"),
                                     problemOf([&] { database->read([](Transaction&) {}); }));
            });
            other.join();
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
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
        ~Blocker() {
            released_.set_value();
            thread_.join();
        }

    private:
        std::latch running_{1};
        std::promise<void> released_;
        std::thread thread_;
    };

    static void inParallel(int threads, const std::function<void(int)>& action) {
        std::latch start(threads);
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i)
            running.emplace_back([&, i] {
                start.arrive_and_wait();
                action(i);
            });
        for (auto& thread : running)
            thread.join();
    }
    static void waitFor(const std::function<bool()>& condition) {
        const auto giveUp = std::chrono::steady_clock::now() + 60s;
        while (!condition() && std::chrono::steady_clock::now() < giveUp)
            std::this_thread::sleep_for(5ms);
        CPPUNIT_ASSERT(condition());
    }

    StorageFixture fixture;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ContentionTest);
