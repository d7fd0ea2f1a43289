#pragma once

#include "search/Listing.h"
#include "search/Query.h"

#include <coffer/sdk/Storage.h>

#include <vector>

namespace coffer::backup_credentials::store {

// SQL that lists and searches credentials, for SQLite. A page costs the same wherever it lies: it is walked
// along an index from the position where the page before it ended. As in CredentialStore.h.

/// The organizations of the scope, names folded.
[[nodiscard]] std::vector<search::NamedOrganization> organizations(Transaction& transaction,
                                                                   const OrganizationScope& scope);

/// One page and how many there are.
/// @throws Problem 422 `too_many_matches` for a search that is to be sorted by something else than the id
/// and matches more than search::exactUpTo
[[nodiscard]] search::Page list(Transaction& transaction, const search::Listing& listing);

} // namespace coffer::backup_credentials::store
