#include "host/DataFolder.h"

#include "host/audit/AuditSchema.h"
#include "host/http/Idempotency.h"
#include "host/identity/IdentityMigrations.h"
#include "host/plugin/DisabledPlugins.h"
#include "host/secrets/SecretSchema.h"

namespace coffer::host {

namespace {

std::optional<KeyEncryptionKey> previousKey(const Settings& settings) {
    return settings.previousKey ? std::optional(settings.previousKey->load()) : std::nullopt;
}

/// Before the keys: a daemon that has none must not leave an empty database behind.
DatabaseOptions afterLookingForTheKey(const Settings& settings) {
    (void)settings.key.load();
    return settings.database;
}

} // namespace

DataFolder::DataFolder(const Settings& settings, Log& log, Metrics& metrics, WhenEmpty whenEmpty)
    : database(afterLookingForTheKey(settings), log, metrics),
      keys(migrated(database), settings.key.load(), previousKey(settings), log, whenEmpty), vault(keys),
      audit(database, keys, metrics) {
    database.setRecorder(
        [this](Transaction& transaction, const AuditEvent& event) { audit.append(transaction, event); });
    keys.adoptCurrentKey();
}

Database& DataFolder::migrated(Database& database) {
    database.migrate(identityOwner, identityMigrations());
    database.migrate(secretSchemaOwner, secretMigrations());
    database.migrate(auditSchemaOwner, auditMigrations());
    database.migrate("http", IdempotencyStore::migrations());
    database.migrate(pluginSchemaOwner, pluginMigrations());
    return database;
}

} // namespace coffer::host
