#include "host/identity/Caller.h"

#include "host/identity/PrincipalStore.h"

#include <algorithm>

namespace coffer::host {

namespace {

Problem beyondYourRights(std::string detail) {
    return {403, "beyond_your_rights", "That is more than you hold yourself", std::move(detail)};
}

} // namespace

Caller::Caller(Principal principal) : principal_(std::move(principal)) {}

Caller Caller::reloaded(Transaction& transaction, std::int64_t principal) {
    auto found = PrincipalStore(transaction).load(principal);
    if (!found)
        throw Problem(401, "invalid_token", "The token is not valid",
                      "The principal it belongs to was deleted while your request was on its way.");
    return Caller(std::move(*found));
}

bool Caller::isAdministrator() const noexcept {
    return std::ranges::any_of(principal_.roles, [](const RoleGrant& grant) {
        return grant.role == Role::administrator && grant.organization == 0;
    });
}

OrganizationScope Caller::scope(std::string_view permission) const {
    return authorizedScope(principal_, permission);
}

void Caller::require(std::string_view permission) const {
    if (scope(permission).empty())
        throw Problem(403, "forbidden", "You may not do that",
                      "It needs the permission " + std::string(permission) +
                          ", which was taken from you while your request was on its way.");
}

bool Caller::mayGrant(RoleGrant grant) const {
    if (isAdministrator())
        return true;
    return grant.role != Role::administrator && scope("principals:govern").contains(grant.organization);
}

void Caller::requireMayGrant(RoleGrant grant) const {
    if (!mayGrant(grant))
        throw beyondYourRights(
            "You may give and take the roles partner, manager, viewer and auditor within your own "
            "organizations. For this one, ask an administrator.");
}

void Caller::requireHolds(std::span<const GrantRecord> grants) const {
    const bool holds = std::ranges::all_of(grants, [&](const GrantRecord& record) {
        return holdsNamed(principal_, record.grant.permission, record.grant.object);
    });
    if (!isAdministrator() && !holds)
        throw beyondYourRights(
            "This principal holds grants by name that you do not hold, and whoever has a login "
            "of it could use them. Ask an administrator.");
}

bool Caller::sees(const PrincipalRecord& other) const {
    if (isAdministrator())
        return true;
    return !other.roles.empty() &&
           std::ranges::all_of(other.roles, [&](const RoleRecord& role) { return mayGrant(role.grant); });
}

std::int64_t soleOrganization(std::span<const RoleRecord> roles) noexcept {
    if (roles.empty())
        return 0;
    const auto first = roles.front().grant.organization;
    const bool same =
        std::ranges::all_of(roles, [&](const RoleRecord& role) { return role.grant.organization == first; });
    return same ? first : 0;
}

} // namespace coffer::host
