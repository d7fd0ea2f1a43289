#include "host/identity/PrincipalStore.h"

#include "host/identity/OrganizationStore.h"

namespace coffer::host {

namespace {

PrincipalRecord principalOf(const Rows& rows) {
    return {rows.integer(0),
            rows.string(1),
            rows.boolean(2),
            rows.instant(3),
            rows.string(4),
            rows.integer(5),
            {}};
}

Role roleOf(std::string_view text) {
    // The table's CHECK lets nothing else in.
    return roleFromString(text).value();
}

} // namespace

bool PrincipalStore::anyExists() {
    return transaction_.query("SELECT 1 FROM principal LIMIT 1").next();
}

std::optional<PrincipalRecord> PrincipalStore::find(std::int64_t id) {
    std::optional<PrincipalRecord> found;
    {
        Rows rows = transaction_.query(
            "SELECT id, name, robot, created_at, created_by, version FROM principal WHERE id = ?", id);
        if (rows.next())
            found = principalOf(rows);
    }
    if (found)
        found->roles = roles(id);
    return found;
}

Page<PrincipalRecord> PrincipalStore::list(const Visibility& visibility, PageRequest request) {
    const std::string ids = idsAsJson(visibility.scope);
    Page<PrincipalRecord> page;
    {
        Rows rows = transaction_.query(
            "SELECT id, name, robot, created_at, created_by, version FROM principal p "
            "WHERE id > ?1 AND robot = 0 AND (?2 OR "
            " (EXISTS (SELECT 1 FROM principal_role r WHERE r.principal = p.id) AND NOT EXISTS "
            "  (SELECT 1 FROM principal_role r WHERE r.principal = p.id AND (r.role = 'administrator' OR NOT "
            "   (?3 OR ifnull(r.organization, 0) IN (SELECT value FROM json_each(?4))))))) "
            "ORDER BY id LIMIT ?5",
            request.after, visibility.everyone, visibility.scope.all, ids, request.limit + 1);
        while (rows.next())
            page.items.push_back(principalOf(rows));
    }
    page.cut(request.limit);
    for (PrincipalRecord& principal : page.items)
        principal.roles = roles(principal.id);
    Rows total = transaction_.query(
        "SELECT count(*) FROM principal p WHERE robot = 0 AND (?1 OR "
        " (EXISTS (SELECT 1 FROM principal_role r WHERE r.principal = p.id) AND NOT EXISTS "
        "  (SELECT 1 FROM principal_role r WHERE r.principal = p.id AND (r.role = 'administrator' OR NOT "
        "   (?2 OR ifnull(r.organization, 0) IN (SELECT value FROM json_each(?3)))))))",
        visibility.everyone, visibility.scope.all, ids);
    page.total = total.next() ? total.integer(0) : 0;
    return page;
}

std::int64_t PrincipalStore::insert(std::string_view name, bool robot) {
    transaction_.execute("INSERT INTO principal (name, robot, created_at, created_by) VALUES (?, ?, ?, ?)",
                         name, robot, transaction_.now(), transaction_.origin().principalName);
    return transaction_.lastInsertId();
}

void PrincipalStore::rename(std::int64_t id, std::string_view name) {
    transaction_.execute("UPDATE principal SET name = ?2, version = version + 1 WHERE id = ?1", id, name);
}

void PrincipalStore::raiseVersion(std::int64_t id) {
    transaction_.execute("UPDATE principal SET version = version + 1 WHERE id = ?", id);
}

void PrincipalStore::remove(std::int64_t id) {
    transaction_.execute("DELETE FROM principal WHERE id = ?", id);
}

std::vector<RoleRecord> PrincipalStore::roles(std::int64_t principal) {
    std::vector<RoleRecord> found;
    Rows rows = transaction_.query("SELECT r.id, r.role, ifnull(r.organization, 0), ifnull(o.name, '') "
                                   "FROM principal_role r LEFT JOIN organization o ON o.id = r.organization "
                                   "WHERE r.principal = ? ORDER BY r.id",
                                   principal);
    while (rows.next())
        found.push_back({rows.integer(0), {roleOf(rows.text(1)), rows.integer(2)}, rows.string(3)});
    return found;
}

std::int64_t PrincipalStore::insertRole(std::int64_t principal, RoleGrant grant) {
    const auto organization = grant.organization == 0 ? std::nullopt : std::optional(grant.organization);
    transaction_.execute("INSERT INTO principal_role (principal, role, organization) VALUES (?, ?, ?)",
                         principal, toString(grant.role), organization);
    return transaction_.lastInsertId();
}

void PrincipalStore::removeRole(std::int64_t roleId) {
    transaction_.execute("DELETE FROM principal_role WHERE id = ?", roleId);
}

std::optional<std::int64_t> PrincipalStore::firstAdministrator() {
    Rows rows = transaction_.query("SELECT min(principal) FROM principal_role WHERE role = 'administrator'");
    return rows.next() ? rows.maybeInteger(0) : std::nullopt;
}

std::int64_t PrincipalStore::ableAdministrators(Instant time) {
    Rows rows =
        transaction_.query("SELECT count(*) FROM principal_role r WHERE r.role = 'administrator' AND EXISTS "
                           "(SELECT 1 FROM token t WHERE t.principal = r.principal AND t.revoked_at IS NULL "
                           " AND (t.expires_at IS NULL OR t.expires_at > ?))",
                           time);
    return rows.next() ? rows.integer(0) : 0;
}

std::vector<GrantRecord> PrincipalStore::grants(std::int64_t principal) {
    std::vector<GrantRecord> found;
    Rows rows =
        transaction_.query("SELECT id, permission, object, created_at, created_by FROM principal_grant "
                           "WHERE principal = ? ORDER BY id",
                           principal);
    while (rows.next())
        found.push_back({rows.integer(0), {rows.string(1), rows.string(2)}, rows.instant(3), rows.string(4)});
    return found;
}

std::int64_t PrincipalStore::insertGrant(std::int64_t principal, const NamedGrant& grant) {
    transaction_.execute(
        "INSERT INTO principal_grant (principal, permission, object, created_at, created_by) "
        "VALUES (?, ?, ?, ?, ?)",
        principal, grant.permission, grant.object, transaction_.now(), transaction_.origin().principalName);
    return transaction_.lastInsertId();
}

void PrincipalStore::removeGrant(std::int64_t grantId) {
    transaction_.execute("DELETE FROM principal_grant WHERE id = ?", grantId);
}

std::optional<Principal> PrincipalStore::load(std::int64_t id) {
    std::optional<Principal> principal;
    {
        Rows rows = transaction_.query("SELECT name, robot FROM principal WHERE id = ?", id);
        if (rows.next())
            principal = Principal{id, rows.string(0), rows.boolean(1), {}, {}};
    }
    if (principal)
        loadRights(*principal);
    return principal;
}

void PrincipalStore::loadRights(Principal& principal) {
    Rows rows = transaction_.query(
        "SELECT role, ifnull(organization, 0), NULL, NULL FROM principal_role WHERE principal = ?1 "
        "UNION ALL SELECT NULL, 0, permission, object FROM principal_grant WHERE principal = ?1",
        principal.id);
    while (rows.next()) {
        if (rows.isNull(0))
            principal.named.push_back({rows.string(2), rows.string(3)});
        else
            principal.roles.push_back({roleOf(rows.text(0)), rows.integer(1)});
    }
}

} // namespace coffer::host
