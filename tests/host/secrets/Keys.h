#pragma once

#include "host/secrets/KeyRing.h"
#include "host/secrets/SecretSchema.h"
#include "host/secrets/Vault.h"
#include "host/storage/Database.h"
#include "tests/host/storage/PatientOptions.h"
#include "tests/support/Telemetry.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/sdk/Problem.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coffer::test {

/// A database with keys in a folder of its own; it can be closed and opened again, as a restart does.
class KeyHouse {
public:
    explicit KeyHouse(std::filesystem::path folder) : folder_(std::move(folder)) {
        if (!std::filesystem::exists(folder_ / "key"))
            (void)host::KeyEncryptionKey::generate(folder_ / "key");
        open();
    }

    void open() {
        host::DatabaseOptions options = patientOptions(file());
        options.scrubAfter = std::chrono::milliseconds{50};
        database_ = std::make_unique<host::Database>(options, log, metrics);
        database_->migrate(host::secretSchemaOwner, host::secretMigrations());
        database_->setRecorder([this](Transaction&, const AuditEvent& event) {
            const std::lock_guard lock(mutex_);
            events_.push_back(event.action);
        });
        ring_ = std::make_unique<host::KeyRing>(*database_, kek(), std::nullopt, log);
        vault_ = std::make_unique<host::Vault>(*ring_);
    }
    void close() {
        vault_.reset();
        ring_.reset();
        database_.reset();
    }

    [[nodiscard]] host::KeyEncryptionKey kek() const {
        return host::KeyEncryptionKey::fromFile(folder_ / "key");
    }
    [[nodiscard]] host::Database& database() { return *database_; }
    [[nodiscard]] host::KeyRing& ring() { return *ring_; }
    [[nodiscard]] std::shared_ptr<SecretVault> vault(const std::string& plugin = "tests") {
        return vault_->forPlugin(plugin);
    }
    [[nodiscard]] std::filesystem::path folder() const { return folder_; }
    [[nodiscard]] std::filesystem::path file() const { return folder_ / "coffer.db"; }

    template <class F>
    auto write(F closure) {
        return database_->write(Origin::system("test"), std::move(closure));
    }
    template <class F>
    auto read(F closure) {
        return database_->read(std::move(closure));
    }
    /// Runs SQL past every rule, as someone with the file in hand would.
    void tamper(const std::string& sql) {
        write([&](Transaction& transaction) {
            for (const char* trigger : {"secret_slot_stays", "secret_slot_keeps_its_size"})
                transaction.execute("DROP TRIGGER IF EXISTS " + std::string(trigger));
            transaction.execute(sql);
            return 0;
        });
    }
    [[nodiscard]] bool recorded(const std::string& action) {
        const std::lock_guard lock(mutex_);
        return std::ranges::find(events_, action) != events_.end();
    }

    RecordingLog log;
    NoMetrics metrics;

private:
    std::filesystem::path folder_;
    std::mutex mutex_;
    std::vector<std::string> events_;
    std::unique_ptr<host::Database> database_;
    std::unique_ptr<host::KeyRing> ring_;
    std::unique_ptr<host::Vault> vault_;
};

/// The code of the Problem that `act` throws; empty when it throws none.
template <class Act>
std::string problemOf(Act act) {
    try {
        act();
    } catch (const Problem& problem) {
        return problem.code();
    }
    return {};
}

/// What the exception that `act` throws says; empty when it throws none.
template <class Act>
std::string errorOf(Act act) {
    try {
        act();
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

} // namespace coffer::test
