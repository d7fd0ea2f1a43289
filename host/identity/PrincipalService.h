#pragma once

#include "host/identity/Caller.h"
#include "host/identity/PrincipalStore.h"

namespace coffer::host {

/// The rules of principals (persons and programs; robots have a service of their own), their roles and their
/// named grants. Lives inside one transaction; changes are recorded in it.
class PrincipalService {
public:
    static constexpr std::string_view govern = "principals:govern";
    static constexpr std::string_view administerGrants = "grants:administer";

    PrincipalService(Transaction& transaction, const Caller& caller) noexcept
        : transaction_(transaction), caller_(caller), store_(transaction) {}

    [[nodiscard]] Page<PrincipalRecord> list(PageRequest page);
    /// @throws Problem 404 when it does not exist for the caller
    [[nodiscard]] PrincipalRecord get(std::int64_t id);
    /// Without a role only an administrator would see it, so others must give one.
    /// @throws Problem 403 `beyond_your_rights`, 422
    [[nodiscard]] PrincipalRecord create(std::string_view name, std::optional<RoleGrant> role);
    /// @throws Problem 404, 412, 422
    [[nodiscard]] PrincipalRecord rename(std::int64_t id, std::string_view name,
                                         std::optional<std::int64_t> ifMatch);
    /// Its tokens are refused from the next request on. @throws Problem 404, 412, 409 `last_administrator`
    void remove(std::int64_t id, std::optional<std::int64_t> ifMatch);

    /// @throws Problem 404, 412, 403 `beyond_your_rights`, 409 `role_held`, 422
    [[nodiscard]] RoleRecord addRole(std::int64_t id, RoleGrant grant, std::optional<std::int64_t> ifMatch);
    /// @throws Problem 404, 412, 409 `last_administrator`, 409 `last_role` for who is no administrator
    void removeRole(std::int64_t id, std::int64_t roleId, std::optional<std::int64_t> ifMatch);

    /// Named grants; robots may hold them as well. @throws Problem 404
    [[nodiscard]] std::vector<GrantRecord> grants(std::int64_t id);
    /// @throws Problem 404, 412, 409 `grant_held`, 422
    [[nodiscard]] GrantRecord addGrant(std::int64_t id, const NamedGrant& grant,
                                       std::optional<std::int64_t> ifMatch);
    /// @throws Problem 404, 412
    void removeGrant(std::int64_t id, std::int64_t grantId, std::optional<std::int64_t> ifMatch);

    /// Call it after what may have taken an administrator's way in.
    /// @throws Problem 409 `last_administrator` when no administrator is left who can log in
    static void requireAnAdministrator(Transaction& transaction);

private:
    [[nodiscard]] PrincipalRecord findForGrants(std::int64_t id);
    void requireValid(RoleGrant grant);
    void record(std::string action, const PrincipalRecord& about, std::string before, std::string after);

    Transaction& transaction_;
    const Caller& caller_;
    PrincipalStore store_;
};

} // namespace coffer::host
