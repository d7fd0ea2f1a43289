#pragma once

#include "host/http/Router.h"

#include <coffer/sdk/Http.h>

#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// The OpenAPI 3.1 document of every route in the table, as JSON. What is mounted or withdrawn is not in it.
[[nodiscard]] std::string openApiDocument(const RouteTable& table, std::string_view version);

/// `GET /openapi.json`, which gives that document, made anew whenever the table has changed. The router
/// outlives the routes.
[[nodiscard]] std::vector<Route> documentRoutes(const Router& router, std::string version);

} // namespace coffer::host
