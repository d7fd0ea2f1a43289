#pragma once

#include <coffer/sdk/Http.h>

namespace coffer::detail {

/// Whether a route says everything the host must know before it serves it.
/// @throws std::invalid_argument with a sentence that names the route and what to add
COFFER_API void validateRoute(const Route& route);

} // namespace coffer::detail
