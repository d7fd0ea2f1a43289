#include "host/identity/LoginStore.h"

#include "host/identity/OrganizationStore.h"

namespace coffer::host {

namespace {

std::span<const std::byte> bytes(const LoginDigest& digest) noexcept {
    return digest;
}

std::optional<LoginStore::Login> loginOf(Rows rows) {
    if (!rows.next())
        return std::nullopt;
    return LoginStore::Login{{rows.integer(0), rows.string(1), rows.boolean(2), {}, {}},
                             rows.maybeInstant(3)};
}

TokenRecord tokenOf(const Rows& rows) {
    return {rows.integer(0), rows.string(1),       rows.instant(2),
            rows.string(3),  rows.maybeInstant(4), rows.maybeInstant(5)};
}

Robot robotOf(const Rows& rows) {
    Robot robot;
    robot.id = rows.integer(0);
    robot.name = rows.string(1);
    robot.organization = rows.integer(2);
    robot.organizationName = rows.string(3);
    robot.role = roleFromString(rows.text(4)).value();
    robot.accessKeyId = rows.string(5);
    robot.usable = rows.boolean(6);
    robot.createdAt = rows.instant(7);
    robot.createdBy = rows.string(8);
    robot.version = rows.integer(9);
    return robot;
}

} // namespace

std::optional<LoginStore::Login> LoginStore::findByToken(const LoginDigest& digest) {
    return loginOf(
        transaction_.query("SELECT p.id, p.name, p.robot, t.expires_at FROM token t JOIN principal p "
                           "ON p.id = t.principal WHERE t.digest = ?1 AND t.revoked_at IS NULL "
                           "AND (t.expires_at IS NULL OR t.expires_at > ?2)",
                           bytes(digest), transaction_.now()));
}

std::optional<LoginStore::Login> LoginStore::findByRobot(const LoginDigest& digest) {
    return loginOf(transaction_.query("SELECT p.id, p.name, p.robot, NULL FROM robot r JOIN principal p "
                                      "ON p.id = r.principal WHERE r.digest = ?",
                                      bytes(digest)));
}

std::optional<TokenRecord> LoginStore::findToken(std::int64_t principal, std::int64_t tokenId) {
    Rows rows =
        transaction_.query("SELECT id, name, created_at, created_by, expires_at, revoked_at FROM token "
                           "WHERE id = ? AND principal = ?",
                           tokenId, principal);
    return rows.next() ? std::optional(tokenOf(rows)) : std::nullopt;
}

Page<TokenRecord> LoginStore::listTokens(std::int64_t principal, PageRequest request) {
    Page<TokenRecord> page;
    Rows rows =
        transaction_.query("SELECT id, name, created_at, created_by, expires_at, revoked_at FROM token "
                           "WHERE principal = ? AND id > ? ORDER BY id LIMIT ?",
                           principal, request.after, request.limit + 1);
    while (rows.next())
        page.items.push_back(tokenOf(rows));
    page.cut(request.limit);
    Rows total = transaction_.query("SELECT count(*) FROM token WHERE principal = ?", principal);
    page.total = total.next() ? total.integer(0) : 0;
    return page;
}

std::int64_t LoginStore::countLiveTokens(std::int64_t principal) {
    Rows rows = transaction_.query("SELECT count(*) FROM token WHERE principal = ? AND revoked_at IS NULL "
                                   "AND (expires_at IS NULL OR expires_at > ?)",
                                   principal, transaction_.now());
    return rows.next() ? rows.integer(0) : 0;
}

std::int64_t LoginStore::insertToken(std::int64_t principal, std::string_view name, const LoginDigest& digest,
                                     std::optional<Instant> expiresAt) {
    transaction_.execute("INSERT INTO token (principal, name, digest, created_at, created_by, expires_at) "
                         "VALUES (?, ?, ?, ?, ?, ?)",
                         principal, name, bytes(digest), transaction_.now(),
                         transaction_.origin().principalName, expiresAt);
    return transaction_.lastInsertId();
}

void LoginStore::revokeToken(std::int64_t tokenId) {
    transaction_.execute("UPDATE token SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL", tokenId,
                         transaction_.now());
}

void LoginStore::forgetDeadTokens(std::int64_t principal, Instant time) {
    transaction_.execute("DELETE FROM token WHERE principal = ?1 AND (revoked_at < ?2 OR expires_at < ?2)",
                         principal, time);
}

LoginStore::Revoked LoginStore::revokeEverything() {
    const auto tokens =
        transaction_.execute("UPDATE token SET revoked_at = ? WHERE revoked_at IS NULL", transaction_.now());
    const auto robots = transaction_.execute("UPDATE robot SET digest = NULL WHERE digest IS NOT NULL");
    const auto sessions = transaction_.execute("DELETE FROM session");
    return {tokens, robots, sessions};
}

std::optional<Robot> LoginStore::findRobot(std::int64_t id) {
    Rows rows = transaction_.query(
        "SELECT p.id, p.name, b.organization, o.name, r.role, b.access_key_id, b.digest IS NOT NULL, "
        "p.created_at, p.created_by, p.version FROM robot b JOIN principal p ON p.id = b.principal "
        "JOIN organization o ON o.id = b.organization JOIN principal_role r ON r.principal = p.id "
        "WHERE b.principal = ?",
        id);
    return rows.next() ? std::optional(robotOf(rows)) : std::nullopt;
}

bool LoginStore::robotNameTaken(std::int64_t organization, std::string_view nameKey) {
    return transaction_
        .query("SELECT 1 FROM robot WHERE organization = ? AND name_key = ?", organization, nameKey)
        .next();
}

Page<Robot> LoginStore::listRobots(const OrganizationScope& scope, PageRequest request) {
    const std::string ids = idsAsJson(scope);
    Page<Robot> page;
    Rows rows = transaction_.query(
        "SELECT p.id, p.name, b.organization, o.name, r.role, b.access_key_id, b.digest IS NOT NULL, "
        "p.created_at, p.created_by, p.version FROM robot b JOIN principal p ON p.id = b.principal "
        "JOIN organization o ON o.id = b.organization JOIN principal_role r ON r.principal = p.id "
        "WHERE b.principal > ?1 AND (?2 OR b.organization IN (SELECT value FROM json_each(?3))) "
        "ORDER BY b.principal LIMIT ?4",
        request.after, scope.all, ids, request.limit + 1);
    while (rows.next())
        page.items.push_back(robotOf(rows));
    page.cut(request.limit);
    Rows total = transaction_.query(
        "SELECT count(*) FROM robot WHERE ?1 OR organization IN (SELECT value FROM json_each(?2))", scope.all,
        ids);
    page.total = total.next() ? total.integer(0) : 0;
    return page;
}

void LoginStore::insertRobot(std::int64_t principal, std::int64_t organization, std::string_view nameKey,
                             std::string_view accessKeyId, const LoginDigest& digest) {
    transaction_.execute("INSERT INTO robot (principal, organization, name_key, access_key_id, digest) "
                         "VALUES (?, ?, ?, ?, ?)",
                         principal, organization, nameKey, accessKeyId, bytes(digest));
}

void LoginStore::replaceRobotSecret(std::int64_t robot, const LoginDigest& digest) {
    transaction_.execute("UPDATE robot SET digest = ?2 WHERE principal = ?1", robot, bytes(digest));
    transaction_.execute("UPDATE principal SET version = version + 1 WHERE id = ?", robot);
}

} // namespace coffer::host
