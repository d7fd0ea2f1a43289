#pragma once

#include "service/BackupState.h"
#include "service/Listing.h"

#include <coffer/sdk/Plugin.h>

#include <optional>
#include <vector>

namespace coffer::projects {

/// One page of projects, whole.
struct ProjectPage {
    std::vector<Shown> items;
    std::optional<Position> next;
    Total total;
};

/// What `listing` asks for; `state` narrows it to what is in that state now. In read().
/// @throws Problem 503 when it is asked what is enabled or suspended while backup-credentials is gone
[[nodiscard]] ProjectPage listed(Transaction& transaction, const CredentialsService& credentials,
                                 Listing listing, std::optional<BackupState> state);

/// How many projects there are, by backup state, for a metrics collector. Empty while the database cannot
/// tell.
[[nodiscard]] std::vector<Sample> projectsByState(Storage& storage, const CredentialsService& credentials);

} // namespace coffer::projects
