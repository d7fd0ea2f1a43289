#pragma once

#include "search/Listing.h"
#include "service/Credential.h"

#include <coffer/sdk/Storage.h>

#include <functional>
#include <optional>

namespace coffer::backup_credentials {

/// What a page of a list ends with.
struct PageEnd {
    std::optional<Position> next; ///< nothing on the last page
    Total total;
};

/// Gives `take` the credentials that `listing` asks for, one by one, each for the time of the call. In read()
/// and write().
/// @throws Problem 422 for a search that matches too many to be sorted
[[nodiscard]] PageEnd list(Transaction& transaction, const search::Listing& listing,
                           const std::function<void(const Credential&)>& take);

} // namespace coffer::backup_credentials
