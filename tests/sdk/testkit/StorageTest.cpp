#include "tests/sdk/testkit/NotesFixture.h"

#include <Poco/Data/Session.h>

#include <thread>
#include <vector>

namespace coffer::test {

using namespace testkit;

/// Transactions and the clock of a FakeHost.
class FakeHostStorageTest : public NotesFixture {
    CPPUNIT_TEST_SUITE(FakeHostStorageTest);
    COFFER_TEST(whatThrowsIsUndoneWithItsRecords);
    COFFER_TEST(readRefusesToChange);
    COFFER_TEST(constraintsAreNamedAsInTheDaemon);
    COFFER_TEST(danglingReferenceIsFoundWhenTheClosureReturns);
    COFFER_TEST(closureThatCommitsKeepsNothing);
    COFFER_TEST(closureInAClosureIsRefused);
    COFFER_TEST(badSqlIsAMistakeOfTheAuthors);
    COFFER_TEST(pocoSessionIsTheSameConnection);
    COFFER_TEST(sideEffectIsSeenTwiceAndTheChangeOnce);
    COFFER_TEST(clockStandsStillUntilItIsMoved);
    COFFER_TEST(organizationMayBeReferencedAndIsKept);
    COFFER_TEST(adapterIsAskedForItsCheckAndFigures);
    COFFER_TEST(manyThreadsWaitForEachOther);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatThrowsIsUndoneWithItsRecords() {
        host->start();
        CPPUNIT_ASSERT_THROW(write([](Transaction& transaction) {
                                 insert(transaction, "milk");
                                 transaction.record(event("note.create", "1"));
                                 throw Problem::notFound();
                             }),
                             Problem);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count());
        CPPUNIT_ASSERT(host->audit().empty());
        write([](Transaction& transaction) { insert(transaction, "milk"); });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count());
    }
    void readRefusesToChange() {
        host->start();
        CPPUNIT_ASSERT_THROW(
            host->storage().read([](Transaction& transaction) { insert(transaction, "milk"); }),
            std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count());
        CPPUNIT_ASSERT(
            !host->storage().read([](Transaction& transaction) { return transaction.writable(); }));
    }
    void constraintsAreNamedAsInTheDaemon() {
        host->start();
        write([](Transaction& transaction) {
            insert(transaction, "milk");
            try {
                insert(transaction, "milk");
                CPPUNIT_FAIL("it was taken");
            } catch (const ConstraintViolation& violation) {
                CPPUNIT_ASSERT(violation.kind() == ConstraintViolation::Kind::unique);
                CPPUNIT_ASSERT_EQUAL(std::string("notes_note.text"), violation.constraint());
            }
            insert(transaction, "bread");
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count());
        try {
            write([](Transaction& transaction) {
                transaction.execute("INSERT INTO notes_note(organization, text) VALUES(9, 'jam')");
            });
            CPPUNIT_FAIL("it was taken");
        } catch (const ConstraintViolation& violation) {
            CPPUNIT_ASSERT(violation.kind() == ConstraintViolation::Kind::foreignKey);
        }
    }
    void danglingReferenceIsFoundWhenTheClosureReturns() {
        host->start();
        write([](Transaction& transaction) {
            transaction.execute("CREATE TABLE notes_later(note INTEGER NOT NULL REFERENCES notes_note(id) "
                                "DEFERRABLE INITIALLY DEFERRED) STRICT");
        });
        CPPUNIT_ASSERT_THROW(write([](Transaction& transaction) {
                                 transaction.execute("INSERT INTO notes_later(note) VALUES(7)");
                             }),
                             ConstraintViolation);
        write([](Transaction& transaction) {
            transaction.execute("INSERT INTO notes_later(note) VALUES(1)");
            insert(transaction, "milk");
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count());
    }
    void closureThatCommitsKeepsNothing() {
        host->start();
        CPPUNIT_ASSERT_THROW(write([](Transaction& transaction) {
                                 insert(transaction, "milk");
                                 transaction.execute("COMMIT");
                             }),
                             std::exception);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count());
    }
    void closureInAClosureIsRefused() {
        host->start();
        CPPUNIT_ASSERT_THROW(write([&](Transaction&) { (void)count(); }), std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count());
    }
    void badSqlIsAMistakeOfTheAuthors() {
        host->start();
        CPPUNIT_ASSERT_THROW(write([](Transaction& transaction) { transaction.execute("INSERT nonsense"); }),
                             std::logic_error);
    }
    void pocoSessionIsTheSameConnection() {
        host->start();
        CPPUNIT_ASSERT_THROW(write([](Transaction& transaction) {
                                 transaction.session() << "INSERT INTO notes_note(organization, text) "
                                                          "VALUES(1, 'milk')",
                                     Poco::Data::Keywords::now;
                                 Rows rows = transaction.query("SELECT count(*) FROM notes_note");
                                 CPPUNIT_ASSERT(rows.next() && rows.integer(0) == 1);
                                 throw Problem::notFound();
                             }),
                             Problem);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count());
    }
    void sideEffectIsSeenTwiceAndTheChangeOnce() {
        host->start();
        host->runWritesTwice();
        const std::string body = R"({"organizationId":1,"text":"milk"})";
        CPPUNIT_ASSERT_EQUAL(201, host->request("POST", "/notes", body).status);
        CPPUNIT_ASSERT_EQUAL(2, notes->runs.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host->audit().size());
        host->runWritesTwice(false);
        write([&](Transaction&) { ++notes->runs; });
        CPPUNIT_ASSERT_EQUAL(3, notes->runs.load());
    }
    void clockStandsStillUntilItIsMoved() {
        host->start();
        const auto began = host->now();
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-02T03:04:05.000Z"), formatRfc3339(began));
        host->advance(std::chrono::hours(2));
        write([](Transaction& transaction) { transaction.record(event("note.look", "1")); });
        CPPUNIT_ASSERT(host->audit().back().time == began + std::chrono::hours(2));
        host->setTime(began);
        CPPUNIT_ASSERT(began == host->storage().read([](Transaction& within) { return within.now(); }));
    }
    void organizationMayBeReferencedAndIsKept() {
        host->start();
        host->organization(2, "Beta");
        write([](Transaction& transaction) { insert(transaction, "milk"); });
        CPPUNIT_ASSERT_THROW(host->removeOrganization(1), ConstraintViolation);
        host->removeOrganization(2);
        host->organization(1, "Acme Works");
        CPPUNIT_ASSERT_EQUAL(std::string("Acme Works"), host->storage().read([](Transaction& transaction) {
            Rows rows = transaction.query("SELECT name FROM organization");
            return rows.next() ? rows.string(0) : "";
        }));
    }
    void adapterIsAskedForItsCheckAndFigures() {
        host->start();
        CPPUNIT_ASSERT(host->checkStorage().empty());
        write([](Transaction& transaction) { insert(transaction, ""); });
        CPPUNIT_ASSERT(std::vector<std::string>{"A note is empty."} == host->checkStorage());
        CPPUNIT_ASSERT_EQUAL(1.0, host->figures().front().value);
    }
    void manyThreadsWaitForEachOther() {
        host->start();
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread)
                threads.emplace_back([&, thread] {
                    for (int i = 0; i < 10; ++i)
                        (void)host->request("POST", "/notes",
                                            R"({"organizationId":1,"text":"n)" + std::to_string(thread) +
                                                std::to_string(i) + "\"}");
                });
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{40}, count());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{40}, host->audit().back().sequence);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FakeHostStorageTest);

} // namespace coffer::test
