#include "host/secrets/Hex.h"
#include "tests/host/audit/AuditHouse.h"

namespace coffer::test {

using namespace coffer::host;

class AuditVerifyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuditVerifyTest);
    COFFER_TEST(findsNothingInAnUntouchedLog);
    COFFER_TEST(findsAnEditOfEveryColumn);
    COFFER_TEST(findsRemovedRecords);
    COFFER_TEST(findsSwappedRecords);
    COFFER_TEST(findsAddedRecords);
    COFFER_TEST(findsACutTailWithAHead);
    COFFER_TEST(findsACutTailByWhatSinksReceived);
    COFFER_TEST(findsALogThatWasWrittenAnew);
    COFFER_TEST(takesTheLastHeadOfWhatASinkReceived);
    COFFER_TEST(refusesAHeadThatIsNotThisLogs);
    COFFER_TEST(comparesStoredSecretsWithTheLog);
    COFFER_TEST(showsOnlySoManyProblems);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    AuditHouse house_{folder_.path()};

    void expectOneProblem(const std::vector<std::string>& problems, const std::string& part) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(part, std::size_t{1}, problems.size());
        CPPUNIT_ASSERT_MESSAGE(problems[0], problems[0].find(part) != std::string::npos);
    }
    void recordSecret(const std::string& id, const std::string& action, const std::string& after,
                      AuditResult result = AuditResult::success) {
        AuditEvent event;
        event.action = action;
        event.objectType = "credential";
        event.objectId = id;
        event.result = result;
        event.after = after;
        house_.record(event);
    }
    static FingerprintSource stored(std::string id, std::string fingerprint) {
        return [id = std::move(id), fingerprint = std::move(fingerprint)](Transaction&, const auto& report) {
            report("credential", id, fingerprint);
        };
    }

public:
    void findsNothingInAnUntouchedLog() {
        CPPUNIT_ASSERT(house_.problems(house_.head()).empty());
        house_.fill(2500);
        const auto result = verifyAudit(house_.database(), house_.ring(), {house_.head(), {}, 100});
        CPPUNIT_ASSERT(result.sound());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2500}, result.records);
    }

    void findsAnEditOfEveryColumn() {
        house_.fill(5);
        for (const std::string column :
             {"time", "principal", "principal_name", "address", "request_id", "action", "reason",
              "organization", "object_type", "object_id", "before", "after"}) {
            house_.tamper("CREATE TABLE kept AS SELECT * FROM audit_record WHERE sequence = 3");
            const bool number = column == "time" || column == "principal" || column == "organization";
            house_.tamper("UPDATE audit_record SET " + column + " = " +
                          (number ? column + " + 1" : column + " || 'x'") + " WHERE sequence = 3");
            expectOneProblem(house_.problems(), "Record 3 does not fit");
            house_.tamper("UPDATE audit_record SET " + column + " = (SELECT " + column +
                          " FROM kept) WHERE sequence = 3");
            house_.tamper("DROP TABLE kept");
        }
        house_.tamper("UPDATE audit_record SET result = 2 WHERE sequence = 3");
        expectOneProblem(house_.problems(), "Record 3 does not fit");
        house_.tamper("UPDATE audit_record SET result = 0 WHERE sequence = 3");
        CPPUNIT_ASSERT(house_.problems().empty());
        house_.tamper("UPDATE audit_record SET mac = zeroblob(32) WHERE sequence = 3");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house_.problems().size());
    }

    void findsRemovedRecords() {
        house_.fill(10);
        house_.tamper("DELETE FROM audit_record WHERE sequence = 4");
        expectOneProblem(house_.problems(), "Record 4 is missing");
        house_.tamper("DELETE FROM audit_record WHERE sequence IN (1, 2, 3)");
        expectOneProblem(house_.problems(), "Records 1 to 4 are missing");
    }

    void findsSwappedRecords() {
        house_.fill(5);
        house_.tamper("UPDATE audit_record SET sequence = -1 WHERE sequence = 2");
        house_.tamper("UPDATE audit_record SET sequence = 2 WHERE sequence = 3");
        house_.tamper("UPDATE audit_record SET sequence = 3 WHERE sequence = -1");
        const auto problems = house_.problems();
        CPPUNIT_ASSERT(problems.size() >= 2);
        CPPUNIT_ASSERT(problems[0].find("Record 2 does not fit") != std::string::npos);
        CPPUNIT_ASSERT(problems[1].find("Record 3 does not fit") != std::string::npos);
    }

    void findsAddedRecords() {
        house_.fill(3);
        const std::string copy =
            "INSERT INTO audit_record SELECT 4, time, principal, principal_name, address, "
            "request_id, action, result, reason, organization, object_type, object_id, "
            "before, after, mac FROM audit_record WHERE sequence = 3";
        house_.tamper(copy);
        expectOneProblem(house_.problems(), "Record 4 does not fit");
        house_.tamper("UPDATE audit_record SET sequence = -4 WHERE sequence = 4");
        expectOneProblem(house_.problems(), "below 1");
    }

    void findsACutTailWithAHead() {
        house_.fill(5);
        const std::string head = house_.head();
        CPPUNIT_ASSERT(house_.problems(head).empty());
        house_.tamper("DELETE FROM audit_record WHERE sequence > 3");
        CPPUNIT_ASSERT(house_.problems().empty());
        expectOneProblem(house_.problems(head), "Records 4 to 5 are cut off");
        house_.fill(4); // written on after the cut
        expectOneProblem(house_.problems(head), "Record 5 is not the one");
    }

    void findsACutTailByWhatSinksReceived() {
        house_.fill(5);
        house_.database().write(Origin::system("test"), [](Transaction& transaction) {
            audit_store::setPosition(transaction, "file:/var/log/audit", 5);
        });
        CPPUNIT_ASSERT(house_.problems().empty());
        house_.tamper("DELETE FROM audit_record WHERE sequence > 3");
        expectOneProblem(house_.problems(), "the sink file:/var/log/audit has received record 5");
    }

    void findsALogThatWasWrittenAnew() {
        house_.fill(5);
        const std::string head = house_.head();
        house_.tamper("DELETE FROM audit_record");
        house_.fill(1);
        house_.fill(4); // other things: the same ones within the same millisecond would be the same log
        expectOneProblem(house_.problems(head), "Record 5 is not the one");
    }

    void takesTheLastHeadOfWhatASinkReceived() {
        std::string received;
        for (int i = 0; i < 3; ++i) {
            house_.fill(2);
            house_.audit().recordHead();
        }
        house_.fill(1);
        for (const AuditRecord& record : house_.records())
            received += toJson(record) + "\n";
        CPPUNIT_ASSERT_EQUAL(std::int64_t{8}, lastHeadIn(received)->sequence);
        CPPUNIT_ASSERT(house_.problems(received).empty());
        house_.tamper("DELETE FROM audit_record WHERE sequence > 6");
        expectOneProblem(house_.problems(received), "Records 7 to 8 are cut off");
    }

    void refusesAHeadThatIsNotThisLogs() {
        house_.fill(2);
        for (const std::string& text :
             {std::string(), std::string("{}"), std::string("no json\n{\"action\":1}")})
            expectOneProblem(house_.problems(text), "holds no signed head");
        AuditHead head = *lastHeadIn(house_.head());
        head.sequence = 1;
        expectOneProblem(house_.problems(toJson(head)), "was changed, or not signed");
        head.chain = "another";
        expectOneProblem(house_.problems(toJson(head)), "belongs to another log");
    }

    void comparesStoredSecretsWithTheLog() {
        recordSecret("1", "credential.create", R"({"secretFingerprint":"aaaa"})");
        recordSecret("1", "credential.update", R"({"name":"other"})");
        CPPUNIT_ASSERT(house_.problems({}, {stored("1", "aaaa")}).empty());
        expectOneProblem(house_.problems({}, {stored("1", "bbbb")}),
                         "The secret of credential 1 is not the one");
        recordSecret("1", "credential.update", R"({"secretFingerprint":"cccc"})", AuditResult::refused);
        CPPUNIT_ASSERT(house_.problems({}, {stored("1", "aaaa")}).empty());
        recordSecret("1", "credential.update", R"({"secretFingerprint":"bbbb"})");
        expectOneProblem(house_.problems({}, {stored("1", "aaaa")}),
                         "The secret of credential 1 is not the one");
        recordSecret("1", "credential.delete", "");
        expectOneProblem(house_.problems({}, {stored("1", "bbbb")}), "was deleted, but it is stored");
        expectOneProblem(house_.problems({}, {stored("2", "bbbb")}),
                         "knows nothing of the secret of credential 2");
    }

    void showsOnlySoManyProblems() {
        house_.fill(50);
        house_.tamper("UPDATE audit_record SET reason = 'edited'");
        const auto result = verifyAudit(house_.database(), house_.ring(), {std::nullopt, {}, 10});
        CPPUNIT_ASSERT_EQUAL(std::size_t{10}, result.problems.size());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{50}, result.problemCount);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuditVerifyTest);

} // namespace coffer::test
