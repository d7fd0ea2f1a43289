#pragma once

#include <coffer/sdk/Storage.h>

#include <span>
#include <string_view>

namespace coffer::host {

constexpr std::string_view auditSchemaOwner = "audit";

/// The tables of the audit log, for Database::migrate(auditSchemaOwner, auditMigrations()).
[[nodiscard]] std::span<const Migration> auditMigrations() noexcept;

} // namespace coffer::host
