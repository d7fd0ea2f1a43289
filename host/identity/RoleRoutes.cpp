#include "host/identity/PrincipalService.h"
#include "host/identity/RouteParts.h"

namespace coffer::host {

namespace {

Route add() {
    Route route;
    route.method = Method::post;
    route.pattern = "/principals/{id}/roles";
    route.permission = PrincipalService::govern;
    route.summary = "Give a principal a role";
    route.description =
        "A partner gives the roles partner, manager, viewer and auditor within its organizations; an "
        "administrator gives any.";
    route.action = "principal.grant-role";
    route.body = {given(Field::string("role", "The role").oneOf(roleNames())),
                  given(organizationIdField("Where it holds; null: in every organization").nullable())};
    route.response = roleFields();
    route.successStatus = 201;
    route.handler = [](RequestContext& context) {
        concernsPrincipal(context);
        return changing<PrincipalService>(context, [&](PrincipalService& service) {
            const auto id = context.pathId("id");
            const auto role = service.addRole(id, roleGrantOf(context.body()), context.ifMatch());
            JsonWriter json;
            writeRole(json, role);
            return Response::created(json.take(), "/api/v1/principals/" + std::to_string(id));
        });
    };
    return route;
}

Route remove() {
    Route route;
    route.method = Method::remove;
    route.pattern = "/principals/{id}/roles/{roleId}";
    route.permission = PrincipalService::govern;
    route.summary = "Take a role from a principal";
    route.action = "principal.revoke-role";
    route.successStatus = 204;
    route.handler = [](RequestContext& context) {
        concernsPrincipal(context);
        return changing<PrincipalService>(context, [&](PrincipalService& service) {
            service.removeRole(context.pathId("id"), context.pathId("roleId"), context.ifMatch());
            return Response::noContent();
        });
    };
    return route;
}

} // namespace

std::vector<Route> roleRoutes() {
    return {add(), remove()};
}

} // namespace coffer::host
