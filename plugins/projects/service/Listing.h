#pragma once

#include <coffer/backup-credentials/BackupCredentialsService.h>
#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Page.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coffer::projects {

enum class Order { id, name, created, modified };

/// Which projects are wanted, apart from search.
struct ProjectFilter {
    OrganizationScope scope;
    std::optional<bool> backedUp;
    std::optional<std::int64_t> credential;
    std::optional<bool> suspended; ///< by `credentials`
    /// Those that a project is suspended with; of the ones that do not work, unless that was accepted.
    backup_credentials::SuspendedCredentials credentials;
};

/// What a list is asked for.
struct Listing {
    ProjectFilter filter;
    std::string search; ///< as typed
    Order order = Order::id;
    bool descending = false;
    std::optional<Position> after;
    std::size_t limit = 50;
};

/// The ids of one page, in order.
struct ListedIds {
    std::vector<std::int64_t> ids;
    std::optional<Position> next; ///< nothing on the last page
    Total total;
};

inline constexpr std::int64_t exactUpTo = 1000; ///< matches of a search

} // namespace coffer::projects
