#include "tests/sdk/testkit/Notes.h"

#include <Poco/Data/Session.h>

#include <thread>
#include <vector>

namespace coffer::test {

using namespace testkit;

/// Transactions, the audit log, secrets and the clock of a FakeHost.
class FakeHostStorageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FakeHostStorageTest);
    CPPUNIT_TEST(whatThrowsIsUndoneWithItsRecords);
    CPPUNIT_TEST(readRefusesToChange);
    CPPUNIT_TEST(constraintsAreNamedAsInTheDaemon);
    CPPUNIT_TEST(danglingReferenceIsFoundWhenTheClosureReturns);
    CPPUNIT_TEST(closureThatCommitsKeepsNothing);
    CPPUNIT_TEST(closureInAClosureIsRefused);
    CPPUNIT_TEST(badSqlIsAMistakeOfTheAuthors);
    CPPUNIT_TEST(pocoSessionIsTheSameConnection);
    CPPUNIT_TEST(sideEffectIsSeenTwiceAndTheChangeOnce);
    CPPUNIT_TEST(clockStandsStillUntilItIsMoved);
    CPPUNIT_TEST(organizationMayBeReferencedAndIsKept);
    CPPUNIT_TEST(adapterIsAskedForItsCheckAndFigures);
    CPPUNIT_TEST(manyThreadsWaitForEachOther);
    CPPUNIT_TEST(recordsAreNumberedAndFoundByObject);
    CPPUNIT_TEST(recordThatIsNoJsonUndoesTheChange);
    CPPUNIT_TEST(recordingInAReadIsRefused);
    CPPUNIT_TEST(hookMayRedactButNotRename);
    CPPUNIT_TEST(sinkThatThrowsGetsTheSameAgain);
    CPPUNIT_TEST(refusalThatCannotBeRecordedIsNotTold);
    CPPUNIT_TEST(secretOpensForItsContextOnly);
    CPPUNIT_TEST(olderVersionOfASecretDoesNotOpen);
    CPPUNIT_TEST(secretsAreUndoneWithTheirTransaction);
    CPPUNIT_TEST(secretHasASizeAndAContext);
    CPPUNIT_TEST(fingerprintTellsEqualFromOther);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host = std::make_unique<FakeHost>(Notes::make(notes));
        host->organization(1, "Acme");
    }
    void tearDown() override { host.reset(); }

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
            host->storage().read([](Transaction& transaction) { return insert(transaction, "milk"); }),
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
    void recordsAreNumberedAndFoundByObject() {
        host->start();
        for (const char* id : {"1", "2", "1", "1"})
            write([&](Transaction& transaction) { transaction.record(event("note.look", id)); });
        std::vector<std::int64_t> seen;
        host->storage().read([&](Transaction& transaction) {
            host->auditHistory(transaction, "note", "1", 4, 1, [&](const AuditRecord& record) {
                CPPUNIT_ASSERT_EQUAL(std::size_t{64}, record.mac.size());
                seen.push_back(record.sequence);
            });
            return 0;
        });
        CPPUNIT_ASSERT(std::vector<std::int64_t>{3} == seen);
    }
    void recordThatIsNoJsonUndoesTheChange() {
        host->start();
        CPPUNIT_ASSERT_THROW(write([](Transaction& transaction) {
                                 insert(transaction, "milk");
                                 auto wrong = event("note.create", "1");
                                 wrong.after = "milk";
                                 transaction.record(wrong);
                             }),
                             std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count());
    }
    void recordingInAReadIsRefused() {
        host->start();
        CPPUNIT_ASSERT_THROW(host->storage().read([](Transaction& transaction) {
            transaction.record(event("note.look", "1"));
            return 0;
        }),
                             std::logic_error);
    }
    void hookMayRedactButNotRename() {
        class Redact final : public AuditHook {
        public:
            void before(AuditEvent& event) override {
                event.action = "other.name";
                event.after = R"({"text":"-"})";
            }
        };
        notes->more = [](HostContext& context) { context.auditHook(std::make_shared<Redact>()); };
        host->start();
        write([](Transaction& transaction) { transaction.record(event("note.look", "1")); });
        CPPUNIT_ASSERT_EQUAL(std::string("note.look"), host->audit().back().event.action);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"-"})"), host->audit().back().event.after);
    }
    void sinkThatThrowsGetsTheSameAgain() {
        class Sink final : public AuditSink {
        public:
            [[nodiscard]] std::string name() const override { return "sink"; }
            void deliver(std::span<const AuditRecord> records) override {
                if (broken)
                    throw std::runtime_error("no room");
                for (const auto& record : records)
                    seen.push_back(record.sequence);
            }
            bool broken = true;
            std::vector<std::int64_t> seen;
        };
        const auto sink = std::make_shared<Sink>();
        notes->more = [&](HostContext& context) { context.auditSink(sink); };
        host->start();
        const auto look = [](Transaction& transaction) { transaction.record(event("note.look", "1")); };
        write(look);
        CPPUNIT_ASSERT(host->hasLogged("error=no room"));
        CPPUNIT_ASSERT(sink->seen.empty());
        sink->broken = false;
        write(look);
        CPPUNIT_ASSERT((std::vector<std::int64_t>{1, 2}) == sink->seen);
    }
    void refusalThatCannotBeRecordedIsNotTold() {
        class Refuse final : public AuditHook {
        public:
            void before(AuditEvent&) override { throw std::runtime_error("no"); }
        };
        notes->more = [](HostContext& context) { context.auditHook(std::make_shared<Refuse>()); };
        host->start();
        const Answer answer = host->as(somebody(Role::viewer, 1)).request("PATCH", "/notes/1", "{}");
        CPPUNIT_ASSERT_EQUAL(std::string("audit_unavailable"), answer.code());
    }

    void secretOpensForItsContextOnly() {
        host->start();
        const auto reference = keep("s3cret");
        CPPUNIT_ASSERT_EQUAL(std::string("s3cret"), open(reference, context));
        for (const SecretContext& other :
             {SecretContext{2, "note/1", "key"}, {1, "note/2", "key"}, {1, "note/1", "other"}})
            CPPUNIT_ASSERT_EQUAL(std::string("secret_unreadable"), open(reference, other));
        CPPUNIT_ASSERT_EQUAL(std::string("secret_unreadable"), open({reference.id + 1, 1}, context));
    }
    void olderVersionOfASecretDoesNotOpen() {
        host->start();
        const auto first = keep("s3cret");
        SecretReference second;
        write([&](Transaction& transaction) {
            second = host->secrets().replace(transaction, first, context, secret("other"));
        });
        CPPUNIT_ASSERT(second == (SecretReference{first.id, 2}));
        CPPUNIT_ASSERT_EQUAL(std::string("secret_unreadable"), open(first, context));
        CPPUNIT_ASSERT_EQUAL(std::string("other"), open(second, context));
        CPPUNIT_ASSERT_THROW(write([&](Transaction& transaction) {
                                 (void)host->secrets().replace(transaction, first, context, secret("x"));
                             }),
                             Problem);
    }
    void secretsAreUndoneWithTheirTransaction() {
        host->start();
        const auto reference = keep("s3cret");
        CPPUNIT_ASSERT_THROW(write([&](Transaction& transaction) {
                                 (void)host->secrets().replace(transaction, reference, context, secret("x"));
                                 throw Problem::notFound();
                             }),
                             Problem);
        CPPUNIT_ASSERT_EQUAL(std::string("s3cret"), open(reference, context));
        write([&](Transaction& transaction) { host->secrets().erase(transaction, reference); });
        CPPUNIT_ASSERT_EQUAL(std::string("secret_unreadable"), open(reference, context));
    }
    void secretHasASizeAndAContext() {
        host->start();
        CPPUNIT_ASSERT_THROW(keep(""), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(keep(std::string(4097, 'x')), std::invalid_argument);
        (void)keep(std::string(4096, 'x'));
        CPPUNIT_ASSERT_THROW(write([&](Transaction& transaction) {
                                 (void)host->secrets().store(transaction, {1, "", "key"}, secret("x"));
                             }),
                             std::invalid_argument);
    }
    void fingerprintTellsEqualFromOther() {
        const auto& vault = host->secrets();
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, vault.fingerprint(secret("a")).size());
        CPPUNIT_ASSERT_EQUAL(vault.fingerprint(secret("a")), vault.fingerprint(secret("a")));
        CPPUNIT_ASSERT(vault.fingerprint(secret("a")) != vault.fingerprint(secret("b")));
    }

private:
    static constexpr SecretContext context{1, "note/1", "key"};

    static SecretBytes secret(std::string_view text) { return SecretBytes(text); }
    static AuditEvent event(const std::string& action, const std::string& id) {
        AuditEvent out;
        out.action = action;
        out.objectType = "note";
        out.objectId = id;
        return out;
    }
    static std::int64_t insert(Transaction& transaction, std::string_view text) {
        return transaction.execute("INSERT INTO notes_note(organization, text) VALUES(1, ?)", text);
    }
    void write(const std::function<void(Transaction&)>& closure) {
        host->storage().write(Origin::system("test"), closure);
    }
    std::int64_t count() {
        return host->storage().read([](Transaction& transaction) {
            Rows rows = transaction.query("SELECT count(*) FROM notes_note");
            return rows.next() ? rows.integer(0) : -1;
        });
    }
    SecretReference keep(const std::string& text) {
        return host->storage().write(Origin::system("test"), [&](Transaction& transaction) {
            return host->secrets().store(transaction, context, secret(text));
        });
    }
    /// The secret, or why it does not open.
    std::string open(SecretReference reference, const SecretContext& of) {
        try {
            return host->storage().read([&](Transaction& transaction) {
                return std::string(host->secrets().open(transaction, reference, of).reveal());
            });
        } catch (const Problem& problem) {
            return problem.code();
        }
    }

    Notes* notes = nullptr;
    std::unique_ptr<FakeHost> host;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FakeHostStorageTest);

} // namespace coffer::test
