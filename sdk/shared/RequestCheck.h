#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Http.h>

#include <Poco/Net/HTTPRequest.h>

#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coffer::detail {

/// What every request goes through between its route and its handler, in the daemon and in the testkit, and
/// what its caller is told. Pure functions.

/// 401: nobody has said who they are.
[[nodiscard]] Problem authenticationRequired();
/// 405. @param allow  `GET, HEAD, OPTIONS`
[[nodiscard]] Problem methodNotAllowed(const std::string& allow);
/// 503: whoever answers this path is not there.
[[nodiscard]] Problem pluginUnavailable(const std::string& plugin);
/// 413.
[[nodiscard]] Problem bodyTooLarge(std::size_t limit);

/// @throws Problem 403 `forbidden` when the permission is held nowhere
void requirePermission(const OrganizationScope& scope, std::string_view permission);
/// The one organization that somebody with this scope can be about; 0 when there are several.
[[nodiscard]] std::int64_t onlyOrganization(const Principal& principal, const OrganizationScope& scope);

/// Whether the route can answer what is accepted and takes the body that is sent. @throws Problem 406, 400,
/// 415
void negotiate(const Route& route, const Poco::Net::HTTPRequest& head, bool hasBody);

/// What a request brought, checked.
struct CheckedRequest {
    Values query;
    Values body;
    std::optional<std::int64_t> ifMatch;
};
/// Reads and checks the query, the body and If-Match. `body` is wiped: what was secret in it lies in
/// SecretBytes then.
/// @throws Problem 400 when something cannot be read, 422 with everything that is wrong, 412
[[nodiscard]] CheckedRequest checkRequest(const Route& route, const Poco::Net::HTTPRequest& head,
                                          std::string_view query, std::string& body);

/// What was thrown on the way, as its caller is told.
struct Failure {
    Problem problem;
    std::string cause; ///< of an `internal_error`, for the log; empty for all others
};
[[nodiscard]] Failure failureOf(const std::exception_ptr& thrown);

/// A refusal by a rule, which is recorded when somebody known is refused, as opposed to a request that could
/// not be read.
[[nodiscard]] bool isRefusal(const Problem& problem);
/// 503: what must be recorded could not be.
[[nodiscard]] Problem auditUnavailable();
/// The event that says how a request ended, named by its route.
/// @param names, values  of the path's parameters
[[nodiscard]] AuditEvent requestEvent(const Route& route, std::span<const std::string> names,
                                      std::span<const std::string> values, std::int64_t organization,
                                      AuditResult result, std::string reason);

} // namespace coffer::detail
