#include "store/ProjectStore.h"

#include "store/Schema.h"

#include <coffer/sdk/Json.h>

namespace coffer::projects::store {

namespace {

/// A query whose rows projectOf() takes.
/// @param from  gives the projects, as `p`
std::string selecting(std::string_view from, std::string_view where) {
    std::string sql =
        "SELECT p.id, p.organization, o.name, p.name, p.name_key, p.description, p.credential_id, p.bucket, "
        "p.prefix, p.overridden, p.backup_since, p.backup_by, p.created_at, p.created_by, p.modified_at, "
        "p.modified_by, p.version, (SELECT count(*) FROM projects_policy y WHERE y.project_id = p.id) FROM ";
    sql.append(from).append(" CROSS JOIN organization o ON o.id = p.organization ");
    return sql.append(where);
}

Project projectOf(const Rows& row) {
    Project out;
    int column = 0;
    out.id = row.integer(column++);
    out.organization = row.integer(column++);
    out.organizationName = row.string(column++);
    out.name = row.string(column++);
    out.nameKey = row.string(column++);
    out.description = row.string(column++);
    if (!row.isNull(column))
        out.backup = Backup{row.integer(column),
                            row.string(column + 1),
                            row.string(column + 2),
                            row.boolean(column + 3),
                            {row.instant(column + 4), row.string(column + 5)}};
    column += 6;
    out.created = {row.instant(column), row.string(column + 1)};
    out.modified = {row.instant(column + 2), row.string(column + 3)};
    out.version = row.integer(column + 4);
    out.policyCount = row.integer(column + 5);
    return out;
}

/// What search looks at: each field on a line of its own, so that nothing is found across two.
std::string searchText(const Project& project) {
    return project.nameKey + "\n" + foldedText(project.description).value_or("") + "\n" + project.idText();
}

} // namespace

std::optional<Project> find(Transaction& transaction, std::int64_t id) {
    static const std::string sql = selecting("projects_project p", "WHERE p.id = ?");
    Rows row = transaction.query(sql, id);
    return row.next() ? std::optional(projectOf(row)) : std::nullopt;
}

std::vector<Project> findAll(Transaction& transaction, const std::vector<std::int64_t>& ids) {
    // In the order of the array: CROSS JOIN keeps SQLite from walking the tables in another one.
    static const std::string sql =
        selecting("json_each(?) wanted CROSS JOIN projects_project p ON p.id = wanted.value", "");
    JsonWriter wanted;
    wanted.beginArray();
    for (const auto id : ids)
        wanted.value(id);
    wanted.endArray();
    std::vector<Project> out;
    out.reserve(ids.size());
    Rows rows = transaction.query(sql, wanted.text());
    while (rows.next())
        out.push_back(projectOf(rows));
    return out;
}

std::optional<std::string> organizationName(Transaction& transaction, std::int64_t organization) {
    Rows row = transaction.query("SELECT name FROM organization WHERE id = ?", organization);
    return row.next() ? std::optional(row.string(0)) : std::nullopt;
}

std::optional<std::int64_t> idOfName(Transaction& transaction, std::int64_t organization,
                                     std::string_view nameKey) {
    Rows row = transaction.query("SELECT id FROM projects_project WHERE organization = ? AND name_key = ?",
                                 organization, nameKey);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

std::int64_t insert(Transaction& transaction, const Project& project) {
    Project stored = project;
    guarded([&] {
        transaction.execute(
            "INSERT INTO projects_project (organization, name, name_key, description, search_text, "
            "created_at, created_by, modified_at, modified_by) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?)",
            project.organization, project.name, project.nameKey, project.description, project.created.at,
            project.created.by, project.modified.at, project.modified.by);
    });
    stored.id = transaction.lastInsertId();
    transaction.execute("UPDATE projects_project SET search_text = ? WHERE id = ?", searchText(stored),
                        stored.id);
    return stored.id;
}

void update(Transaction& transaction, const Project& project) {
    std::optional<std::int64_t> credential;
    std::optional<std::string> bucket;
    std::optional<std::string> prefix;
    std::optional<bool> overridden;
    std::optional<Instant> since;
    std::optional<std::string> by;
    if (const auto& backup = project.backup) {
        credential = backup->credential;
        bucket = backup->bucket;
        prefix = backup->prefix;
        overridden = backup->overridden;
        since = backup->since.at;
        by = backup->since.by;
    }
    guarded([&] {
        transaction.execute("UPDATE projects_project SET name = ?, name_key = ?, description = ?, "
                            "search_text = ?, credential_id = ?, bucket = ?, prefix = ?, overridden = ?, "
                            "backup_since = ?, backup_by = ?, modified_at = ?, modified_by = ?, version = ? "
                            "WHERE id = ?",
                            project.name, project.nameKey, project.description, searchText(project),
                            credential, bucket, prefix, overridden, since, by, project.modified.at,
                            project.modified.by, project.version, project.id);
    });
}

void remove(Transaction& transaction, std::int64_t id) {
    guarded([&] { transaction.execute("DELETE FROM projects_project WHERE id = ?", id); });
}

} // namespace coffer::projects::store
