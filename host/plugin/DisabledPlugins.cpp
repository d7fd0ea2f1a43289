#include "host/plugin/DisabledPlugins.h"

#include <array>

namespace coffer::host {

std::span<const Migration> pluginMigrations() noexcept {
    static constexpr std::array<Migration, 1> steps{{{1, "plugins that are disabled", R"sql(
CREATE TABLE plugin_disabled (
    id    TEXT    PRIMARY KEY,
    since INTEGER NOT NULL,
    "by"  TEXT    NOT NULL
) STRICT;
)sql"}}};
    return steps;
}

namespace disabled_plugins {

std::map<std::string, Disabling, std::less<>> all(Transaction& transaction) {
    std::map<std::string, Disabling, std::less<>> found;
    auto rows = transaction.query(R"(SELECT id, since, "by" FROM plugin_disabled)");
    while (rows.next())
        found.emplace(rows.string(0), Disabling{rows.instant(1), rows.string(2)});
    return found;
}

Disabling add(Transaction& transaction, std::string_view plugin) {
    Disabling disabling{transaction.now(), transaction.origin().principalName};
    transaction.execute(R"(INSERT INTO plugin_disabled (id, since, "by") VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET since = excluded.since, "by" = excluded."by")",
                        plugin, disabling.since, disabling.by);
    return disabling;
}

void remove(Transaction& transaction, std::string_view plugin) {
    transaction.execute("DELETE FROM plugin_disabled WHERE id = ?", plugin);
}

} // namespace disabled_plugins

} // namespace coffer::host
