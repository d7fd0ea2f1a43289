#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/S3Stub.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>

#include <csignal>
#include <sstream>

using namespace coffer::test;

namespace {

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Waits until it is so; a generous bound, for hangs only.
template <typename Condition>
void await(const std::string& what, Condition condition) {
    CPPUNIT_ASSERT_MESSAGE("still not so: " + what, eventually(condition));
}

/// The sequence numbers in a file of the sink, in the order of its lines.
std::vector<std::int64_t> sequences(const std::string& file) {
    std::vector<std::int64_t> found;
    std::istringstream lines(readFile(file));
    for (std::string line; std::getline(lines, line) && !lines.eof();) // the last may be half written
        found.push_back(
            Poco::JSON::Parser().parse(line).extract<Poco::JSON::Object::Ptr>()->getValue<std::int64_t>(
                "sequence"));
    return found;
}

} // namespace

/// What somebody who can write to the database cannot do unseen.
class AuditVerifyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuditVerifyTest);
    COFFER_TEST(anUntouchedLogIsSound);
    COFFER_TEST(anEditedRecordIsFound);
    COFFER_TEST(aRemovedRecordIsFound);
    COFFER_TEST(aSwappedOrderIsFound);
    COFFER_TEST(aCutTailIsFoundWithAHeadKeptElsewhere);
    COFFER_TEST(aForgedHeadIsRefused);
    COFFER_TEST(aSwappedSecretIsFound);
    COFFER_TEST(anOlderSecretPutBackIsFound);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        daemon_ = std::make_unique<DaemonProcess>();
        stub_ = std::make_unique<S3Stub>();
        const auto organization = daemon_->addOrganization("watched");
        for (int i = 0; i < 4; ++i) {
            const auto answer = daemon_->client().post(
                "/backup-credentials",
                credentialJson(organization, "credential " + std::to_string(i), stub_->endpoint(),
                               "AKIAIOSFODNN7EXAMPLE", "secret-number-" + std::to_string(i)));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
        }
        head_ = daemon_->client().get("/audit/head").body;
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
    }
    void tearDown() override {
        daemon_.reset();
        stub_.reset();
    }

    void anUntouchedLogIsSound() {
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, verify(said));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, verify(said, head_));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "4 secrets"));
    }
    void anEditedRecordIsFound() {
        change("DROP TRIGGER audit_record_is_not_changed;"
               "UPDATE audit_record SET principal_name = 'somebody else' WHERE sequence = 5");
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "Record 5 does not fit its mac"));
    }
    void aRemovedRecordIsFound() {
        change("DROP TRIGGER audit_record_is_not_deleted; DELETE FROM audit_record WHERE sequence = 5");
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "Record 5 is missing"));
    }
    void aSwappedOrderIsFound() {
        change("DROP TRIGGER audit_record_is_not_changed;"
               "UPDATE audit_record SET sequence = -1 WHERE sequence = 5;"
               "UPDATE audit_record SET sequence = 5 WHERE sequence = 6;"
               "UPDATE audit_record SET sequence = 6 WHERE sequence = -1");
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "Record 5 does not fit its mac"));
    }
    void aCutTailIsFoundWithAHeadKeptElsewhere() {
        // From the head's own record on: records after it may have been written before the daemon's end.
        const auto last = Answer{200, head_, {}}.text("sequence");
        change("DROP TRIGGER audit_record_is_not_deleted; DELETE FROM audit_record WHERE sequence >= " +
               last);
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said, head_));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "cut off"));
    }
    void aForgedHeadIsRefused() {
        std::string said;
        auto forged = head_;
        const auto at = forged.find("\"signature\":\"") + 13;
        forged[at] = forged[at] == '0' ? '1' : '0';
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said, forged));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "not signed with this log's key"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said, "{}"));
    }
    void aSwappedSecretIsFound() {
        std::string said;
        change(
            "CREATE TABLE kept AS SELECT sealed FROM secret_slot WHERE slot = 1;"
            "UPDATE secret_slot SET sealed = (SELECT sealed FROM secret_slot WHERE slot = 2) WHERE slot = 1;"
            "UPDATE secret_slot SET sealed = (SELECT sealed FROM kept) WHERE slot = 2; DROP TABLE kept");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "The secret of backup-credential 1 is not the one"));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "The secret of backup-credential 2 is not the one"));
    }
    /// Everything in the tables fits together again; only the log knows that there was a newer one.
    void anOlderSecretPutBackIsFound() {
        const std::string older = "'" + daemon_->folder() + "/older.db'";
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(
            said, 0, daemon_->run({"storage", "backup", daemon_->folder() + "/older.db"}, &said));
        daemon_->start();
        const auto patched =
            daemon_->client().patch("/backup-credentials/4", R"({"secretAccessKey":"secret-number-6"})");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(patched.body, 200, patched.status);
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, verify(said));

        change("ATTACH " + older +
               " AS older; BEGIN;"
               "UPDATE main.secret_slot SET sealed = (SELECT sealed FROM older.secret_slot JOIN "
               "older.secret_owner USING (slot) WHERE record = 'backup-credential/4') WHERE slot = "
               "(SELECT slot FROM main.secret_owner WHERE record = 'backup-credential/4');"
               "UPDATE main.secret_owner SET version = (SELECT version FROM older.secret_owner WHERE "
               "record = 'backup-credential/4') WHERE record = 'backup-credential/4';"
               "UPDATE main.backup_credentials_credential SET (secret_version, secret_fingerprint) = "
               "(SELECT secret_version, secret_fingerprint FROM older.backup_credentials_credential "
               "WHERE id = 4) WHERE id = 4; COMMIT");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, verify(said));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "The secret of backup-credential 4 is not the one"));
    }

private:
    int verify(std::string& said, const std::string& head = {}) {
        const TemporaryFolder elsewhere;
        std::vector<std::string> command{"audit", "verify"};
        if (!head.empty()) {
            command.emplace_back("--head");
            command.push_back(elsewhere.write("head", head));
        }
        return daemon_->run(command, &said);
    }
    void change(const std::string& sql) {
        std::string said;
        const int status =
            runProgram({"/usr/bin/env", "sqlite3", "-bail", daemon_->folder() + "/coffer.db", sql}, &said);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, status);
    }

    std::unique_ptr<DaemonProcess> daemon_;
    std::unique_ptr<S3Stub> stub_;
    std::string head_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(AuditVerifyTest);

/// Where records go beside the database.
class AuditSinksTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuditSinksTest);
    COFFER_TEST(theFileGetsEveryRecordAcrossRotation);
    COFFER_TEST(aCutTailIsFoundWithTheFileOfTheSink);
    COFFER_TEST(aFileThatCannotBeWrittenRefusesChangesAndRecovers);
    COFFER_TEST(withBufferChangesGoOnAndTheFileCatchesUp);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        folder_ = std::make_unique<TemporaryFolder>();
        file_ = *folder_ / "audit.jsonl";
    }
    void tearDown() override {
        daemon_.reset();
        folder_.reset();
    }

    void theFileGetsEveryRecordAcrossRotation() {
        start({});
        make("before", 5);
        awaitDelivered({file_});
        const std::string rotated = *folder_ / "audit.jsonl.1";
        std::filesystem::rename(file_, rotated);
        daemon_->signal(SIGHUP);
        make("after", 5);
        await("a new file", [&] { return std::filesystem::exists(file_); });
        awaitDelivered({rotated, file_});
        daemon_->kill(); // ... and a restart neither loses nor skips any
        daemon_->start();
        make("restarted", 5);
        awaitDelivered({rotated, file_});
        CPPUNIT_ASSERT(!sequences(file_).empty() && !sequences(rotated).empty());
    }
    void aCutTailIsFoundWithTheFileOfTheSink() {
        start({"--audit.head_interval=1s"});
        make("first", 3);
        await("a head in the sink", [&] {
            return holds(readFile(file_), "\"signature\\\":") || holds(readFile(file_), "\"signature\":");
        });
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        const auto kept = readFile(file_);
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, daemon_->run({"audit", "verify", "--head", file_}, &said));
        CPPUNIT_ASSERT_EQUAL(0,
                             runProgram({"/usr/bin/env", "sqlite3", "-bail", daemon_->folder() + "/coffer.db",
                                         "DROP TRIGGER audit_record_is_not_deleted; DELETE FROM audit_sink;"
                                         "DELETE FROM audit_record WHERE sequence > 3"},
                                        &said));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, daemon_->run({"audit", "verify", "--head", file_}, &said));
        CPPUNIT_ASSERT_MESSAGE(said, holds(said, "cut off"));
    }
    void aFileThatCannotBeWrittenRefusesChangesAndRecovers() {
        start({"--audit.sink_failure=refuse", "--audit.sink_lag=1s"});
        awaitDelivered({file_});
        breakFile();
        Client client = daemon_->client();
        int refused = 0;
        await("a change is refused", [&] {
            const auto answer = client.post("/organizations", organization("lag", refused++));
            if (answer.status != 503) {
                CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
                return false;
            }
            CPPUNIT_ASSERT_EQUAL(std::string("audit_sink_lagging"), answer.code());
            CPPUNIT_ASSERT(answer.head.has("Retry-After"));
            return true;
        });
        CPPUNIT_ASSERT_EQUAL(200, client.get("/organizations").status);
        CPPUNIT_ASSERT_EQUAL(200, client.get("/audit").status);
        CPPUNIT_ASSERT_EQUAL(200, Client(daemon_->port()).get("//healthz").status);
        const auto ready = Client(daemon_->port()).get("//readyz");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(ready.body, 503, ready.status);
        CPPUNIT_ASSERT_MESSAGE(ready.body, holds(ready.body, "audit.jsonl"));
        mendFile();
        int next = 0;
        await("changes are taken again",
              [&] { return client.post("/organizations", organization("mended", next++)).status == 201; });
        awaitDelivered({*folder_ / "audit.jsonl.1", file_});
        await("the daemon is ready", [&] { return Client(daemon_->port()).get("//readyz").status == 200; });
    }
    void withBufferChangesGoOnAndTheFileCatchesUp() {
        start({"--audit.sink_failure=buffer", "--audit.sink_lag=100ms"});
        awaitDelivered({file_});
        breakFile();
        make("buffered", 3);
        await("readyz names the sink",
              [&] { return holds(Client(daemon_->port()).get("//readyz").body, "audit.jsonl"); });
        make("still", 3);
        mendFile();
        awaitDelivered({*folder_ / "audit.jsonl.1", file_});
    }

private:
    void start(std::vector<std::string> options) {
        options.push_back("--audit.file=" + file_);
        daemon_ = std::make_unique<DaemonProcess>(std::move(options));
    }
    static std::string organization(const std::string& name, int number) {
        return R"({"name":")" + name + " " + std::to_string(number) + "\"}";
    }
    void make(const std::string& name, int many) {
        for (int i = 0; i < many; ++i)
            daemon_->addOrganization(name + " " + std::to_string(i));
    }
    /// Permissions would not keep root out; a folder in the file's place does.
    void breakFile() {
        std::filesystem::rename(file_, *folder_ / "audit.jsonl.1");
        std::filesystem::create_directory(file_);
    }
    void mendFile() { std::filesystem::remove(file_); }
    /// Everything that is in the log is in the files, in order and without a hole.
    void awaitDelivered(const std::vector<std::string>& files) {
        const auto last = daemon_->client()
                              .get("/audit?limit=1")
                              .json()
                              ->getArray("items")
                              ->getObject(0)
                              ->getValue<std::int64_t>("sequence");
        std::vector<std::int64_t> all;
        await("all records are in the files", [&] {
            all.clear();
            for (const auto& file : files)
                for (const auto sequence : sequences(file))
                    if (all.empty() || sequence > all.back()) // at least once
                        all.push_back(sequence);
            return !all.empty() && all.back() >= last;
        });
        for (std::size_t i = 0; i < all.size(); ++i)
            CPPUNIT_ASSERT_EQUAL(static_cast<std::int64_t>(i) + 1, all[i]);
    }

    std::unique_ptr<TemporaryFolder> folder_;
    std::string file_;
    std::unique_ptr<DaemonProcess> daemon_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(AuditSinksTest);
