#include "host/identity/RouteParts.h"

#include "host/identity/PrincipalService.h"
#include "host/identity/RobotService.h"

namespace coffer::host {

void concernsPrincipal(RequestContext& context) {
    const auto id = context.pathId("id");
    const auto organization = context.read([&](Transaction& transaction) {
        const auto found = PrincipalStore(transaction).find(id);
        return found && Caller(context.principal()).sees(*found) ? soleOrganization(found->roles) : 0;
    });
    if (organization != 0)
        context.concerns(organization);
}

void concernsRobot(RequestContext& context) {
    const auto id = context.pathId("id");
    const auto organization = context.read([&](Transaction& transaction) {
        const auto found = LoginStore(transaction).findRobot(id);
        return found ? found->organization : 0;
    });
    if (organization != 0 && context.scopeOf(RobotService::operate).contains(organization))
        context.concerns(organization);
}

Field given(Field field) {
    field.required();
    return field;
}

Field organizationIdField(std::string description) {
    return Field::integer("organizationId", std::move(description)).range(1, 2147483647).example(7);
}

void appendCreation(std::vector<Field>& fields) {
    fields.push_back(given(Field::instant("createdAt", "When it was made")));
    fields.push_back(given(Field::string("createdBy", "Who made it: the name of a principal at that time")));
}

void writeCreation(JsonWriter& json, Instant createdAt, std::string_view createdBy) {
    json.member("createdAt", createdAt).member("createdBy", createdBy);
}

std::vector<std::string> roleNames() {
    std::vector<std::string> names;
    for (const Role role : {Role::administrator, Role::partner, Role::manager, Role::viewer, Role::auditor})
        names.emplace_back(toString(role));
    return names;
}

std::vector<Field> roleFields() {
    return {given(Field::integer("id", "Id of this role of the principal")),
            given(Field::string("role", "The role").oneOf(roleNames())),
            given(organizationIdField("Where it holds; null: in every organization").nullable()),
            given(Field::string("organizationName", "Name of that organization").nullable())};
}

void writeRole(JsonWriter& json, const RoleRecord& role) {
    json.beginObject().member("id", role.id).member("role", toString(role.grant.role));
    if (role.grant.organization == 0)
        json.nullMember("organizationId").nullMember("organizationName");
    else
        json.member("organizationId", role.grant.organization)
            .member("organizationName", role.organizationName);
    json.endObject();
}

RoleGrant roleGrantOf(const Values& body) {
    // The field's oneOf() lets nothing else in.
    return {roleFromString(body.string("role")).value(), body.maybeInteger("organizationId").value_or(0)};
}

} // namespace coffer::host
