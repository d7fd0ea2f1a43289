#pragma once

#include <coffer/sdk/Authorization.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::testkit {

/// Whoever may do everything that a role allows, in every organization: id 1, `administrator`.
/// FakeHost::request() comes from this one.
[[nodiscard]] Principal administrator();
/// Somebody who has not said who they are: only routes whose permission is public answer them.
[[nodiscard]] Principal nobody();
/// Somebody with one role in one organization (0: in all of them), named after both: `manager-1`. The id is
/// the same for the same name, and from 2 on.
[[nodiscard]] Principal somebody(Role role, std::int64_t organization);
/// The same principal with one permission more, for one object: `backup-credentials:use` on `17`.
[[nodiscard]] Principal granted(Principal principal, std::string permission, std::string object);

} // namespace coffer::testkit
