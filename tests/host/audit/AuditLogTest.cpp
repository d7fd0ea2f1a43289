#include "host/secrets/Hex.h"
#include "host/secrets/KeyDerivation.h"
#include "tests/host/audit/AuditHouse.h"
#include "tests/support/RethrowingThread.h"

#include <list>

namespace coffer::test {

using namespace coffer::host;

namespace {

class Redact final : public AuditHook {
public:
    void before(AuditEvent& event) override {
        event.after = R"({"redacted":true})";
        event.action = "something.else";
        event.organization = 99;
        event.result = AuditResult::failed;
    }
};

class Throw final : public AuditHook {
public:
    void before(AuditEvent&) override { throw std::runtime_error("not this one"); }
};

} // namespace

class AuditLogTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuditLogTest);
    COFFER_TEST(numbersAndChainsWhatIsRecorded);
    COFFER_TEST(keepsWhoWhenAndFromWhere);
    COFFER_TEST(aChangeThatIsUndoneIsNotRecorded);
    COFFER_TEST(whatIsNoJsonObjectIsRefused);
    COFFER_TEST(recordsAreNeitherChangedNorDeleted);
    COFFER_TEST(hooksRedactButRenameNothing);
    COFFER_TEST(aHookThatThrowsUndoesTheChange);
    COFFER_TEST(manyThreadsMakeOneChain);
    COFFER_TEST(headsAreRecordedWhenSomethingChanged);
    COFFER_TEST(givesTheHistoryOfOneObject);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    AuditHouse house_{folder_.path()};

public:
    void numbersAndChainsWhatIsRecorded() {
        house_.fill(3);
        house_.fill(2);
        const auto records = house_.records();
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, records.size());
        std::string previous = house_.audit().chain().beginning();
        for (std::size_t i = 0; i < records.size(); ++i) {
            CPPUNIT_ASSERT_EQUAL(static_cast<std::int64_t>(i + 1), records[i].sequence);
            previous = house_.audit().chain().mac(records[i], previous);
            CPPUNIT_ASSERT_EQUAL(toHex(previous), records[i].mac);
        }
        CPPUNIT_ASSERT(house_.problems().empty());
    }

    void keepsWhoWhenAndFromWhere() {
        AuditEvent event = AuditHouse::eventAbout(1);
        event.result = AuditResult::refused;
        event.reason = "thing_locked";
        const Instant before = currentTime();
        house_.record(event, {7, "alice", "2001:db8::1", "request-9"});
        const AuditRecord record = house_.records().at(0);
        CPPUNIT_ASSERT(record.time >= before && record.time <= currentTime());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, record.origin.principal);
        CPPUNIT_ASSERT_EQUAL(std::string("alice"), record.origin.principalName);
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8::1"), record.origin.address);
        CPPUNIT_ASSERT_EQUAL(std::string("request-9"), record.origin.requestId);
        CPPUNIT_ASSERT(record.event.result == AuditResult::refused);
        CPPUNIT_ASSERT_EQUAL(std::string("thing_locked"), record.event.reason);
        CPPUNIT_ASSERT_EQUAL(event.before, record.event.before);
    }

    void aChangeThatIsUndoneIsNotRecorded() {
        house_.fill(1);
        CPPUNIT_ASSERT_THROW(house_.database().write(Origin::system("test"),
                                                     [&](Transaction& transaction) {
                                                         transaction.record(AuditHouse::eventAbout(2));
                                                         throw std::runtime_error("undone");
                                                     }),
                             std::runtime_error);
        house_.fill(1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house_.records().size());
        CPPUNIT_ASSERT(house_.problems().empty());
    }

    void whatIsNoJsonObjectIsRefused() {
        for (const std::string& json : {std::string("text"), std::string("[1]"), std::string("{\"a\":1"),
                                        std::string("{\"a\":1}{"), std::string("{\n}")}) {
            AuditEvent event = AuditHouse::eventAbout(1);
            event.after = json;
            CPPUNIT_ASSERT_THROW(house_.record(event), std::logic_error);
        }
        CPPUNIT_ASSERT(house_.records().empty());
    }

    void recordsAreNeitherChangedNorDeleted() {
        house_.fill(1);
        for (const std::string_view sql :
             {"DELETE FROM audit_record", "UPDATE audit_record SET reason = 'x'"})
            CPPUNIT_ASSERT(!errorOf([&] {
                                house_.database().write(
                                    Origin::system("test"),
                                    [&](Transaction& transaction) { transaction.execute(sql); });
                            }).empty());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house_.records().size());
    }

    void hooksRedactButRenameNothing() {
        const auto hook = std::make_shared<Redact>();
        house_.audit().addHook(hook);
        house_.fill(1);
        house_.audit().removeHook(hook.get());
        house_.fill(1);
        const auto records = house_.records();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"redacted":true})"), records[0].event.after);
        CPPUNIT_ASSERT_EQUAL(std::string("thing.change"), records[0].event.action);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, records[0].event.organization);
        CPPUNIT_ASSERT(records[0].event.result == AuditResult::success);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"colour":"blue"})"), records[1].event.after);
    }

    void aHookThatThrowsUndoesTheChange() {
        house_.audit().addHook(std::make_shared<Throw>());
        CPPUNIT_ASSERT_THROW(house_.fill(1), std::runtime_error);
        CPPUNIT_ASSERT(house_.records().empty());
    }

    void manyThreadsMakeOneChain() {
        std::list<RethrowingThread> threads;
        for (int n = 0; n < 16; ++n)
            threads.emplace_back([&, n] {
                for (int i = 0; i < 25; ++i) {
                    const bool undone = (i + n) % 5 == 0;
                    (void)errorOf([&] {
                        house_.database().write(Origin::system("test"), [&](Transaction& transaction) {
                            transaction.record(AuditHouse::eventAbout(n));
                            transaction.record(AuditHouse::eventAbout(i));
                            if (undone)
                                throw std::runtime_error("undone");
                        });
                    });
                }
            });
        for (auto& thread : threads)
            thread.join();
        CPPUNIT_ASSERT_EQUAL(std::size_t{16 * 20 * 2}, house_.records().size());
        CPPUNIT_ASSERT(house_.problems().empty());
    }

    void headsAreRecordedWhenSomethingChanged() {
        CPPUNIT_ASSERT(!house_.audit().recordHead());
        house_.fill(2);
        CPPUNIT_ASSERT(house_.audit().recordHead());
        CPPUNIT_ASSERT(!house_.audit().recordHead());
        const AuditRecord record = house_.records().at(2);
        CPPUNIT_ASSERT_EQUAL(std::string("audit.head"), record.event.action);
        const auto head = lastHeadIn(toJson(record));
        CPPUNIT_ASSERT(head && house_.audit().chain().isSignedHere(*head));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, head->sequence);
        CPPUNIT_ASSERT_EQUAL(house_.records().at(1).mac, head->mac);
    }

    void givesTheHistoryOfOneObject() {
        for (int i = 0; i < 4; ++i)
            house_.fill(2);
        std::vector<std::int64_t> sequences;
        house_.database().read([&](Transaction& transaction) {
            audit_store::history(transaction, "thing", "2", 8, 2,
                                 [&](const AuditRecord& record) { sequences.push_back(record.sequence); });
        });
        CPPUNIT_ASSERT(sequences == (std::vector<std::int64_t>{6, 4}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuditLogTest);

} // namespace coffer::test
