#include "host/identity/OrganizationService.h"
#include "host/identity/RouteParts.h"

namespace coffer::host {

namespace {

std::vector<Field> organizationFields() {
    std::vector<Field> fields{given(Field::integer("id", "Id, never reused").example(7)),
                              given(Field::string("name", "Name").example("Research"))};
    appendCreation(fields);
    fields.push_back(given(Field::integer("version", "Rises with every change; the ETag")));
    return fields;
}

Field nameField() {
    return given(Field::string("name", "Name: unique, whatever its case").length(3, 60).example("Research"));
}

void write(JsonWriter& json, const Organization& organization) {
    json.beginObject().member("id", organization.id).member("name", organization.name);
    writeCreation(json, organization.createdAt, organization.createdBy);
    json.member("version", organization.version).endObject();
}

std::string jsonOf(const Organization& organization) {
    JsonWriter json;
    write(json, organization);
    return json.take();
}

Route list() {
    Route route;
    route.pattern = "/organizations";
    route.permission = OrganizationService::read;
    route.summary = "List the organizations that you may see";
    route.query = pageFields();
    route.response = listFields("The entries, ordered by id", organizationFields());
    route.handler = [](RequestContext& context) {
        const auto page = reading<OrganizationService>(context, [&](OrganizationService& service) {
            return service.list(pageRequest(context.query()));
        });
        return Response::json(pageJson(page, write));
    };
    return route;
}

Route get() {
    Route route;
    route.pattern = "/organizations/{id}";
    route.permission = OrganizationService::read;
    route.summary = "Show one organization";
    route.response = organizationFields();
    route.handler = [](RequestContext& context) {
        const auto found = reading<OrganizationService>(
            context, [&](OrganizationService& service) { return service.get(context.pathId("id")); });
        return Response::json(jsonOf(found)).version(found.version);
    };
    return route;
}

Route create() {
    Route route;
    route.method = Method::post;
    route.pattern = "/organizations";
    route.permission = OrganizationService::administer;
    route.summary = "Make an organization";
    route.action = "organization.create";
    route.body = {nameField()};
    route.response = organizationFields();
    route.successStatus = 201;
    route.handler = [](RequestContext& context) {
        return changing<OrganizationService>(context, [&](OrganizationService& service) {
            const auto made = service.create(context.body().string("name"));
            return Response::created(jsonOf(made), "/api/v1/organizations/" + std::to_string(made.id))
                .version(made.version);
        });
    };
    return route;
}

Route rename() {
    Route route;
    route.method = Method::patch;
    route.pattern = "/organizations/{id}";
    route.permission = OrganizationService::administer;
    route.summary = "Rename an organization";
    route.action = "organization.rename";
    route.body = {nameField()};
    route.response = organizationFields();
    route.handler = [](RequestContext& context) {
        context.concerns(context.pathId("id"));
        return changing<OrganizationService>(context, [&](OrganizationService& service) {
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
    route.pattern = "/organizations/{id}";
    route.permission = OrganizationService::administer;
    route.summary = "Delete an organization to which nothing belongs any more";
    route.action = "organization.delete";
    route.successStatus = 204;
    route.handler = [](RequestContext& context) {
        context.concerns(context.pathId("id"));
        return changing<OrganizationService>(context, [&](OrganizationService& service) {
            service.remove(context.pathId("id"), context.ifMatch());
            return Response::noContent();
        });
    };
    return route;
}

} // namespace

std::vector<Route> organizationRoutes() {
    return {list(), create(), get(), rename(), remove()};
}

} // namespace coffer::host
