#include "store/PolicyStore.h"

#include "store/Schema.h"

#include <coffer/sdk/Json.h>

#include <string>

namespace coffer::projects::store {

namespace {

std::vector<std::string> listOf(Transaction& transaction, std::string_view array) {
    std::vector<std::string> out;
    Rows rows = transaction.query("SELECT value FROM json_each(?)", array);
    while (rows.next())
        out.push_back(rows.string(0));
    return out;
}

std::string arrayOf(const std::vector<std::string>& list) {
    JsonWriter json;
    json.beginArray();
    for (const auto& entry : list)
        json.value(entry);
    return json.endArray().take();
}

Policy policyOf(Transaction& transaction, const Rows& row) {
    Policy out;
    int column = 0;
    out.id = row.integer(column++);
    out.project = row.integer(column++);
    out.name = row.string(column++);
    out.nameKey = row.string(column++);
    out.cron = row.string(column++);
    out.timeZone = row.string(column++);
    out.retention = Retention(std::chrono::hours(row.integer(column++)));
    out.included = listOf(transaction, row.text(column++));
    out.excluded = listOf(transaction, row.text(column++));
    out.created = {row.instant(column), row.string(column + 1)};
    out.modified = {row.instant(column + 2), row.string(column + 3)};
    out.version = row.integer(column + 4);
    return out;
}

} // namespace

std::vector<Policy> policies(Transaction& transaction, std::int64_t project, std::int64_t after,
                             std::size_t limit) {
    std::vector<Policy> out;
    Rows rows = transaction.query(
        "SELECT id, project_id, name, name_key, cron, time_zone, retention, included, excluded, created_at, "
        "created_by, modified_at, modified_by, version FROM projects_policy "
        "WHERE project_id = ? AND id > ? ORDER BY id LIMIT ?",
        project, after, static_cast<std::int64_t>(limit));
    while (rows.next())
        out.push_back(policyOf(transaction, rows));
    return out;
}

std::optional<Policy> findPolicy(Transaction& transaction, std::int64_t project, std::int64_t id) {
    auto found = policies(transaction, project, id - 1, 1);
    if (found.empty() || found.front().id != id)
        return std::nullopt;
    return std::move(found.front());
}

std::optional<std::int64_t> idOfPolicyName(Transaction& transaction, std::int64_t project,
                                           std::string_view nameKey) {
    Rows row = transaction.query("SELECT id FROM projects_policy WHERE project_id = ? AND name_key = ?",
                                 project, nameKey);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

std::int64_t insertPolicy(Transaction& transaction, const Policy& policy) {
    guarded([&] {
        transaction.execute("INSERT INTO projects_policy (project_id, name, name_key, cron, time_zone, "
                            "retention, included, excluded, created_at, created_by, modified_at, "
                            "modified_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            policy.project, policy.name, policy.nameKey, policy.cron, policy.timeZone,
                            policy.retention.hours().count(), arrayOf(policy.included),
                            arrayOf(policy.excluded), policy.created.at, policy.created.by,
                            policy.modified.at, policy.modified.by);
    });
    return transaction.lastInsertId();
}

void updatePolicy(Transaction& transaction, const Policy& policy) {
    guarded([&] {
        transaction.execute("UPDATE projects_policy SET name = ?, name_key = ?, cron = ?, time_zone = ?, "
                            "retention = ?, included = ?, excluded = ?, modified_at = ?, modified_by = ?, "
                            "version = ? WHERE id = ?",
                            policy.name, policy.nameKey, policy.cron, policy.timeZone,
                            policy.retention.hours().count(), arrayOf(policy.included),
                            arrayOf(policy.excluded), policy.modified.at, policy.modified.by, policy.version,
                            policy.id);
    });
}

void removePolicy(Transaction& transaction, std::int64_t id) {
    transaction.execute("DELETE FROM projects_policy WHERE id = ?", id);
}

} // namespace coffer::projects::store
