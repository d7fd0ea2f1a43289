#pragma once

#include <coffer/sdk/Storage.h>

#include <span>
#include <string_view>

namespace coffer::host {

/// Who owns the migrations below in the database's list of what was applied.
inline constexpr std::string_view identityOwner = "identity";

/// The tables of organizations, principals, robots, roles, grants and tokens. Plugins may reference
/// `organization(id)` and read `organization(id, name)`; the other tables are nobody else's.
[[nodiscard]] std::span<const Migration> identityMigrations() noexcept;

} // namespace coffer::host
