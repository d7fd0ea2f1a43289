#pragma once

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Time.h>

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace coffer::host {

/// Since when a plugin is disabled, and by whom. Values only.
struct Disabling {
    Instant since;
    std::string by; ///< the principal's name
};

inline constexpr std::string_view pluginSchemaOwner = "plugins";
/// The table of disabled plugins, for Database::migrate(pluginSchemaOwner, pluginMigrations()).
[[nodiscard]] std::span<const Migration> pluginMigrations() noexcept;

/// The plugins that an administrator disabled: what outlives the daemon. SQL only; the rules and the audit
/// records are PluginHost's.
namespace disabled_plugins {

/// By plugin id. It may name plugins that are no longer configured.
[[nodiscard]] std::map<std::string, Disabling, std::less<>> all(Transaction& transaction);
/// Now, by the transaction's origin. It takes the place of one that is there already.
Disabling add(Transaction& transaction, std::string_view plugin);
void remove(Transaction& transaction, std::string_view plugin);

} // namespace disabled_plugins

} // namespace coffer::host
