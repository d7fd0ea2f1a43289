#include "sdk/shared/RequestCheck.h"

#include "sdk/shared/JsonBody.h"
#include "sdk/shared/Negotiation.h"
#include "sdk/shared/QueryString.h"

#include <coffer/sdk/Service.h>
#include <coffer/sdk/detail/FieldCheck.h>

#include <Poco/Exception.h>

#include <algorithm>
#include <vector>

namespace coffer::detail {

Problem authenticationRequired() {
    return Problem(401, "authentication_required", "Say who you are",
                   "Send a bearer token, or a robot's access key and secret with HTTP Basic.")
        .header("WWW-Authenticate", "Bearer realm=\"coffer\"")
        .header("WWW-Authenticate", "Basic realm=\"coffer\", charset=\"UTF-8\"");
}

Problem methodNotAllowed(const std::string& allow) {
    return Problem(405, "method_not_allowed", "This method is not allowed here",
                   "Here you can use " + allow + ".")
        .header("Allow", allow);
}

Problem pluginUnavailable(const std::string& plugin) {
    return Problem::unavailable(
        "plugin_unavailable",
        "The plugin '" + plugin + "' that answers this is stopped, disabled or in quarantine.", 30);
}

Problem bodyTooLarge(std::size_t limit) {
    return {413, "body_too_large", "The request's body is too large",
            "This request takes at most " + std::to_string(limit) + " bytes."};
}

void requirePermission(const OrganizationScope& scope, std::string_view permission) {
    if (scope.empty() && !permission.ends_with(":self"))
        throw Problem(403, "forbidden", "You may not do this",
                      "It needs the permission " + std::string(permission) +
                          ", which none of your roles has.");
}

std::int64_t onlyOrganization(const Principal& principal, const OrganizationScope& scope) {
    if (scope.organizations.size() == 1)
        return scope.organizations.front();
    const auto known = authorizedScope(principal, "any:self");
    return known.organizations.size() == 1 ? known.organizations.front() : 0;
}

void negotiate(const Route& route, const Poco::Net::HTTPRequest& head, bool hasBody) {
    if (!route.responseType.empty())
        requireAcceptable(head, route.responseType);
    if (!hasBody)
        return;
    if (route.body.empty())
        throw Problem(400, "unexpected_body", "No body is taken here", "Send the request without a body.");
    requireJson(head);
}

CheckedRequest checkRequest(const Route& route, const Poco::Net::HTTPRequest& head, std::string_view query,
                            std::string& body) {
    const QueryString parameters(query);
    std::vector<RawField> members;
    if (!body.empty())
        members = readJsonBody(body);
    CheckedRequest checked;
    Problem problem = Problem::invalidFields();
    checked.query = checkFields(route.query, parameters.fields(), "query.", problem);
    checked.body = checkFields(route.body, members, "", problem);
    wipe(body);
    if (!problem.fields().empty())
        throw problem;
    checked.ifMatch = ifMatchVersion(head);
    return checked;
}

Failure failureOf(const std::exception_ptr& thrown) {
    std::string cause;
    try {
        std::rethrow_exception(thrown);
    } catch (const Problem& problem) {
        return {problem, {}};
    } catch (const ServiceGone&) {
        return {Problem::unavailable("service_unavailable",
                                     "A part of the daemon that this needs is stopped or not loaded.", 30),
                {}};
    } catch (const Poco::Exception& error) {
        cause = error.displayText();
    } catch (const std::exception& error) {
        cause = error.what();
    } catch (...) {
        cause = "something that is no exception was thrown";
    }
    return {Problem(500, "internal_error", "Something went wrong here",
                    "It is not your request's fault. Whoever runs the daemon finds the reason in its log, "
                    "under the request id."),
            std::move(cause)};
}

bool isRefusal(const Problem& problem) {
    switch (problem.status()) {
    case 403:
    case 409:
    case 412:
        return true;
    case 422:
        return problem.code() != Problem::invalidFields().code();
    default:
        return false;
    }
}

Problem auditUnavailable() {
    return Problem::unavailable("audit_unavailable",
                                "What must be recorded cannot be recorded now, so nothing else is said. Try "
                                "again later.",
                                30);
}

AuditEvent requestEvent(const Route& route, std::span<const std::string> names,
                        std::span<const std::string> values, std::int64_t organization, AuditResult result,
                        std::string reason) {
    AuditEvent event;
    event.action = route.action;
    if (event.action.empty()) { // a GET: `backup-credentials:read` reads as well with a dot
        event.action = route.permission;
        std::ranges::replace(event.action, ':', '.');
    }
    event.objectType = event.action.substr(0, event.action.find('.'));
    if (const auto id = std::ranges::find(names, "id"); id != names.end())
        event.objectId = values[static_cast<std::size_t>(id - names.begin())];
    event.organization = organization;
    event.result = result;
    event.reason = std::move(reason);
    return event;
}

} // namespace coffer::detail
