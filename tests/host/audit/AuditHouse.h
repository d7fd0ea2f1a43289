#pragma once

#include "host/audit/AuditLog.h"
#include "host/audit/AuditSchema.h"
#include "host/audit/AuditStore.h"
#include "host/audit/AuditVerify.h"
#include "tests/host/secrets/Keys.h"
#include "tests/support/Eventually.h"

#include <memory>
#include <string>
#include <vector>

namespace coffer::test {

/// A database with keys and an audit log.
class AuditHouse {
public:
    explicit AuditHouse(std::filesystem::path folder) : keys_(std::move(folder)) {
        keys_.database().migrate(host::auditSchemaOwner, host::auditMigrations());
        log_ = std::make_unique<host::AuditLog>(keys_.database(), keys_.ring(), keys_.metrics);
        keys_.database().setRecorder(
            [this](Transaction& transaction, const AuditEvent& event) { log_->append(transaction, event); });
    }

    [[nodiscard]] host::Database& database() { return keys_.database(); }
    [[nodiscard]] host::KeyRing& ring() { return keys_.ring(); }
    [[nodiscard]] host::AuditLog& audit() { return *log_; }
    [[nodiscard]] RecordingLog& log() { return keys_.log; }
    [[nodiscard]] NoMetrics& metrics() { return keys_.metrics; }

    void record(AuditEvent event, const Origin& origin = {7, "alice", "192.0.2.1", "request-1"}) {
        database().write(origin, [&](Transaction& transaction) { transaction.record(std::move(event)); });
    }
    /// Records `count` events about `thing 1`, `thing 2`...
    void fill(int count) {
        database().write({7, "alice", "192.0.2.1", "request-1"}, [&](Transaction& transaction) {
            for (int i = 1; i <= count; ++i)
                transaction.record(eventAbout(i));
        });
    }
    static AuditEvent eventAbout(int number) {
        AuditEvent event;
        event.action = "thing.change";
        event.objectType = "thing";
        event.objectId = std::to_string(number);
        event.organization = number % 2 + 1;
        event.before = R"({"colour":"red"})";
        event.after = R"({"colour":"blue"})";
        return event;
    }
    std::vector<AuditRecord> records() {
        return database().read(
            [](Transaction& transaction) { return host::audit_store::after(transaction, 0, 100'000); });
    }
    /// Runs SQL past every rule, as someone with the file in hand would.
    void tamper(const std::string& sql) {
        database().write(Origin::system("test"), [&](Transaction& transaction) {
            transaction.execute("DROP TRIGGER IF EXISTS audit_record_is_not_changed");
            transaction.execute("DROP TRIGGER IF EXISTS audit_record_is_not_deleted");
            transaction.execute(sql);
        });
    }
    std::vector<std::string> problems(std::optional<std::string> head = std::nullopt,
                                      std::vector<host::FingerprintSource> fingerprints = {}) {
        return host::verifyAudit(database(), ring(), {std::move(head), std::move(fingerprints), 100})
            .problems;
    }
    std::string head() {
        return database().read(
            [&](Transaction& transaction) { return host::toJson(log_->head(transaction)); });
    }

private:
    KeyHouse keys_;
    std::unique_ptr<host::AuditLog> log_;
};

} // namespace coffer::test
