#include "host/identity/PrincipalService.h"
#include "host/identity/RouteParts.h"

namespace coffer::host {

namespace {

std::vector<Field> grantFields() {
    std::vector<Field> fields{
        given(Field::integer("id", "Id of this grant")),
        given(Field::string("permission", "What is granted").example("backup-credentials:use")),
        given(Field::string("object", "On what").example("17"))};
    appendCreation(fields);
    return fields;
}

void write(JsonWriter& json, const GrantRecord& record) {
    json.beginObject()
        .member("id", record.id)
        .member("permission", record.grant.permission)
        .member("object", record.grant.object);
    writeCreation(json, record.createdAt, record.createdBy);
    json.endObject();
}

Route list() {
    Route route;
    route.pattern = "/principals/{id}/grants";
    route.permission = PrincipalService::administerGrants;
    route.summary = "List what was granted to a principal by name";
    route.description = "All of it: there is one page. Robots hold named grants too, under the robot's id.";
    route.response = listFields("The entries, ordered by id", grantFields());
    route.handler = [](RequestContext& context) {
        Page<GrantRecord> page;
        page.items = reading<PrincipalService>(
            context, [&](PrincipalService& service) { return service.grants(context.pathId("id")); });
        page.total = static_cast<std::int64_t>(page.items.size());
        return Response::json(pageJson(page, write));
    };
    return route;
}

Route add() {
    Route route;
    route.method = Method::post;
    route.pattern = "/principals/{id}/grants";
    route.permission = PrincipalService::administerGrants;
    route.summary = "Grant a principal, by name, what no role has";
    route.description =
        "For permissions that end in `:use`, such as obtaining a credential's plaintext: for one "
        "object, named by its id.";
    route.action = "principal.grant";
    route.body = {given(Field::string("permission", "What is granted; it ends in :use")
                            .length(5, 100)
                            .example("backup-credentials:use")),
                  given(Field::string("object", "On what: its id").length(1, 128).example("17"))};
    route.response = grantFields();
    route.successStatus = 201;
    route.handler = [](RequestContext& context) {
        concernsPrincipal(context);
        return changing<PrincipalService>(context, [&](PrincipalService& service) {
            const auto id = context.pathId("id");
            const auto made =
                service.addGrant(id, {context.body().string("permission"), context.body().string("object")},
                                 context.ifMatch());
            JsonWriter json;
            write(json, made);
            return Response::created(json.take(), "/api/v1/principals/" + std::to_string(id) + "/grants");
        });
    };
    return route;
}

Route remove() {
    Route route;
    route.method = Method::remove;
    route.pattern = "/principals/{id}/grants/{grantId}";
    route.permission = PrincipalService::administerGrants;
    route.summary = "Take back what was granted by name";
    route.action = "principal.revoke-grant";
    route.successStatus = 204;
    route.handler = [](RequestContext& context) {
        concernsPrincipal(context);
        return changing<PrincipalService>(context, [&](PrincipalService& service) {
            service.removeGrant(context.pathId("id"), context.pathId("grantId"), context.ifMatch());
            return Response::noContent();
        });
    };
    return route;
}

} // namespace

std::vector<Route> grantRoutes() {
    return {list(), add(), remove()};
}

} // namespace coffer::host
