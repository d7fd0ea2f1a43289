#pragma once

#include <coffer/sdk/Http.h>
#include <coffer/sdk/Problem.h>

#include <string>
#include <string_view>

namespace coffer::detail {

/// A problem as `application/problem+json`, never cached. Headers that could not be sent are left out.
[[nodiscard]] Response renderProblem(const Problem& problem, const std::string& requestId) noexcept;

/// Adds a header unless the response has one of that name.
void addUnlessSet(Response& response, std::string_view name, std::string_view value);

/// Adds what every answer carries: it is never shown in a frame nor run as a page; over TLS, that TLS is the
/// only way; and `Cache-Control: no-store` when it was made for somebody known.
void addSecurityHeaders(Response& response, bool forSomebody, bool secure, bool isPage);

} // namespace coffer::detail
