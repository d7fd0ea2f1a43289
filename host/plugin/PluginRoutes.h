#pragma once

#include <coffer/sdk/Http.h>

#include <vector>

namespace coffer::host {

class PluginHost;

/// `GET /plugins` and `GET /plugins/{id}`: every configured plugin, also those that did not come up, with
/// what it registered and why it is quarantined. `plugins` must outlive the routes.
[[nodiscard]] std::vector<Route> pluginRoutes(const PluginHost& plugins);

} // namespace coffer::host
