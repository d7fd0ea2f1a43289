#include "host/identity/PrincipalStore.h"
#include "host/identity/RouteParts.h"

#include <array>

namespace coffer::host {

namespace {

/// The actions of which a role may hold permissions; `use` is not among them: it is granted by name.
constexpr std::array<std::string_view, 8> actions{"read",   "change",  "override", "administer",
                                                  "govern", "operate", "audit",    "self"};

std::vector<std::string> permissionsOf(const Principal& principal) {
    std::vector<std::string> held;
    for (const std::string_view action : actions) {
        // Which resource stands before the action makes no difference to what a role holds.
        if (!authorizedScope(principal, "any:" + std::string(action)).empty())
            held.push_back("*:" + std::string(action));
    }
    return held;
}

std::string answer(const Principal& principal, const std::vector<RoleRecord>& roles) {
    JsonWriter json;
    json.beginObject()
        .member("id", principal.id)
        .member("name", principal.name)
        .member("robot", principal.robot);
    json.key("roles").beginArray();
    for (const RoleRecord& role : roles)
        writeRole(json, role);
    json.endArray().key("permissions").beginArray();
    for (const std::string& permission : permissionsOf(principal))
        json.value(permission);
    json.endArray().key("grants").beginArray();
    for (const NamedGrant& grant : principal.named)
        json.beginObject().member("permission", grant.permission).member("object", grant.object).endObject();
    json.endArray().endObject();
    return json.take();
}

} // namespace

std::vector<Route> whoAmIRoutes() {
    Route route;
    route.pattern = "/whoami";
    route.permission = "whoami:self";
    route.summary = "Show who you are and what you may do";
    route.description =
        "`permissions` lists what your roles allow somewhere, as `*:action`: the action on any "
        "resource, in the organizations of the roles that carry it. `grants` lists what was granted "
        "to you by name.";
    route.response = {
        given(Field::integer("id", "Your principal's id")),
        given(Field::string("name", "Your name")),
        given(Field::boolean("robot", "Whether you are a robot")),
        given(Field::objects("roles", "Your roles", roleFields())),
        given(Field::strings("permissions", "What your roles allow somewhere")),
        given(Field::objects("grants", "What was granted to you by name",
                             {given(Field::string("permission", "What").example("backup-credentials:use")),
                              given(Field::string("object", "On what").example("17"))}))};
    route.handler = [](RequestContext& context) {
        const auto roles = context.read([&](Transaction& transaction) {
            return PrincipalStore(transaction).roles(context.principal().id);
        });
        return Response::json(answer(context.principal(), roles));
    };
    return {route};
}

} // namespace coffer::host
