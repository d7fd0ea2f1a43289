#pragma once

#include <coffer/sdk/Http.h>

#include <vector>

namespace coffer::host {

/// Organizations, principals with their roles, grants and tokens, robots, and `whoami`: every route below
/// `/api/v1` that this module serves. Each works through its RequestContext alone, so there is nothing to
/// outlive.
[[nodiscard]] std::vector<Route> identityRoutes();

} // namespace coffer::host
