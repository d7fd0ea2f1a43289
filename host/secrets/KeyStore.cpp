#include "host/secrets/KeyStore.h"

#include "host/secrets/Blob.h"

namespace coffer::host {

std::string_view toString(KeyState state) noexcept {
    switch (state) {
    case KeyState::active:
        return "active";
    case KeyState::retiring:
        return "retiring";
    case KeyState::retired:
        return "retired";
    }
    return "";
}

namespace key_store {

namespace {

constexpr std::string_view selectAll =
    "SELECT version, key_id, state, created_at, retired_at, sealed_count FROM secret_key ORDER BY version";
constexpr std::string_view selectOne =
    "SELECT version, key_id, state, created_at, retired_at, sealed_count FROM secret_key WHERE version = ?";
constexpr std::string_view selectActive =
    "SELECT version, key_id, state, created_at, retired_at, sealed_count FROM secret_key "
    "WHERE state = 'active'";

KeyVersion toVersion(const Rows& rows) {
    const std::string_view state = rows.text(2);
    return {rows.integer(0),
            rows.string(1),
            state == "active"     ? KeyState::active
            : state == "retiring" ? KeyState::retiring
                                  : KeyState::retired,
            rows.instant(3),
            rows.maybeInstant(4),
            rows.integer(5)};
}

std::optional<KeyVersion> firstOf(Rows rows) {
    if (!rows.next())
        return std::nullopt;
    return toVersion(rows);
}

} // namespace

std::vector<KeyVersion> versions(Transaction& transaction) {
    std::vector<KeyVersion> all;
    Rows rows = transaction.query(selectAll);
    while (rows.next())
        all.push_back(toVersion(rows));
    return all;
}

std::optional<KeyVersion> find(Transaction& transaction, std::int64_t version) {
    return firstOf(transaction.query(selectOne, version));
}

std::optional<KeyVersion> active(Transaction& transaction) {
    return firstOf(transaction.query(selectActive));
}

std::int64_t addActive(Transaction& transaction, std::string_view keyId) {
    transaction.execute("UPDATE secret_key SET state = 'retiring' WHERE state = 'active'");
    transaction.execute("INSERT INTO secret_key (key_id, state, created_at) VALUES (?, 'active', ?)", keyId,
                        transaction.now());
    return transaction.lastInsertId();
}

void markRetired(Transaction& transaction, std::int64_t version) {
    transaction.execute("UPDATE secret_key SET state = 'retired', retired_at = ? WHERE version = ?",
                        transaction.now(), version);
}

void addSealed(Transaction& transaction, std::int64_t version, std::int64_t difference) {
    transaction.execute("UPDATE secret_key SET sealed_count = sealed_count + ? WHERE version = ?", difference,
                        version);
}

std::string wrapped(Transaction& transaction, std::int64_t version) {
    Rows rows = transaction.query("SELECT wrapped FROM secret_wrapped WHERE version = ?", version);
    return rows.next() ? std::string(asText(rows.blob(0))) : std::string();
}

void putWrapped(Transaction& transaction, std::int64_t version, std::string_view wrapped) {
    transaction.execute("INSERT INTO secret_wrapped (version, wrapped) VALUES (?, ?) "
                        "ON CONFLICT (version) DO UPDATE SET wrapped = excluded.wrapped",
                        version, asBlob(wrapped));
}

bool anythingSealed(Transaction& transaction) {
    Rows rows =
        transaction.query("SELECT EXISTS (SELECT 1 FROM secret_owner) OR "
                          "EXISTS (SELECT 1 FROM secret_wrapped) OR EXISTS (SELECT 1 FROM secret_key)");
    return rows.next() && rows.boolean(0);
}

} // namespace key_store
} // namespace coffer::host
