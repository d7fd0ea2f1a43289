#pragma once

#include "host/Settings.h"
#include "host/audit/AuditLog.h"
#include "host/secrets/KeyRing.h"
#include "host/secrets/Vault.h"
#include "host/storage/Database.h"

namespace coffer::host {

/// The data folder, opened: the database is migrated, its keys are unwrapped, and every change is chained
/// into the audit log. What the daemon and the commands that open the database for themselves have in common.
/// Any thread.
class DataFolder {
public:
    /// @throws std::exception with a sentence: another process has it, the key is missing or wrong, the file
    /// is newer
    DataFolder(const Settings& settings, Log& log, Metrics& metrics, WhenEmpty whenEmpty);

    Database database;
    KeyRing keys;
    Vault vault;
    AuditLog audit;

private:
    static Database& migrated(Database& database);
};

} // namespace coffer::host
