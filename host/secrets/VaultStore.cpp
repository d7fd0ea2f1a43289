#include "host/secrets/VaultStore.h"

#include "host/secrets/Blob.h"

namespace coffer::host::vault_store {

namespace {

constexpr std::string_view selectOne =
    "SELECT o.id, o.slot, o.plugin, o.organization, o.record, o.field, o.version, o.key_version, s.sealed "
    "FROM secret_owner o LEFT JOIN secret_slot s ON s.slot = o.slot WHERE o.id = ?";
constexpr std::string_view selectNotUnder =
    "SELECT o.id, o.slot, o.plugin, o.organization, o.record, o.field, o.version, o.key_version, s.sealed "
    "FROM secret_owner o LEFT JOIN secret_slot s ON s.slot = o.slot "
    "WHERE o.id > ?2 AND o.key_version <> ?1 ORDER BY o.id LIMIT ?3";

StoredSecret toSecret(const Rows& rows) {
    return {
        rows.integer(0), rows.integer(1), rows.string(2),
        rows.integer(3), rows.string(4),  rows.string(5),
        rows.integer(6), rows.integer(7), rows.isNull(8) ? std::string() : std::string(asText(rows.blob(8)))};
}

std::optional<std::int64_t> takeFreeSlot(Transaction& transaction, std::size_t size) {
    Rows rows = transaction.query("SELECT slot FROM secret_free WHERE size = ? ORDER BY slot LIMIT 1", size);
    return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

/// One sentence for each row of a query that gives ids, at most ten.
void report(Transaction& transaction, std::string_view sql, std::string_view sentence,
            std::vector<std::string>& problems) {
    Rows rows = transaction.query(sql);
    while (rows.next())
        problems.push_back(std::string(sentence) + std::to_string(rows.integer(0)) + ".");
}

} // namespace

std::optional<StoredSecret> find(Transaction& transaction, std::int64_t id) {
    Rows rows = transaction.query(selectOne, id);
    if (!rows.next())
        return std::nullopt;
    return toSecret(rows);
}

std::int64_t nextId(Transaction& transaction) {
    Rows row = transaction.query("SELECT seq + 1 FROM sqlite_sequence WHERE name = 'secret_owner'");
    return row.next() ? row.integer(0) : 1;
}

void addOwner(Transaction& transaction, const StoredSecret& secret) {
    transaction.execute(
        "INSERT INTO secret_owner (id, slot, plugin, organization, record, field, version, key_version) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        secret.id, secret.slot, secret.plugin, secret.organization, secret.record, secret.field,
        secret.version, secret.keyVersion);
}

void updateOwner(Transaction& transaction, std::int64_t id, std::int64_t slot, std::int64_t version,
                 std::int64_t keyVersion) {
    transaction.execute("UPDATE secret_owner SET slot = ?, version = ?, key_version = ? WHERE id = ?", slot,
                        version, keyVersion, id);
}

void removeOwner(Transaction& transaction, std::int64_t id) {
    transaction.execute("DELETE FROM secret_owner WHERE id = ?", id);
}

std::int64_t fill(Transaction& transaction, std::string_view sealed) {
    if (const auto slot = takeFreeSlot(transaction, sealed.size())) {
        transaction.execute("DELETE FROM secret_free WHERE slot = ?", *slot);
        overwrite(transaction, *slot, sealed);
        return *slot;
    }
    transaction.execute("INSERT INTO secret_slot (sealed) VALUES (?)", asBlob(sealed));
    return transaction.lastInsertId();
}

void overwrite(Transaction& transaction, std::int64_t slot, std::string_view sealed) {
    transaction.execute("UPDATE secret_slot SET sealed = ? WHERE slot = ?", asBlob(sealed), slot);
}

void vacate(Transaction& transaction, std::int64_t slot, std::size_t size) {
    overwrite(transaction, slot, std::string(size, '\0'));
    transaction.execute("INSERT INTO secret_free (slot, size) VALUES (?, ?)", slot, size);
}

std::vector<StoredSecret> notUnder(Transaction& transaction, std::int64_t keyVersion, std::int64_t position,
                                   std::int64_t limit) {
    std::vector<StoredSecret> secrets;
    Rows rows = transaction.query(selectNotUnder, keyVersion, position, limit);
    while (rows.next())
        secrets.push_back(toSecret(rows));
    return secrets;
}

std::int64_t countNotUnder(Transaction& transaction, std::int64_t keyVersion) {
    Rows rows = transaction.query("SELECT coalesce(sum(sealed_count), 0) FROM secret_key WHERE version <> ?",
                                  keyVersion);
    return rows.next() ? rows.integer(0) : 0;
}

std::vector<std::string> check(Transaction& transaction) {
    std::vector<std::string> problems;
    report(transaction,
           "SELECT o.id FROM secret_owner o LEFT JOIN secret_slot s ON s.slot = o.slot "
           "WHERE s.slot IS NULL LIMIT 10",
           "The vault lost the ciphertext of secret ", problems);
    report(transaction, "SELECT o.id FROM secret_owner o JOIN secret_free f ON f.slot = o.slot LIMIT 10",
           "The vault's free list names the slot of secret ", problems);
    report(transaction,
           "SELECT k.version FROM secret_key k WHERE k.sealed_count <> "
           "(SELECT count(*) FROM secret_owner o WHERE o.key_version = k.version) LIMIT 10",
           "The vault miscounts what is sealed under key version ", problems);
    return problems;
}

} // namespace coffer::host::vault_store
