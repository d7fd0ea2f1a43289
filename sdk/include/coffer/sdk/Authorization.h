#pragma once

#include <coffer/sdk/Export.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer {

/// What a principal may be. See authorizedScope() for what each role may do.
enum class Role { administrator, partner, manager, viewer, auditor };

///@{
/// `administrator`, ..., `auditor`; nothing for another text.
[[nodiscard]] COFFER_API std::string_view toString(Role role) noexcept;
[[nodiscard]] COFFER_API std::optional<Role> roleFromString(std::string_view text) noexcept;
///@}

/// A role in one organization, or in all of them.
struct RoleGrant {
    Role role;                     ///< what its holder may do there
    std::int64_t organization = 0; ///< 0: every organization, those yet to be made too
    bool operator==(const RoleGrant&) const = default;
};

/// A permission that no role has, granted to one principal for one object: `backup-credentials:use` on `17`.
struct NamedGrant {
    std::string permission; ///< `backup-credentials:use`
    std::string object;     ///< id of the object, as text: `17`
    bool operator==(const NamedGrant&) const = default;
};

/// Who is calling: a person or program with a bearer token, or a robot with access key and secret.
struct Principal {
    std::int64_t id = 0;           ///< 0: nobody (a public route)
    std::string name;              ///< unique among principals; may be shown and logged
    bool robot = false;            ///< called with access key and secret
    std::vector<RoleGrant> roles;  ///< what it may do by role, in any order
    std::vector<NamedGrant> named; ///< what it was granted by name
};

/// The organizations in which something is allowed.
struct COFFER_API OrganizationScope {
    bool all = false;                        ///< every organization, those yet to be made too
    std::vector<std::int64_t> organizations; ///< sorted, without duplicates; empty when `all`

    /// Whether it is allowed in this one; 0 (no organization) only when `all`.
    [[nodiscard]] bool contains(std::int64_t organization) const noexcept;
    /// Allowed nowhere: answer Problem::notFound(), or an empty list.
    [[nodiscard]] bool empty() const noexcept { return !all && organizations.empty(); }
};

/// A permission reads `resource:action`. The action decides which roles have it:
///
/// | action | roles |
/// |---|---|
/// | `read` | administrator, partner, manager, viewer |
/// | `change` | administrator, partner, manager |
/// | `override` | administrator: store unverified, pass over a failing probe |
/// | `administer` | administrator: plugins, keys, storage, organizations |
/// | `govern` | administrator, partner: principals, roles and tokens of its organizations |
/// | `operate` | administrator, partner, manager: robots of the own organization and their tokens |
/// | `audit` | administrator, partner, manager, auditor |
/// | `use` | no role; NamedGrant only |
/// | `self` | whoever is known |
/// | `public` | whoever calls, known or not |
[[nodiscard]] COFFER_API bool isPermission(std::string_view permission) noexcept;
/// Whether its action is `public`.
[[nodiscard]] COFFER_API bool isPublic(std::string_view permission) noexcept;

/// Where `principal` holds `permission`. For `self` and `use` this is every organization in which it has any
/// role; `use` needs holdsNamed() as well.
[[nodiscard]] COFFER_API OrganizationScope authorizedScope(const Principal& principal,
                                                           std::string_view permission);

/// Whether a NamedGrant of this principal names exactly this object.
[[nodiscard]] COFFER_API bool holdsNamed(const Principal& principal, std::string_view permission,
                                         std::string_view object) noexcept;

} // namespace coffer
