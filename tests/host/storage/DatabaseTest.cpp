#include "tests/host/storage/Fixture.h"
#include "tests/support/RethrowingThread.h"

#include <coffer/sdk/StorageError.h>

#include <Poco/Data/Session.h>

#include <list>
#include <stdexcept>

using namespace coffer;
using namespace coffer::test;
using Kind = ConstraintViolation::Kind;

class DatabaseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DatabaseTest);
    COFFER_TEST(writtenValuesAreReadBack);
    COFFER_TEST(writeSeesItsOwnChanges);
    COFFER_TEST(failedClosureLeavesNothing);
    COFFER_TEST(eventsAreRecordedInOrderWithTheChange);
    COFFER_TEST(failingRecorderUndoesTheChange);
    COFFER_TEST(readCannotChangeOrRecordOrScrub);
    COFFER_TEST(readIsOneSnapshot);
    COFFER_TEST(whatIsAcknowledgedIsInEveryLaterRead);
    COFFER_TEST(closureThatEndsItsTransactionSpoilsNoLaterRead);
    COFFER_TEST(sameTextCanBeNested);
    COFFER_TEST(finishedQueryDoesNotRunAgain);
    COFFER_TEST(abandonedStatementsAreGivenBack);
    COFFER_TEST(wrongSqlIsALogicError);
    COFFER_TEST(violationsAreTyped);
    COFFER_TEST(danglingDeferredReferenceTakesBackOnlyItsClosure);
    COFFER_TEST(closureMayGoOnAfterAViolation);
    COFFER_TEST(pocoSessionIsTheSameConnection);
    COFFER_TEST(closureCannotCommitByItself);
    COFFER_TEST(gateRefusesBeforeAnythingRuns);
    COFFER_TEST(writeInsideWriteIsRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override { database = fixture.open(); }
    void tearDown() override { database.reset(); }

    void writtenValuesAreReadBack() {
        const std::string text("a\0b", 3);
        const std::array<std::byte, 3> blob{std::byte{0}, std::byte{255}, std::byte{7}};
        const auto id = database->write(fixture.origin, [&](Transaction& transaction) {
            transaction.execute("INSERT INTO item (name, payload, size) VALUES (?, ?, ?)", text,
                                std::span<const std::byte>(blob), std::optional<int>(12));
            return transaction.lastInsertId();
        });
        database->read([&](Transaction& transaction) {
            auto rows = transaction.query("SELECT name, payload, size, NULL, ?, ?, ? FROM item WHERE id = ?",
                                          1.5, fromMilliseconds(99), std::optional<std::string>(), id);
            CPPUNIT_ASSERT(rows.next());
            CPPUNIT_ASSERT_EQUAL(text, rows.string(0));
            CPPUNIT_ASSERT(std::ranges::equal(blob, rows.blob(1)));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{12}, rows.integer(2));
            CPPUNIT_ASSERT(!rows.maybeInteger(3));
            CPPUNIT_ASSERT_EQUAL(1.5, rows.real(4));
            CPPUNIT_ASSERT(rows.instant(5) == fromMilliseconds(99));
            CPPUNIT_ASSERT(rows.isNull(6));
            CPPUNIT_ASSERT(!rows.next());
        });
    }

    void writeSeesItsOwnChanges() {
        database->write(fixture.origin, [&](Transaction& transaction) {
            CPPUNIT_ASSERT(transaction.writable());
            CPPUNIT_ASSERT_EQUAL(std::string("ada"), transaction.origin().principalName);
            CPPUNIT_ASSERT(transaction.now() <= currentTime());
            insertItem(transaction, "one");
            auto rows = transaction.query("SELECT count(*) FROM item");
            CPPUNIT_ASSERT(rows.next());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rows.integer(0));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, transaction.execute("UPDATE item SET size = 3"));
        });
    }

    void failedClosureLeavesNothing() {
        CPPUNIT_ASSERT_THROW(database->write(fixture.origin,
                                             [&](Transaction& transaction) {
                                                 insertItem(transaction, "half");
                                                 transaction.record(itemEvent("item.create", "half"));
                                                 throw std::runtime_error("no");
                                             }),
                             std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM recorded"));
    }

    void eventsAreRecordedInOrderWithTheChange() {
        database->write(fixture.origin, [&](Transaction& transaction) {
            transaction.record(itemEvent("item.first", "1"));
            insertItem(transaction, "one");
            transaction.record(itemEvent("item.second", "2"));
        });
        database->read([](Transaction& transaction) {
            auto rows = transaction.query(
                "SELECT group_concat(action) FROM (SELECT action FROM recorded ORDER BY 1)");
            CPPUNIT_ASSERT(rows.next());
            CPPUNIT_ASSERT_EQUAL(std::string("item.first,item.second"), rows.string(0));
        });
    }

    void failingRecorderUndoesTheChange() {
        database->setRecorder([](Transaction&, const AuditEvent&) { throw std::runtime_error("no log"); });
        CPPUNIT_ASSERT_THROW(database->write(fixture.origin,
                                             [&](Transaction& transaction) {
                                                 insertItem(transaction, "unrecorded");
                                                 transaction.record(itemEvent("item.create", "1"));
                                             }),
                             std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
    }

    void readCannotChangeOrRecordOrScrub() {
        const auto reading = [&](auto action) {
            return [&, action] { database->read([&](Transaction& transaction) { action(transaction); }); };
        };
        CPPUNIT_ASSERT_THROW(reading([](Transaction& transaction) { insertItem(transaction, "x"); })(),
                             std::logic_error);
        CPPUNIT_ASSERT_THROW(reading([](Transaction& transaction) { transaction.record({}); })(),
                             std::logic_error);
        CPPUNIT_ASSERT_THROW(reading([](Transaction& transaction) { transaction.scrub(); })(),
                             std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
    }

    void readIsOneSnapshot() {
        database->read([&](Transaction& transaction) {
            const auto items = [&] {
                auto rows = transaction.query("SELECT count(*) FROM item");
                return rows.next() ? rows.integer(0) : -1;
            };
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, items());
            database->write(fixture.origin, [](Transaction& other) { insertItem(other, "later"); });
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, items());
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM item"));
    }

    void whatIsAcknowledgedIsInEveryLaterRead() {
        constexpr int writes = 300;
        std::atomic<std::int64_t> acknowledged = 0;
        std::atomic<std::int64_t> stale = 0;
        std::list<RethrowingThread> readers;
        for (int i = 0; i < 3; ++i)
            readers.emplace_back([&] {
                for (std::int64_t known = 0; known < writes;) {
                    known = acknowledged;
                    const auto commits = database->commits();
                    const auto seen = count(*database, "SELECT count(*) FROM item");
                    stale += seen < known ? 1 : 0;
                    // What commits() promises: while it is the same, nobody was told of anything newer.
                    const std::int64_t told = acknowledged;
                    stale += told > seen && database->commits() == commits ? 1 : 0;
                }
            });
        for (int i = 1; i <= writes; ++i) {
            const auto before = database->commits();
            database->write(fixture.origin, [&](Transaction& transaction) {
                insertItem(transaction, "item " + std::to_string(i));
            });
            CPPUNIT_ASSERT(database->commits() > before);
            acknowledged = i;
        }
        for (auto& reader : readers)
            reader.join();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, stale.load());
    }
    void closureThatEndsItsTransactionSpoilsNoLaterRead() {
        try {
            database->read([](Transaction& transaction) {
                transaction.execute("ROLLBACK");
                (void)transaction.query("SELECT 1 FROM item").next();
            });
        } catch (const std::exception&) { // refused or not: it may do no harm
        }
        database->write(fixture.origin, [](Transaction& transaction) { insertItem(transaction, "one"); });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM item"));
        const auto first = database->read([](Transaction& transaction) { return transaction.now(); });
        CPPUNIT_ASSERT(eventually([&] { return currentTime() > first; }));
        CPPUNIT_ASSERT(database->read([](Transaction& transaction) { return transaction.now(); }) > first);
    }

    void sameTextCanBeNested() {
        database->write(fixture.origin, [](Transaction& transaction) {
            for (int i = 0; i < 4; ++i)
                insertItem(transaction, "item " + std::to_string(i));
            int pairs = 0;
            constexpr auto sql = "SELECT id FROM item WHERE id > ? ORDER BY id";
            for (auto outer = transaction.query(sql, 0); outer.next();)
                for (auto inner = transaction.query(sql, outer.integer(0)); inner.next();)
                    ++pairs;
            CPPUNIT_ASSERT_EQUAL(6, pairs);
        });
    }

    void finishedQueryDoesNotRunAgain() {
        database->write(fixture.origin, [](Transaction& transaction) {
            auto rows = transaction.query("INSERT INTO item (name) VALUES ('x') RETURNING id");
            CPPUNIT_ASSERT(rows.next());
            CPPUNIT_ASSERT(!rows.next());
            CPPUNIT_ASSERT(!rows.next());
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM item"));
    }

    void abandonedStatementsAreGivenBack() {
        for (int i = 0; i < 3; ++i)
            database->write(fixture.origin, [&](Transaction& transaction) {
                insertItem(transaction, std::to_string(i));
                Statement& left = transaction.prepare("SELECT id FROM item");
                CPPUNIT_ASSERT(left.step());
            });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count(*database, "SELECT count(*) FROM item"));
    }

    void wrongSqlIsALogicError() {
        const auto run = [&](const char* sql) {
            return [this, sql] {
                database->write(fixture.origin, [&](Transaction& transaction) { transaction.execute(sql); });
            };
        };
        CPPUNIT_ASSERT_THROW(run("SELEC 1")(), std::logic_error);
        CPPUNIT_ASSERT_THROW(run("SELECT 1; SELECT 2")(), std::logic_error);
        CPPUNIT_ASSERT_THROW(run("")(), std::logic_error);
        CPPUNIT_ASSERT_THROW(run("SELECT * FROM nowhere")(), std::logic_error);
        CPPUNIT_ASSERT_THROW(
            database->read([](Transaction& transaction) { (void)transaction.query("SELECT 1", 5); }),
            std::logic_error);
    }

    void violationsAreTyped() {
        database->write(fixture.origin, [](Transaction& transaction) { insertItem(transaction, "frozen"); });
        const auto expect = [&](const char* sql, Kind kind, const std::string& constraint) {
            try {
                database->write(fixture.origin, [&](Transaction& transaction) { transaction.execute(sql); });
                CPPUNIT_FAIL(std::string("not refused: ") + sql);
            } catch (const ConstraintViolation& violation) {
                CPPUNIT_ASSERT(kind == violation.kind());
                CPPUNIT_ASSERT_EQUAL(constraint, violation.constraint());
            }
        };
        expect("INSERT INTO item (name) VALUES ('frozen')", Kind::unique, "item.name");
        expect("INSERT INTO item (id, name) VALUES (1, 'x')", Kind::unique, "item.id");
        expect("INSERT INTO item (name) VALUES (NULL)", Kind::notNull, "item.name");
        expect("INSERT INTO item (name, size) VALUES ('x', 1000)", Kind::check, "size_is_small");
        expect("INSERT INTO part (item) VALUES (55)", Kind::foreignKey, "");
        expect("UPDATE item SET name = 'x' WHERE name = 'frozen'", Kind::trigger, "item_is_frozen");
    }

    void danglingDeferredReferenceTakesBackOnlyItsClosure() {
        database->write(fixture.origin, [](Transaction& transaction) { insertItem(transaction, "one"); });
        CPPUNIT_ASSERT_THROW(database->write(fixture.origin,
                                             [](Transaction& transaction) {
                                                 transaction.execute(
                                                     "INSERT INTO part (item, later) VALUES (1, 99)");
                                             }),
                             ConstraintViolation);
        database->write(fixture.origin, [](Transaction& transaction) {
            transaction.execute("INSERT INTO part (item, later) VALUES (1, 2)");
            insertItem(transaction, "two");
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM part"));
    }

    void closureMayGoOnAfterAViolation() {
        database->write(fixture.origin, [](Transaction& transaction) {
            insertItem(transaction, "one");
            CPPUNIT_ASSERT_THROW(insertItem(transaction, "one"), ConstraintViolation);
            insertItem(transaction, "two");
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count(*database, "SELECT count(*) FROM item"));
    }

    void pocoSessionIsTheSameConnection() {
        using namespace Poco::Data::Keywords;
        database->write(fixture.origin, [](Transaction& transaction) {
            insertItem(transaction, "one");
            int items = 0;
            transaction.session() << "SELECT count(*) FROM item", into(items), now;
            CPPUNIT_ASSERT_EQUAL(1, items);
            transaction.session() << "INSERT INTO item (name) VALUES ('two')", now;
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count(*database, "SELECT count(*) FROM item"));
    }

    void closureCannotCommitByItself() {
        using namespace Poco::Data::Keywords;
        for (const char* end : {"COMMIT", "ROLLBACK"}) {
            bool failed = false;
            try {
                database->write(fixture.origin, [&](Transaction& transaction) {
                    insertItem(transaction, "smuggled");
                    transaction.session() << end, now;
                });
            } catch (const std::exception&) {
                failed = true;
            }
            CPPUNIT_ASSERT(failed);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count(*database, "SELECT count(*) FROM item"));
        }
        database->write(fixture.origin, [](Transaction& transaction) { insertItem(transaction, "proper"); });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(*database, "SELECT count(*) FROM item"));
    }

    void gateRefusesBeforeAnythingRuns() {
        database->setWriteGate(
            [] { throw Problem::unavailable("audit_behind", "The audit log is behind.", 5); });
        bool ran = false;
        CPPUNIT_ASSERT_EQUAL(std::string("audit_behind"), problemOf([&] {
                                 database->write(fixture.origin, [&](Transaction&) { ran = true; });
                             }));
        CPPUNIT_ASSERT(!ran);
    }

    void writeInsideWriteIsRefused() {
        CPPUNIT_ASSERT_THROW(
            database->write(fixture.origin,
                            [&](Transaction&) { database->write(fixture.origin, [](Transaction&) {}); }),
            std::logic_error);
    }

private:
    StorageFixture fixture;
    std::unique_ptr<host::Database> database;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseTest);
