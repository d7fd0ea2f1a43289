#pragma once

#include "host/secrets/KeyRing.h"
#include "host/secrets/Rewrap.h"

#include <coffer/sdk/Http.h>

#include <vector>

namespace coffer::host {

/// `/keys`: what is sealed under which version, rotation, rewrap, retiring. Permission `keys:administer`, in
/// every organization. The routes keep references to both; these must outlive them.
[[nodiscard]] std::vector<Route> keyRoutes(KeyRing& keys, Rewrapper& rewrapper);

} // namespace coffer::host
