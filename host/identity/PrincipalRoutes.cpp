#include "host/identity/PrincipalService.h"
#include "host/identity/RouteParts.h"

namespace coffer::host {

namespace {

std::vector<Field> principalFields() {
    std::vector<Field> fields{given(Field::integer("id", "Id, never reused").example(12)),
                              given(Field::string("name", "Name").example("Ada Lovelace")),
                              given(Field::objects("roles", "Its roles", roleFields()))};
    appendCreation(fields);
    fields.push_back(given(Field::integer("version", "Rises with every change; the ETag")));
    return fields;
}

Field nameField() {
    return given(
        Field::string("name", "Name of the person or program").length(3, 60).example("Ada Lovelace"));
}

void write(JsonWriter& json, const PrincipalRecord& principal) {
    json.beginObject().member("id", principal.id).member("name", principal.name).key("roles").beginArray();
    for (const RoleRecord& role : principal.roles)
        writeRole(json, role);
    json.endArray();
    writeCreation(json, principal.createdAt, principal.createdBy);
    json.member("version", principal.version).endObject();
}

std::string jsonOf(const PrincipalRecord& principal) {
    JsonWriter json;
    write(json, principal);
    return json.take();
}

Route list() {
    Route route;
    route.pattern = "/principals";
    route.permission = PrincipalService::govern;
    route.summary = "List the principals that you govern";
    route.description =
        "Persons and programs; robots are listed by `/robots`. A partner sees the principals all of "
        "whose roles lie in its organizations.";
    route.query = pageFields();
    route.response = listFields("The entries, ordered by id", principalFields());
    route.handler = [](RequestContext& context) {
        const auto page = reading<PrincipalService>(
            context, [&](PrincipalService& service) { return service.list(pageRequest(context.query())); });
        return Response::json(pageJson(page, write));
    };
    return route;
}

Route get() {
    Route route;
    route.pattern = "/principals/{id}";
    route.permission = PrincipalService::govern;
    route.summary = "Show one principal";
    route.response = principalFields();
    route.handler = [](RequestContext& context) {
        const auto found = reading<PrincipalService>(
            context, [&](PrincipalService& service) { return service.get(context.pathId("id")); });
        return Response::json(jsonOf(found)).version(found.version);
    };
    return route;
}

/// The first role of a new principal, when the body names one.
std::optional<RoleGrant> firstRole(const Values& body) {
    if (body.has("role") == body.has("organizationId"))
        return body.has("role") ? std::optional(roleGrantOf(body)) : std::nullopt;
    Problem problem = Problem::invalidFields();
    problem.field(body.has("role") ? "organizationId" : "role", "required",
                  "Send role and organizationId together; organizationId is null for every organization.");
    throw problem;
}

Route create() {
    Route route;
    route.method = Method::post;
    route.pattern = "/principals";
    route.permission = PrincipalService::govern;
    route.summary = "Make a principal";
    route.description =
        "It can log in once it has a token. Only administrators may leave out its first role.";
    route.action = "principal.create";
    route.body = {nameField(), Field::string("role", "Its first role").oneOf(roleNames()),
                  organizationIdField("Where that role holds; null: in every organization").nullable()};
    route.response = principalFields();
    route.successStatus = 201;
    route.handler = [](RequestContext& context) {
        const auto role = firstRole(context.body());
        if (role && role->organization != 0 && context.scope().contains(role->organization))
            context.concerns(role->organization);
        return changing<PrincipalService>(context, [&](PrincipalService& service) {
            const auto made = service.create(context.body().string("name"), role);
            return Response::created(jsonOf(made), "/api/v1/principals/" + std::to_string(made.id))
                .version(made.version);
        });
    };
    return route;
}

Route rename() {
    Route route;
    route.method = Method::patch;
    route.pattern = "/principals/{id}";
    route.permission = PrincipalService::govern;
    route.summary = "Rename a principal";
    route.action = "principal.rename";
    route.body = {nameField()};
    route.response = principalFields();
    route.handler = [](RequestContext& context) {
        concernsPrincipal(context);
        return changing<PrincipalService>(context, [&](PrincipalService& service) {
            const auto changed =
                service.rename(context.pathId("id"), context.body().string("name"), context.ifMatch());
            return Response::json(jsonOf(changed)).version(changed.version);
        });
    };
    return route;
}

Route remove() {
    Route route;
    route.method = Method::remove;
    route.pattern = "/principals/{id}";
    route.permission = PrincipalService::govern;
    route.summary = "Delete a principal, with its tokens, roles and grants";
    route.action = "principal.delete";
    route.successStatus = 204;
    route.handler = [](RequestContext& context) {
        concernsPrincipal(context);
        return changing<PrincipalService>(context, [&](PrincipalService& service) {
            service.remove(context.pathId("id"), context.ifMatch());
            return Response::noContent();
        });
    };
    return route;
}

} // namespace

std::vector<Route> principalRoutes() {
    return {list(), create(), get(), rename(), remove()};
}

} // namespace coffer::host
