#pragma once

#include <coffer/sdk/Authorization.h>

#include <cstdint>
#include <functional>
#include <string_view>

namespace coffer::projects {

inline constexpr std::string_view readPermission = "projects:read";
inline constexpr std::string_view changePermission = "projects:change";
inline constexpr std::string_view overridePermission = "projects:override";

/// What one caller may do. A value; lives as long as its request.
struct Access {
    OrganizationScope visible;     ///< where it may read; outside, nothing exists
    OrganizationScope allowed;     ///< where it may do what it is about to do
    OrganizationScope overriding;  ///< where it may use a credential that does not work
    OrganizationScope credentials; ///< whose credentials it may see
    /// Told the organization as soon as it is known, when it is visible. May be empty.
    std::function<void(std::int64_t)> concerns;
};

} // namespace coffer::projects
