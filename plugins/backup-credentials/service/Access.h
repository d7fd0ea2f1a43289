#pragma once

#include <coffer/sdk/Authorization.h>

#include <cstdint>
#include <functional>

namespace coffer::backup_credentials {

inline constexpr std::string_view readPermission = "backup-credentials:read";
inline constexpr std::string_view changePermission = "backup-credentials:change";
inline constexpr std::string_view overridePermission = "backup-credentials:override";
inline constexpr std::string_view usePermission = "backup-credentials:use";

/// What one caller may do. A value; lives as long as its request.
struct Access {
    OrganizationScope visible;    ///< where it may read; outside, nothing exists
    OrganizationScope allowed;    ///< where it may do what it is about to do
    OrganizationScope overriding; ///< where it may store what its endpoint did not accept
    /// Told the organization as soon as it is known, when it is visible. May be empty.
    std::function<void(std::int64_t)> concerns;

    /// The organization that it is about is known now. @throws Problem 404 where the caller may not even
    /// read, 403 `forbidden` where it may read only
    void require(std::int64_t organization) const;
};

} // namespace coffer::backup_credentials
