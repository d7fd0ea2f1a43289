#pragma once

#include <coffer/sdk/Http.h>

#include <vector>

namespace coffer::host {

class PluginHost;

/// `GET /plugins` and `GET /plugins/{id}`: every configured plugin, also those that did not come up, with
/// what it registered and why it is quarantined. `POST /plugins/{id}/disable` and `/enable`: takes one out of
/// service and back. `plugins` must outlive the routes.
[[nodiscard]] std::vector<Route> pluginRoutes(PluginHost& plugins);

} // namespace coffer::host
