#include <coffer/sdk/Authorization.h>

#include <algorithm>
#include <array>
#include <utility>

namespace coffer {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 5> roleNames{{{Role::administrator, "administrator"},
                                                                      {Role::partner, "partner"},
                                                                      {Role::manager, "manager"},
                                                                      {Role::viewer, "viewer"},
                                                                      {Role::auditor, "auditor"}}};

struct ActionRoles {
    std::string_view action;
    bool administrator;
    bool partner;
    bool manager;
    bool viewer;
    bool auditor;
};

// The table of Authorization.h; `use` and `self` ask for any role here and are narrowed elsewhere.
constexpr std::array<ActionRoles, 9> actions{{
    {"read", true, true, true, true, false},
    {"change", true, true, true, false, false},
    {"override", true, false, false, false, false},
    {"administer", true, false, false, false, false},
    {"govern", true, true, false, false, false},
    {"operate", true, true, true, false, false},
    {"audit", true, true, true, false, true},
    {"use", true, true, true, true, true},
    {"self", true, true, true, true, true},
}};

std::string_view actionOf(std::string_view permission) noexcept {
    const auto colon = permission.find(':');
    return colon == std::string_view::npos ? std::string_view{} : permission.substr(colon + 1);
}

bool allows(const ActionRoles& row, Role role) noexcept {
    switch (role) {
    case Role::administrator:
        return row.administrator;
    case Role::partner:
        return row.partner;
    case Role::manager:
        return row.manager;
    case Role::viewer:
        return row.viewer;
    case Role::auditor:
        return row.auditor;
    }
    return false;
}

} // namespace

std::string_view toString(Role role) noexcept {
    return std::ranges::find(roleNames, role, &decltype(roleNames)::value_type::first)->second;
}

std::optional<Role> roleFromString(std::string_view text) noexcept {
    const auto* found = std::ranges::find(roleNames, text, &decltype(roleNames)::value_type::second);
    return found == roleNames.end() ? std::nullopt : std::optional(found->first);
}

bool OrganizationScope::contains(std::int64_t organization) const noexcept {
    return all || std::ranges::binary_search(organizations, organization);
}

bool isPublic(std::string_view permission) noexcept {
    return actionOf(permission) == "public";
}

bool isPermission(std::string_view permission) noexcept {
    const auto resource = permission.substr(0, permission.find(':'));
    const bool plain = !resource.empty() && std::ranges::all_of(resource, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    return plain && (isPublic(permission) ||
                     std::ranges::find(actions, actionOf(permission), &ActionRoles::action) != actions.end());
}

OrganizationScope authorizedScope(const Principal& principal, std::string_view permission) {
    OrganizationScope scope;
    const auto* row = std::ranges::find(actions, actionOf(permission), &ActionRoles::action);
    if (row == actions.end())
        return scope;
    for (const auto& grant : principal.roles) {
        if (!allows(*row, grant.role))
            continue;
        if (grant.organization == 0)
            return {true, {}};
        scope.organizations.push_back(grant.organization);
    }
    std::ranges::sort(scope.organizations);
    const auto duplicates = std::ranges::unique(scope.organizations);
    scope.organizations.erase(duplicates.begin(), duplicates.end());
    return scope;
}

bool holdsNamed(const Principal& principal, std::string_view permission, std::string_view object) noexcept {
    return std::ranges::any_of(principal.named, [&](const NamedGrant& grant) {
        return grant.permission == permission && grant.object == object;
    });
}

} // namespace coffer
