#pragma once

#include "host/identity/IdentityRecords.h"
#include "host/identity/Page.h"

#include <coffer/sdk/Storage.h>

namespace coffer::host {

/// The SQL of principals, their roles and their named grants. Lives inside one transaction.
class PrincipalStore {
public:
    explicit PrincipalStore(Transaction& transaction) noexcept : transaction_(transaction) {}

    /// Which principals (no robots) a list shows: everyone, or those who have roles, none of them
    /// administrator's, and all of them within `scope`.
    struct Visibility {
        bool everyone = false;
        OrganizationScope scope;
    };

    [[nodiscard]] bool anyExists();
    [[nodiscard]] std::optional<PrincipalRecord> find(std::int64_t id); ///< robots too
    [[nodiscard]] Page<PrincipalRecord> list(const Visibility& visibility, PageRequest page);
    /// @returns the new id
    [[nodiscard]] std::int64_t insert(std::string_view name, bool robot);
    void rename(std::int64_t id, std::string_view name); ///< raises the version
    void raiseVersion(std::int64_t id);
    void remove(std::int64_t id); ///< with roles, grants, tokens and its robot

    [[nodiscard]] std::vector<RoleRecord> roles(std::int64_t principal);
    [[nodiscard]] std::int64_t insertRole(std::int64_t principal, RoleGrant grant);
    void removeRole(std::int64_t roleId);
    /// The lowest id of who is administrator; nothing when there is none.
    [[nodiscard]] std::optional<std::int64_t> firstAdministrator();
    /// How many administrators could log in at `time`: those with a token that is neither revoked nor
    /// expired.
    [[nodiscard]] std::int64_t ableAdministrators(Instant time);

    [[nodiscard]] std::vector<GrantRecord> grants(std::int64_t principal);
    [[nodiscard]] std::int64_t insertGrant(std::int64_t principal, const NamedGrant& grant);
    void removeGrant(std::int64_t grantId);

    /// Everything that authorization asks about a principal; nothing when it does not exist. Two statements.
    [[nodiscard]] std::optional<Principal> load(std::int64_t id);
    /// The roles and grants of a principal whose id, name and kind are known. One statement.
    void loadRights(Principal& principal);

private:
    Transaction& transaction_;
};

} // namespace coffer::host
