#pragma once

#include "host/identity/Caller.h"
#include "host/identity/Page.h"

#include <coffer/sdk/Http.h>

#include <vector>

/// What the route files of this module share. Each of them declares the routes of one resource.
namespace coffer::host {

[[nodiscard]] std::vector<Route> organizationRoutes();
[[nodiscard]] std::vector<Route> principalRoutes();
[[nodiscard]] std::vector<Route> roleRoutes();
[[nodiscard]] std::vector<Route> grantRoutes();
[[nodiscard]] std::vector<Route> tokenRoutes();
[[nodiscard]] std::vector<Route> robotRoutes();
[[nodiscard]] std::vector<Route> whoAmIRoutes();

/// Runs `work(Service&)` in a snapshot, on behalf of the caller as it was authenticated.
template <class Service, class Work>
[[nodiscard]] auto reading(RequestContext& context, Work work) {
    return context.read([&](Transaction& transaction) {
        const Caller caller(context.principal());
        Service service(transaction, caller);
        return work(service);
    });
}

/// Runs `work(Service&)` as the request's change, on behalf of the caller as the database has it now.
template <class Service, class Work>
[[nodiscard]] Response changing(RequestContext& context, Work work) {
    return context.change([&](Transaction& transaction) -> Response {
        const Caller caller = Caller::reloaded(transaction, context.principal().id);
        Service service(transaction, caller);
        return work(service);
    });
}

/// Tells the host which organization a change of principal or robot `{id}` is about, so that its refusal is
/// shown there; nothing when it does not exist for the caller.
void concernsPrincipal(RequestContext& context);
void concernsRobot(RequestContext& context);

/// A required field of a response.
[[nodiscard]] Field given(Field field);
/// `organizationId` and its example, as requests and responses have it.
[[nodiscard]] Field organizationIdField(std::string description);
/// `createdAt` and `createdBy` of a response.
void appendCreation(std::vector<Field>& fields);
void writeCreation(JsonWriter& json, Instant createdAt, std::string_view createdBy);

[[nodiscard]] std::vector<std::string> roleNames();
/// The members of a role in a response, and the role itself.
[[nodiscard]] std::vector<Field> roleFields();
void writeRole(JsonWriter& json, const RoleRecord& role);
/// The role that a body's `role` and `organizationId` name.
[[nodiscard]] RoleGrant roleGrantOf(const Values& body);

} // namespace coffer::host
