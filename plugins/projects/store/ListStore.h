#pragma once

#include "service/Listing.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>

namespace coffer::projects::store {

// SQL that lists, searches and counts projects, for SQLite. A page costs the same wherever it lies: it is
// walked along an index from the position where the page before it ended. As in ProjectStore.h.

[[nodiscard]] ListedIds list(Transaction& transaction, const Listing& listing);
/// Exact, from the counters.
[[nodiscard]] std::int64_t count(Transaction& transaction, const ProjectFilter& filter);

} // namespace coffer::projects::store
