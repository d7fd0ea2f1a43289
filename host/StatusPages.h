#pragma once

#include "host/http/Pipeline.h"
#include "sdk/shared/MetricsRegistry.h"

#include <coffer/sdk/Plugin.h>

#include <functional>
#include <string>
#include <vector>

namespace coffer::host {

/// What one part of the daemon says of itself to `/readyz`.
struct Readiness {
    std::string name; ///< `storage`, `plugin:backup-credentials`
    Health health;
    bool required = true; ///< whether its failure makes the daemon not ready; that of a plugin does not
};

/// What operators' tools ask without a token: `/` (where to look), `/healthz` (the process answers),
/// `/readyz` (it can work; why not), `/metrics` (Prometheus). `metrics` outlives the pages; `readiness` is
/// called by any thread.
/// @param hasConsole  `/` leads browsers there
[[nodiscard]] PublicPages statusPages(detail::MetricsRegistry& metrics,
                                      std::function<std::vector<Readiness>()> readiness, bool hasConsole);

} // namespace coffer::host
