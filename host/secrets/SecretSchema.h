#pragma once

#include <coffer/sdk/Storage.h>

#include <span>
#include <string_view>

namespace coffer::host {

constexpr std::string_view secretSchemaOwner = "secrets";

/// The tables of keys and sealed secrets, for Database::migrate(secretSchemaOwner, secretMigrations()).
[[nodiscard]] std::span<const Migration> secretMigrations() noexcept;

} // namespace coffer::host
