#pragma once

#include "service/Project.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::projects::store {

// SQL about single projects, for SQLite. Every function works inside the caller's transaction, knows no rule
// beyond what the tables hold themselves, and throws what Transaction throws; those that change something
// throw the Problem of the rule when the tables refuse it.

[[nodiscard]] std::optional<Project> find(Transaction& transaction, std::int64_t id);
/// Those with these ids, in this order; what is not there is left out.
[[nodiscard]] std::vector<Project> findAll(Transaction& transaction, const std::vector<std::int64_t>& ids);
[[nodiscard]] std::optional<std::string> organizationName(Transaction& transaction,
                                                          std::int64_t organization);
/// The project of this organization whose name folds to `nameKey`.
[[nodiscard]] std::optional<std::int64_t> idOfName(Transaction& transaction, std::int64_t organization,
                                                   std::string_view nameKey);

/// Stores a new one, without backup. @returns its id
[[nodiscard]] std::int64_t insert(Transaction& transaction, const Project& project);
/// Name, description, backup, modified and version.
void update(Transaction& transaction, const Project& project);
/// Its policies go with it.
void remove(Transaction& transaction, std::int64_t id);

} // namespace coffer::projects::store
