#include "host/identity/SessionStore.h"

namespace coffer::host {

namespace {

std::span<const std::byte> bytes(const LoginDigest& digest) noexcept {
    return digest;
}

SessionRecord sessionOf(const Rows& rows) {
    return {rows.integer(0), rows.integer(1), rows.integer(2),
            rows.instant(3), rows.instant(4), rows.instant(5)};
}

} // namespace

std::optional<SessionStore::Maker> SessionStore::findMaker(const LoginDigest& token) {
    Rows rows = transaction_.query("SELECT t.id, t.expires_at, p.id, p.name FROM token t JOIN principal p "
                                   "ON p.id = t.principal WHERE t.digest = ?1 AND t.revoked_at IS NULL "
                                   "AND (t.expires_at IS NULL OR t.expires_at > ?2)",
                                   bytes(token), transaction_.now());
    if (!rows.next())
        return std::nullopt;
    return Maker{rows.integer(0), rows.maybeInstant(1), {rows.integer(2), rows.string(3), false, {}, {}}};
}

std::optional<SessionStore::Found> SessionStore::find(const LoginDigest& digest) {
    Rows rows = transaction_.query(
        "SELECT s.id, s.principal, s.token, s.created_at, s.expires_at, s.last_used_at, p.name "
        "FROM session s JOIN token t ON t.id = s.token JOIN principal p ON p.id = s.principal "
        "WHERE s.digest = ?1 AND s.expires_at > ?2 AND t.revoked_at IS NULL "
        "AND (t.expires_at IS NULL OR t.expires_at > ?2)",
        bytes(digest), transaction_.now());
    if (!rows.next())
        return std::nullopt;
    return Found{sessionOf(rows), {rows.integer(1), rows.string(6), false, {}, {}}};
}

std::vector<SessionRecord> SessionStore::list(std::int64_t principal) {
    Rows rows =
        transaction_.query("SELECT s.id, s.principal, s.token, s.created_at, s.expires_at, s.last_used_at "
                           "FROM session s JOIN token t ON t.id = s.token "
                           "WHERE s.principal = ?1 AND s.expires_at > ?2 AND t.revoked_at IS NULL "
                           "AND (t.expires_at IS NULL OR t.expires_at > ?2) ORDER BY s.id",
                           principal, transaction_.now());
    std::vector<SessionRecord> all;
    while (rows.next())
        all.push_back(sessionOf(rows));
    return all;
}

SessionRecord SessionStore::insert(const Maker& maker, const LoginDigest& digest, Instant expiresAt) {
    const Instant now = transaction_.now();
    transaction_.execute(
        "INSERT INTO session (digest, principal, token, created_at, expires_at, last_used_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?4)",
        bytes(digest), maker.principal.id, maker.token, now, expiresAt);
    return {transaction_.lastInsertId(), maker.principal.id, maker.token, now, expiresAt, now};
}

void SessionStore::remove(std::int64_t id) {
    transaction_.execute("DELETE FROM session WHERE id = ?", id);
}

void SessionStore::setLastUse(std::int64_t id, Instant time) {
    transaction_.execute("UPDATE session SET last_used_at = ?2 WHERE id = ?1 AND last_used_at < ?2", id,
                         time);
}

bool SessionStore::anyDead(Instant idleSince) {
    return transaction_
        .query("SELECT 1 FROM session s JOIN token t ON t.id = s.token WHERE s.expires_at <= ?1 "
               "OR s.last_used_at < ?2 OR t.revoked_at IS NOT NULL OR t.expires_at <= ?1",
               transaction_.now(), idleSince)
        .next();
}

void SessionStore::removeDead(Instant idleSince) {
    transaction_.execute("DELETE FROM session WHERE expires_at <= ?1 OR last_used_at < ?2 OR token IN "
                         "(SELECT id FROM token WHERE revoked_at IS NOT NULL OR expires_at <= ?1)",
                         transaction_.now(), idleSince);
}

} // namespace coffer::host
