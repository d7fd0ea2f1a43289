#include "tests/sdk/testkit/NotesFixture.h"

#include <vector>

namespace coffer::test {

using namespace testkit;

/// The audit log and the secrets of a FakeHost.
class FakeHostRecordsTest : public NotesFixture {
    CPPUNIT_TEST_SUITE(FakeHostRecordsTest);
    COFFER_TEST(recordsAreNumberedAndFoundByObject);
    COFFER_TEST(recordThatIsNoJsonUndoesTheChange);
    COFFER_TEST(recordingInAReadIsRefused);
    COFFER_TEST(hookMayRedactButNotRename);
    COFFER_TEST(sinkThatThrowsGetsTheSameAgain);
    COFFER_TEST(refusalThatCannotBeRecordedIsNotTold);
    COFFER_TEST(secretOpensForItsContextOnly);
    COFFER_TEST(olderVersionOfASecretDoesNotOpen);
    COFFER_TEST(secretsAreUndoneWithTheirTransaction);
    COFFER_TEST(secretHasASizeAndAContext);
    COFFER_TEST(fingerprintTellsEqualFromOther);
    CPPUNIT_TEST_SUITE_END();

public:
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
        notes->more = [](HostContext& within) { within.auditHook(std::make_shared<Redact>()); };
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
        notes->more = [&](HostContext& within) { within.auditSink(sink); };
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
        notes->more = [](HostContext& within) { within.auditHook(std::make_shared<Refuse>()); };
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
};

CPPUNIT_TEST_SUITE_REGISTRATION(FakeHostRecordsTest);

} // namespace coffer::test
