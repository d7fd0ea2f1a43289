#include "store/CredentialStore.h"

#include "search/Document.h"
#include "store/AssociationStore.h"
#include "store/Schema.h"

#include <coffer/sdk/Json.h>

namespace coffer::backup_credentials::store {

namespace {

/// A query whose rows read() takes.
/// @param from  gives the credentials, as `c`
std::string selecting(std::string_view from, std::string_view where) {
    std::string sql =
        "SELECT c.id, c.organization, o.name, c.name, c.name_key, c.endpoint, c.region, c.access_key_id, "
        "c.secret_id, c.secret_version, c.secret_fingerprint, c.addressing, c.ca_certificate, c.bucket, "
        "c.keys_version, c.locked_at, c.locked_by, c.lock_reason, c.validation_state, c.validation_cause, "
        "c.validation_saw, c.validation_advice, c.validation_at, c.validation_failures, "
        "c.validation_failing_since, c.validation_since, c.project_count, c.created_at, c.created_by, "
        "c.modified_at, c.modified_by, c.version, d.credential_id IS NOT NULL FROM ";
    sql.append(from).append(" CROSS JOIN organization o ON o.id = c.organization LEFT JOIN "
                            "backup_credentials_default d ON d.credential_id = c.id ");
    return sql.append(where);
}

/// Reads into the one that was read before, so that its texts keep their memory.
void read(Transaction& transaction, const Rows& row, Credential& out) {
    int column = 0;
    out.id = row.integer(column++);
    out.organization = row.integer(column++);
    out.organizationName = row.text(column++);
    out.name = row.text(column++);
    out.nameKey = row.text(column++);
    out.endpoint = row.text(column++);
    out.region = row.text(column++);
    out.accessKeyId = row.text(column++);
    out.secret.id = row.integer(column++);
    out.secret.version = row.integer(column++);
    out.secretFingerprint = row.text(column++);
    out.addressing = addressingFromString(row.text(column++)).value_or(Addressing::automatic);
    out.caCertificate = row.text(column++);
    out.bucket = row.text(column++);
    out.keysVersion = row.integer(column++);
    out.lock.reset();
    if (const auto since = row.maybeInstant(column++))
        out.lock = Lock{*since, row.string(column), row.string(column + 1)};
    column += 2;
    out.validation.state =
        validationStateFromString(row.text(column++)).value_or(ValidationState::unverified);
    out.validation.cause = causeFromString(row.text(column++)).value_or(Cause::none);
    out.saw = row.text(column++);
    out.advice = row.text(column++);
    out.validation.probed = row.maybeInstant(column++);
    out.validation.failures = static_cast<int>(row.integer(column++));
    out.validation.failingSince = row.maybeInstant(column++);
    out.validation.since = row.maybeInstant(column++);
    out.projectCount = row.integer(column++);
    out.created.at = row.instant(column++);
    out.created.by = row.text(column++);
    out.modified.at = row.instant(column++);
    out.modified.by = row.text(column++);
    out.version = row.integer(column++);
    out.isDefault = row.boolean(column++);
    out.projects.clear();
    if (out.projectCount > 0)
        out.projects = projects(transaction, out.id, {}, projectsShown);
}

std::optional<Instant> lockedAt(const Credential& credential) {
    return credential.lock ? std::optional(credential.lock->since) : std::nullopt;
}
std::optional<std::string> lockedBy(const Credential& credential) {
    return credential.lock ? std::optional(credential.lock->by) : std::nullopt;
}
std::optional<std::string> lockReason(const Credential& credential) {
    return credential.lock ? std::optional(credential.lock->reason) : std::nullopt;
}

constexpr std::int64_t everyOrganization = 0; ///< of the counters

void countOneMore(Transaction& transaction, std::int64_t organization, std::string_view kind) {
    if (transaction.execute(
            "UPDATE backup_credentials_count SET n = n + 1 WHERE organization = ? AND kind = ?", organization,
            kind) == 0)
        transaction.execute("INSERT INTO backup_credentials_count (organization, kind, n) VALUES (?, ?, 1)",
                            organization, kind);
}

} // namespace

std::optional<Credential> find(Transaction& transaction, std::int64_t id) {
    static const std::string sql = selecting("backup_credentials_credential c", "WHERE c.id = ?");
    Rows row = transaction.query(sql, id);
    if (!row.next())
        return std::nullopt;
    std::optional<Credential> found(std::in_place);
    read(transaction, row, *found);
    return found;
}

void forEach(Transaction& transaction, const std::vector<std::int64_t>& ids,
             const std::function<void(const Credential&)>& take) {
    // In the order of the array: CROSS JOIN keeps SQLite from walking the tables in another one.
    static const std::string sql = selecting(
        "json_each(?) wanted CROSS JOIN backup_credentials_credential c ON c.id = wanted.value", "");
    JsonWriter wanted;
    wanted.beginArray();
    for (const auto id : ids)
        wanted.value(id);
    wanted.endArray();
    Credential credential;
    Rows rows = transaction.query(sql, wanted.text());
    while (rows.next()) {
        read(transaction, rows, credential);
        take(credential);
    }
}

std::optional<std::string> organizationName(Transaction& transaction, std::int64_t organization) {
    Rows row = transaction.query("SELECT name FROM organization WHERE id = ?", organization);
    return row.next() ? std::optional(row.string(0)) : std::nullopt;
}

std::optional<std::int64_t> idOfName(Transaction& transaction, std::int64_t organization,
                                     std::string_view nameKey) {
    Rows row = transaction.query(
        "SELECT id FROM backup_credentials_credential WHERE organization = ? AND name_key = ?", organization,
        nameKey);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

std::int64_t nextId(Transaction& transaction) {
    Rows row =
        transaction.query("SELECT seq + 1 FROM sqlite_sequence WHERE name = 'backup_credentials_credential'");
    return row.next() ? row.integer(0) : 1;
}

void insert(Transaction& transaction, const Credential& credential, Instant nextProbe) {
    guarded([&] {
        transaction.execute(
            "INSERT INTO backup_credentials_credential (id, organization, name, name_key, endpoint, region, "
            "access_key_id, secret_id, secret_version, secret_fingerprint, addressing, ca_certificate, "
            "bucket, validation_state, validation_cause, validation_saw, validation_advice, validation_at, "
            "validation_failures, validation_failing_since, validation_since, next_probe_at, created_at, "
            "created_by, modified_at, modified_by) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            credential.id, credential.organization, credential.name, credential.nameKey, credential.endpoint,
            credential.region, credential.accessKeyId, credential.secret.id, credential.secret.version,
            credential.secretFingerprint, toString(credential.addressing), credential.caCertificate,
            credential.bucket, toString(credential.validation.state), toString(credential.validation.cause),
            credential.saw, credential.advice, credential.validation.probed, credential.validation.failures,
            credential.validation.failingSince, credential.validation.since, nextProbe, credential.created.at,
            credential.created.by, credential.modified.at, credential.modified.by);
    });
    insertDocument(transaction, credential);
    for (const std::int64_t organization : {credential.organization, everyOrganization})
        for (const auto kind : {std::string_view("total"), toString(credential.validation.state)})
            countOneMore(transaction, organization, kind);
}

void update(Transaction& transaction, const Credential& credential) {
    guarded([&] {
        transaction.execute(
            "UPDATE backup_credentials_credential SET name = ?, name_key = ?, access_key_id = ?, "
            "secret_id = ?, secret_version = ?, secret_fingerprint = ?, addressing = ?, ca_certificate = ?, "
            "bucket = ?, keys_version = ?, modified_at = ?, modified_by = ?, version = ? WHERE id = ?",
            credential.name, credential.nameKey, credential.accessKeyId, credential.secret.id,
            credential.secret.version, credential.secretFingerprint, toString(credential.addressing),
            credential.caCertificate, credential.bucket, credential.keysVersion, credential.modified.at,
            credential.modified.by, credential.version, credential.id);
    });
    refreshDocument(transaction, credential.id);
}

void updateLock(Transaction& transaction, const Credential& credential) {
    guarded([&] {
        transaction.execute("UPDATE backup_credentials_credential SET locked_at = ?, locked_by = ?, "
                            "lock_reason = ?, modified_at = ?, modified_by = ?, version = ? WHERE id = ?",
                            lockedAt(credential), lockedBy(credential), lockReason(credential),
                            credential.modified.at, credential.modified.by, credential.version,
                            credential.id);
    });
}

void updateValidation(Transaction& transaction, const Credential& credential, Instant nextProbe) {
    transaction.execute(
        "UPDATE backup_credentials_credential SET validation_state = ?, validation_cause = ?, "
        "validation_saw = ?, validation_advice = ?, validation_at = ?, validation_failures = ?, "
        "validation_failing_since = ?, validation_since = ?, next_probe_at = ? WHERE id = ?",
        toString(credential.validation.state), toString(credential.validation.cause), credential.saw,
        credential.advice, credential.validation.probed, credential.validation.failures,
        credential.validation.failingSince, credential.validation.since, nextProbe, credential.id);
}

void remove(Transaction& transaction, std::int64_t id) {
    guarded([&] { transaction.execute("DELETE FROM backup_credentials_credential WHERE id = ?", id); });
}

std::optional<std::int64_t> defaultOf(Transaction& transaction, std::int64_t organization) {
    Rows row = transaction.query(
        "SELECT credential_id FROM backup_credentials_default WHERE organization = ?", organization);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

void makeDefault(Transaction& transaction, const Credential& credential) {
    guarded([&] {
        transaction.execute("INSERT INTO backup_credentials_default (organization, credential_id) "
                            "VALUES (?, ?) ON CONFLICT (organization) DO UPDATE SET "
                            "credential_id = excluded.credential_id",
                            credential.organization, credential.id);
    });
}

void clearDefault(Transaction& transaction, std::int64_t id) {
    transaction.execute("DELETE FROM backup_credentials_default WHERE credential_id = ?", id);
}

std::vector<Due> due(Transaction& transaction, std::size_t limit,
                     const std::vector<std::string>& busyEndpoints) {
    JsonWriter busy;
    busy.beginArray();
    for (const auto& endpoint : busyEndpoints)
        busy.value(endpoint);
    busy.endArray();
    std::vector<Due> out;
    Rows rows = transaction.query("SELECT id, endpoint FROM backup_credentials_credential "
                                  "INDEXED BY backup_credentials_due WHERE next_probe_at <= ? "
                                  "AND endpoint NOT IN (SELECT value FROM json_each(?)) "
                                  "ORDER BY next_probe_at LIMIT ?",
                                  transaction.now(), busy.text(), static_cast<std::int64_t>(limit));
    while (rows.next())
        out.push_back({rows.integer(0), rows.string(1)});
    return out;
}

std::int64_t count(Transaction& transaction, std::int64_t organization, std::string_view kind) {
    Rows row = transaction.query("SELECT n FROM backup_credentials_count WHERE organization = ? AND kind = ?",
                                 organization, kind);
    return row.next() ? row.integer(0) : 0;
}

} // namespace coffer::backup_credentials::store
