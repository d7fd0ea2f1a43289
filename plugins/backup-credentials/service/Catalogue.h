#pragma once

#include "search/Listing.h"
#include "service/Credential.h"

#include <coffer/sdk/Storage.h>

#include <optional>
#include <vector>

namespace coffer::backup_credentials {

/// One page of credentials, whole.
struct CredentialPage {
    std::vector<Credential> items;
    std::optional<Position> next;
    Total total;
};

/// What `listing` asks for. In read() and write().
/// @throws Problem 422 for a search that matches too many to be sorted
[[nodiscard]] CredentialPage listed(Transaction& transaction, const search::Listing& listing);

} // namespace coffer::backup_credentials
