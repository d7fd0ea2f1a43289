#include "host/identity/OrganizationStore.h"

namespace coffer::host {

namespace {

Organization organizationOf(const Rows& rows) {
    return {rows.integer(0), rows.string(1), rows.instant(2), rows.string(3), rows.integer(4)};
}

} // namespace

std::string idsAsJson(const OrganizationScope& scope) {
    JsonWriter json;
    json.beginArray();
    for (const auto id : scope.organizations)
        json.value(id);
    json.endArray();
    return json.take();
}

std::optional<Organization> OrganizationStore::find(std::int64_t id) {
    Rows rows = transaction_.query(
        "SELECT id, name, created_at, created_by, version FROM organization WHERE id = ?", id);
    return rows.next() ? std::optional(organizationOf(rows)) : std::nullopt;
}

std::optional<std::int64_t> OrganizationStore::findByKey(std::string_view nameKey) {
    Rows rows = transaction_.query("SELECT id FROM organization WHERE name_key = ?", nameKey);
    return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

Page<Organization> OrganizationStore::list(const OrganizationScope& scope, PageRequest request) {
    const std::string ids = idsAsJson(scope);
    Page<Organization> page;
    Rows rows = transaction_.query("SELECT id, name, created_at, created_by, version FROM organization "
                                   "WHERE id > ?1 AND (?2 OR id IN (SELECT value FROM json_each(?3))) "
                                   "ORDER BY id LIMIT ?4",
                                   request.after, scope.all, ids, request.limit + 1);
    while (rows.next())
        page.items.push_back(organizationOf(rows));
    page.cut(request.limit);
    Rows total = transaction_.query(
        "SELECT count(*) FROM organization WHERE ?1 OR id IN (SELECT value FROM json_each(?2))", scope.all,
        ids);
    page.total = total.next() ? total.integer(0) : 0;
    return page;
}

std::int64_t OrganizationStore::insert(std::string_view name, std::string_view nameKey) {
    transaction_.execute(
        "INSERT INTO organization (name, name_key, created_at, created_by) VALUES (?, ?, ?, ?)", name,
        nameKey, transaction_.now(), transaction_.origin().principalName);
    return transaction_.lastInsertId();
}

void OrganizationStore::rename(std::int64_t id, std::string_view name, std::string_view nameKey) {
    transaction_.execute(
        "UPDATE organization SET name = ?2, name_key = ?3, version = version + 1 WHERE id = ?1", id, name,
        nameKey);
}

void OrganizationStore::remove(std::int64_t id) {
    transaction_.execute("DELETE FROM organization WHERE id = ?", id);
}

OrganizationStore::Use OrganizationStore::use(std::int64_t id) {
    Rows rows = transaction_.query("SELECT (SELECT count(*) FROM principal_role r JOIN principal p ON p.id = "
                                   "r.principal WHERE r.organization = ?1 AND p.robot = 0), "
                                   "(SELECT count(*) FROM robot WHERE organization = ?1)",
                                   id);
    return rows.next() ? Use{rows.integer(0), rows.integer(1)} : Use{};
}

std::vector<OrganizationStore::Reference> OrganizationStore::references(std::int64_t id) {
    struct Column {
        Reference reference;
        std::string sql;
    };
    std::vector<Column> columns;
    {
        // A plugin's tables begin with its id; the longest that fits, for one id may begin with another.
        Rows rows = transaction_.query(
            "SELECT max(m.owner), substr(t.name, length(m.owner) + 2), "
            "format('SELECT count(*) FROM \"%w\" WHERE \"%w\" = ?', t.name, f.\"from\") "
            "FROM sqlite_schema t, pragma_foreign_key_list(t.name) f "
            "JOIN (SELECT DISTINCT owner FROM schema_migration) m "
            "ON substr(t.name, 1, length(m.owner) + 1) = replace(m.owner, '-', '_') || '_' "
            "WHERE t.type = 'table' AND f.\"table\" = 'organization' "
            "AND f.on_delete IN ('NO ACTION', 'RESTRICT') GROUP BY t.name, f.\"from\" ORDER BY t.name");
        while (rows.next())
            columns.push_back({{rows.string(0), rows.string(1), 0}, rows.string(2)});
    }
    std::vector<Reference> out;
    for (auto& [reference, sql] : columns) {
        Rows row = transaction_.query(sql, id);
        reference.count = row.next() ? row.integer(0) : 0;
        if (reference.count > 0)
            out.push_back(std::move(reference));
    }
    return out;
}

} // namespace coffer::host
