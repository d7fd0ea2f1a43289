#pragma once

#include "host/identity/TokenAuthenticator.h"

#include <coffer/sdk/Http.h>

#include <vector>

namespace coffer::host {

/// Signing in to the console and out of it. Both arguments outlive the routes.
[[nodiscard]] std::vector<Route> sessionRoutes(Sessions& sessions, TokenAuthenticator& authenticator);

} // namespace coffer::host
