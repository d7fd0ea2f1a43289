#pragma once

#include <coffer/sdk/Console.h>
#include <coffer/sdk/Http.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// A page and whose it is.
struct OwnedPage {
    std::string owner; ///< a plugin's id, or `coffer`
    ConsolePage page;
};

/// Whether a path below `/console/` is one of the daemon's own, so that no plugin can have it.
[[nodiscard]] bool isHostsPath(std::string_view path);

/// `GET /api/v1/console`: what the frame shows in its menu.
/// @param version  of the daemon
/// @param pluginPages  those of the plugins that run; called by any thread
[[nodiscard]] std::vector<Route> consoleRoutes(std::string version,
                                               std::function<std::vector<OwnedPage>()> pluginPages);

} // namespace coffer::host
