#pragma once

#include "service/Policy.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace coffer::projects::store {

// SQL about backup policies, for SQLite. As in ProjectStore.h.

/// Those of the project, by id, behind `after`.
[[nodiscard]] std::vector<Policy> policies(Transaction& transaction, std::int64_t project, std::int64_t after,
                                           std::size_t limit);
[[nodiscard]] std::optional<Policy> findPolicy(Transaction& transaction, std::int64_t project,
                                               std::int64_t id);
/// The policy of this project whose name folds to `nameKey`.
[[nodiscard]] std::optional<std::int64_t> idOfPolicyName(Transaction& transaction, std::int64_t project,
                                                         std::string_view nameKey);
/// @returns its id
[[nodiscard]] std::int64_t insertPolicy(Transaction& transaction, const Policy& policy);
/// All but its project and creation.
void updatePolicy(Transaction& transaction, const Policy& policy);
void removePolicy(Transaction& transaction, std::int64_t id);

} // namespace coffer::projects::store
