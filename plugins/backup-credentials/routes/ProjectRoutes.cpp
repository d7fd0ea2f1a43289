#include "routes/Representation.h"
#include "routes/Routes.h"

#include <utility>

namespace coffer::backup_credentials {

namespace {

constexpr const char* pattern = "/backup-credentials/{id}/projects/{projectId}";

Response list(const Services& services, RequestContext& context) {
    const auto limit = pageLimit(context.query());
    const auto cursor = context.query().maybeString("cursor");
    const ProjectPage page = context.read([&](Transaction& transaction) {
        return services.associations.page(transaction, context.pathId("id"), accessOf(context), cursor,
                                          limit);
    });
    JsonWriter json;
    json.beginObject().key("items").beginArray();
    for (const auto& use : page.items) {
        json.beginObject();
        writeMembers(json, use);
        json.endObject();
    }
    endList(json, page.nextCursor, {page.total, true});
    return Response::json(json.take());
}

Response associate(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const std::string projectId(context.path("projectId"));
    const std::string name = normalizedText(context.body().string("name")).value_or("");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        const auto outcome = services.associations.associateByHand(transaction, id, access, projectId, name);
        JsonWriter json;
        json.beginObject();
        writeMembers(json, outcome.use);
        json.member("alreadyAssociated", outcome.already).endObject();
        return Response::json(json.take());
    });
}

Response release(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        services.associations.releaseByHand(transaction, id, access, context.path("projectId"));
        return Response::noContent();
    });
}

} // namespace

std::vector<Route> projectRoutes(const Services& services) {
    Route get;
    get.method = Method::get;
    get.pattern = "/backup-credentials/{id}/projects";
    get.permission = readPermission;
    get.summary = "List the projects that use a credential";
    get.handler = [services](RequestContext& context) { return list(services, context); };
    get.query = pageFields();
    get.response = listFields("Projects, by id", projectFields());

    Route put;
    put.method = Method::put;
    put.pattern = pattern;
    put.permission = changePermission;
    put.summary = "Associate a project by hand: the credential cannot be deleted until it is released";
    put.action = "backup-credential.associate";
    put.handler = [services](RequestContext& context) { return associate(services, context); };
    put.body = {Field::string("name", "The project's name, for people")
                    .required()
                    .length(1, 200)
                    .example("Web shop")};
    put.response = projectFields();
    put.response.push_back(
        Field::boolean("alreadyAssociated", "It was associated by hand before").required());

    Route remove;
    remove.method = Method::remove;
    remove.pattern = pattern;
    remove.permission = changePermission;
    remove.summary = "Release a project that was associated by hand";
    remove.action = "backup-credential.release";
    remove.handler = [services](RequestContext& context) { return release(services, context); };
    remove.successStatus = 204;
    return {get, put, remove};
}

} // namespace coffer::backup_credentials
