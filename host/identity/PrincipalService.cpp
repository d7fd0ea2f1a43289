#include "host/identity/PrincipalService.h"

#include "host/identity/Names.h"
#include "host/identity/OrganizationStore.h"

#include <coffer/sdk/Http.h>

#include <algorithm>

namespace coffer::host {

namespace {

constexpr NameLength nameLength{3, 60};

bool isAdministrator(const PrincipalRecord& principal) {
    return std::ranges::any_of(principal.roles,
                               [](const RoleRecord& role) { return role.grant.role == Role::administrator; });
}

void writeGrant(JsonWriter& json, RoleGrant grant) {
    json.member("role", toString(grant.role));
    json.member("organizationId", grant.organization == 0 ? std::nullopt : std::optional(grant.organization));
}

std::string grantJson(RoleGrant grant) {
    JsonWriter json;
    json.beginObject();
    writeGrant(json, grant);
    return json.endObject().take();
}

std::string grantJson(const NamedGrant& grant) {
    return JsonWriter()
        .beginObject()
        .member("permission", grant.permission)
        .member("object", grant.object)
        .endObject()
        .take();
}

std::string principalJson(const PrincipalRecord& principal) {
    JsonWriter json;
    json.beginObject().member("name", principal.name).key("roles").beginArray();
    for (const RoleRecord& role : principal.roles) {
        json.beginObject();
        writeGrant(json, role.grant);
        json.endObject();
    }
    return json.endArray().endObject().take();
}

[[noreturn]] void refuseField(std::string field, std::string code, std::string detail) {
    Problem problem = Problem::invalidFields();
    problem.field(std::move(field), std::move(code), std::move(detail));
    throw problem;
}

} // namespace

void PrincipalService::record(std::string action, const PrincipalRecord& about, std::string before,
                              std::string after) {
    transaction_.record({std::move(action),
                         "principal",
                         std::to_string(about.id),
                         soleOrganization(about.roles),
                         AuditResult::success,
                         {},
                         std::move(before),
                         std::move(after)});
}

void PrincipalService::requireAnAdministrator(Transaction& transaction) {
    if (PrincipalStore(transaction).ableAdministrators(transaction.now()) == 0)
        throw Problem::conflict(
            "last_administrator", "The last administrator must stay",
            "After this, no administrator with a valid token would be left. Make another one "
            "first, and give it a token.");
}

Page<PrincipalRecord> PrincipalService::list(PageRequest page) {
    return store_.list({caller_.isAdministrator(), caller_.scope(govern)}, page);
}

PrincipalRecord PrincipalService::get(std::int64_t id) {
    auto found = store_.find(id);
    if (!found || found->robot || !caller_.sees(*found))
        throw Problem::notFound();
    return std::move(*found);
}

void PrincipalService::requireValid(RoleGrant grant) {
    caller_.requireMayGrant(grant);
    if (grant.role == Role::administrator && grant.organization != 0)
        refuseField("organizationId", "must_be_null",
                    "An administrator is one of all organizations: send null.");
    if (grant.organization != 0 && !OrganizationStore(transaction_).find(grant.organization))
        refuseField("organizationId", "unknown_organization", "There is no such organization.");
}

PrincipalRecord PrincipalService::create(std::string_view wanted, std::optional<RoleGrant> role) {
    caller_.require(govern);
    const std::string name = acceptedName(wanted, "name", nameLength).text;
    if (role)
        requireValid(*role);
    else if (!caller_.isAdministrator())
        refuseField("role", "required", "Give the principal its first role, in one of your organizations.");
    const auto id = store_.insert(name, false);
    if (role)
        (void)store_.insertRole(id, *role);
    PrincipalRecord made = store_.find(id).value();
    record("principal.create", made, {}, principalJson(made));
    return made;
}

PrincipalRecord PrincipalService::rename(std::int64_t id, std::string_view wanted,
                                         std::optional<std::int64_t> ifMatch) {
    const PrincipalRecord before = get(id);
    requireVersion(ifMatch, before.version);
    const std::string name = acceptedName(wanted, "name", nameLength).text;
    store_.rename(id, name);
    record("principal.rename", before,
           JsonWriter().beginObject().member("name", before.name).endObject().take(),
           JsonWriter().beginObject().member("name", name).endObject().take());
    return store_.find(id).value();
}

void PrincipalService::remove(std::int64_t id, std::optional<std::int64_t> ifMatch) {
    const PrincipalRecord before = get(id);
    requireVersion(ifMatch, before.version);
    store_.remove(id);
    if (isAdministrator(before))
        requireAnAdministrator(transaction_);
    record("principal.delete", before, principalJson(before), {});
}

RoleRecord PrincipalService::addRole(std::int64_t id, RoleGrant grant, std::optional<std::int64_t> ifMatch) {
    const PrincipalRecord before = get(id);
    requireVersion(ifMatch, before.version);
    requireValid(grant);
    if (std::ranges::find(before.roles, grant, &RoleRecord::grant) != before.roles.end())
        throw Problem::conflict("role_held", "The principal has this role already",
                                "It has this role in this organization. Nothing was changed.");
    const auto roleId = store_.insertRole(id, grant);
    store_.raiseVersion(id);
    transaction_.record({"principal.grant-role",
                         "principal",
                         std::to_string(id),
                         grant.organization,
                         AuditResult::success,
                         {},
                         {},
                         grantJson(grant)});
    const PrincipalRecord after = store_.find(id).value();
    return *std::ranges::find(after.roles, roleId, &RoleRecord::id);
}

void PrincipalService::removeRole(std::int64_t id, std::int64_t roleId, std::optional<std::int64_t> ifMatch) {
    const PrincipalRecord before = get(id);
    requireVersion(ifMatch, before.version);
    const auto role = std::ranges::find(before.roles, roleId, &RoleRecord::id);
    if (role == before.roles.end())
        throw Problem::notFound();
    if (before.roles.size() == 1 && !caller_.isAdministrator())
        throw Problem::conflict(
            "last_role", "It is the principal's last role",
            "Without a role the principal would be out of your reach. Give it another role "
            "first, or delete it.");
    store_.removeRole(roleId);
    store_.raiseVersion(id);
    if (role->grant.role == Role::administrator)
        requireAnAdministrator(transaction_);
    transaction_.record({"principal.revoke-role",
                         "principal",
                         std::to_string(id),
                         role->grant.organization,
                         AuditResult::success,
                         {},
                         grantJson(role->grant),
                         {}});
}

PrincipalRecord PrincipalService::findForGrants(std::int64_t id) {
    auto found = store_.find(id);
    if (!found || !caller_.isAdministrator())
        throw Problem::notFound();
    return std::move(*found);
}

std::vector<GrantRecord> PrincipalService::grants(std::int64_t id) {
    (void)findForGrants(id);
    return store_.grants(id);
}

GrantRecord PrincipalService::addGrant(std::int64_t id, const NamedGrant& grant,
                                       std::optional<std::int64_t> ifMatch) {
    const PrincipalRecord about = findForGrants(id);
    requireVersion(ifMatch, about.version);
    if (!isPermission(grant.permission) || !grant.permission.ends_with(":use"))
        refuseField("permission", "not_grantable",
                    "Only permissions that end in \":use\" are granted by name; roles carry the others.");
    const auto held = store_.grants(id);
    if (std::ranges::find(held, grant, &GrantRecord::grant) != held.end())
        throw Problem::conflict("grant_held", "The principal has this grant already", "Nothing was changed.");
    const auto grantId = store_.insertGrant(id, grant);
    store_.raiseVersion(id);
    record("principal.grant", about, {}, grantJson(grant));
    const auto now = store_.grants(id);
    return *std::ranges::find(now, grantId, &GrantRecord::id);
}

void PrincipalService::removeGrant(std::int64_t id, std::int64_t grantId,
                                   std::optional<std::int64_t> ifMatch) {
    const PrincipalRecord about = findForGrants(id);
    requireVersion(ifMatch, about.version);
    const auto held = store_.grants(id);
    const auto found = std::ranges::find(held, grantId, &GrantRecord::id);
    if (found == held.end())
        throw Problem::notFound();
    store_.removeGrant(grantId);
    store_.raiseVersion(id);
    record("principal.revoke-grant", about, grantJson(found->grant), {});
}

} // namespace coffer::host
