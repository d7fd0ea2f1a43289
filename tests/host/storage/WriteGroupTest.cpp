#include "host/storage/WriteGroup.h"
#include "host/storage/DatabaseConnection.h"
#include "tests/host/storage/Fixture.h"

#include <Poco/Data/Session.h>

#include <sqlite3.h>

#include <stdexcept>

using namespace coffer;
using namespace coffer::host;
using namespace coffer::test;
using namespace std::chrono_literals;

namespace {

constexpr auto endless = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) "
                         "INSERT INTO item (name) SELECT 'n' || n FROM number";

} // namespace

class WriteGroupTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WriteGroupTest);
    COFFER_TEST(failureTakesBackOnlyItself);
    COFFER_TEST(refusalThatChangedNothingCostsNobodyASecondRun);
    COFFER_TEST(onlyTheFirstFailureMakesTheOthersRunAgain);
    COFFER_TEST(changeThroughTheSessionIsTakenBackToo);
    COFFER_TEST(interruptedChangeMakesTheOthersRunAgain);
    COFFER_TEST(swallowedInterruptionKeepsNothing);
    COFFER_TEST(failedCommitFailsAll);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        fixture.open().reset(); // makes the file and its tables
        connection = std::make_unique<DatabaseConnection>(fixture.file(), DatabaseConnection::Use::write);
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, connection->begin("BEGIN IMMEDIATE"));
    }

    void failureTakesBackOnlyItself() {
        auto group = makeGroup();
        const auto first = add(group, inserting("first"));
        const auto bad = add(group, [](Transaction& transaction) {
            insertItem(transaction, "bad");
            throw std::runtime_error("no");
        });
        const auto last = add(group, inserting("last"));
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, group.commit());
        CPPUNIT_ASSERT(!first->failure && bad->failure && !last->failure);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, group.takeAll().size());
        CPPUNIT_ASSERT_EQUAL(std::string("first,last"), names());
    }

    void refusalThatChangedNothingCostsNobodyASecondRun() {
        auto group = makeGroup();
        int runs = 0;
        (void)add(group, counting("first", runs));
        const auto refused = add(group, [](Transaction& transaction) {
            Rows rows = transaction.query("SELECT count(*) FROM item");
            if (rows.next())
                throw std::runtime_error("no");
        });
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, group.commit());
        CPPUNIT_ASSERT(refused->failure);
        CPPUNIT_ASSERT_EQUAL(1, runs);
        CPPUNIT_ASSERT_EQUAL(std::string("first"), names());
    }

    void onlyTheFirstFailureMakesTheOthersRunAgain() {
        auto group = makeGroup();
        int runs = 0;
        (void)add(group, counting("first", runs));
        for (int i = 0; i < 5; ++i)
            CPPUNIT_ASSERT(add(group, failing())->failure);
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, group.commit());
        CPPUNIT_ASSERT_EQUAL(2, runs);
        CPPUNIT_ASSERT_EQUAL(std::string("first"), names());
    }

    void changeThroughTheSessionIsTakenBackToo() {
        auto group = makeGroup();
        const auto first = add(group, inserting("first"));
        const auto bad = add(group, [](Transaction& transaction) {
            transaction.session() << "INSERT INTO item (name) VALUES ('bad')", Poco::Data::Keywords::now;
            throw std::runtime_error("no");
        });
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, group.commit());
        CPPUNIT_ASSERT(!first->failure && bad->failure);
        CPPUNIT_ASSERT_EQUAL(std::string("first"), names());
    }

    void interruptedChangeMakesTheOthersRunAgain() {
        auto group = makeGroup();
        int runs = 0;
        const auto first = add(group, [&](Transaction& transaction) {
            ++runs;
            insertItem(transaction, "first");
        });
        const auto slow = add(group, [&](Transaction& transaction) {
            endDeadline();
            transaction.execute(endless);
        });
        const auto last = add(group, inserting("last"));
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, group.commit());
        CPPUNIT_ASSERT_EQUAL(2, runs);
        CPPUNIT_ASSERT(!first->failure && !last->failure);
        CPPUNIT_ASSERT_EQUAL(std::string("storage_deadline"),
                             problemOf([&] { std::rethrow_exception(slow->failure); }));
        CPPUNIT_ASSERT_EQUAL(std::string("first,last"), names());
    }

    void swallowedInterruptionKeepsNothing() {
        auto group = makeGroup();
        const auto stubborn = add(group, [&](Transaction& transaction) {
            insertItem(transaction, "before");
            endDeadline();
            try {
                transaction.execute(endless);
            } catch (const Problem&) {
            }
            try {
                insertItem(transaction, "after");
            } catch (const Problem&) {
            }
        });
        const auto last = add(group, inserting("last"));
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, group.commit());
        CPPUNIT_ASSERT(stubborn->failure && !last->failure);
        CPPUNIT_ASSERT_EQUAL(std::string("last"), names());
    }

    void failedCommitFailsAll() {
        auto group = makeGroup();
        const auto kept = add(group, inserting("kept"));
        const auto refused = add(group, [](Transaction&) { throw std::runtime_error("because of kept"); });
        // What a full disk does at the commit: the transaction is gone.
        sqlite3_commit_hook(
            connection->handle(), [](void*) { return 1; }, nullptr);
        CPPUNIT_ASSERT(group.commit() != SQLITE_OK);
        CPPUNIT_ASSERT_EQUAL(std::string("storage_unavailable"),
                             problemOf([&] { std::rethrow_exception(kept->failure); }));
        CPPUNIT_ASSERT_EQUAL(std::string("storage_unavailable"),
                             problemOf([&] { std::rethrow_exception(refused->failure); }));
        CPPUNIT_ASSERT_EQUAL(std::string(), names());
    }

private:
    using Closure = std::function<void(Transaction&)>;

    WriteGroup makeGroup() { return {*connection, queue, recorder, 5min}; }
    /// As if the closure that runs had used up the time of its SQL.
    void endDeadline() { connection->setDeadline(DatabaseConnection::Clock::now()); }
    PendingWritePtr add(WriteGroup& group, Closure closure) {
        closures.push_back(std::make_unique<Closure>(std::move(closure)));
        auto write = std::make_shared<PendingWrite>(fixture.origin, *closures.back());
        group.add(write);
        return write;
    }
    static Closure inserting(std::string name) {
        return [name = std::move(name)](Transaction& transaction) { insertItem(transaction, name); };
    }
    static Closure counting(std::string name, int& runs) {
        return [name = std::move(name), &runs](Transaction& transaction) {
            ++runs;
            insertItem(transaction, name);
        };
    }
    static Closure failing() {
        return [](Transaction& transaction) {
            insertItem(transaction, "bad");
            throw std::runtime_error("no");
        };
    }
    /// As another connection sees them.
    std::string names() {
        DatabaseConnection reader(fixture.file(), DatabaseConnection::Use::read);
        auto& rows = reader.prepare("SELECT group_concat(name) FROM (SELECT name FROM item ORDER BY id)");
        CPPUNIT_ASSERT(rows.step());
        return std::string(rows.text(0));
    }

    StorageFixture fixture;
    WriteGroup::Recorder recorder = [](Transaction&, const AuditEvent&) {};
    WriteQueue queue{{10, 1000ms, 1000ms}};
    std::vector<std::unique_ptr<Closure>> closures;
    std::unique_ptr<DatabaseConnection> connection;
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriteGroupTest);
