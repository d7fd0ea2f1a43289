#pragma once

#include "host/identity/IdentityRecords.h"

#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Storage.h>

#include <span>

namespace coffer::host {

/// Who asks for something, and the rules of what they may do to other principals. Nobody gives, or takes
/// over, more than they hold themselves. Values only.
class Caller {
public:
    /// As they were when the request was authenticated; for what only reads.
    explicit Caller(Principal principal);
    /// As the database has them in this transaction; for what changes something: rights that were taken away
    /// while the request waited no longer count. @throws Problem 401 when the principal is gone
    [[nodiscard]] static Caller reloaded(Transaction& transaction, std::int64_t principal);

    [[nodiscard]] const Principal& principal() const noexcept { return principal_; }
    [[nodiscard]] bool isAdministrator() const noexcept;
    [[nodiscard]] OrganizationScope scope(std::string_view permission) const;

    /// @throws Problem 403 `forbidden` when the permission is held nowhere (any more)
    void require(std::string_view permission) const;
    /// @throws Problem 403 `beyond_your_rights` unless this role may be given, and taken away, by this
    /// caller: an administrator gives any, a partner the others within its organizations
    void requireMayGrant(RoleGrant grant) const;
    /// @throws Problem 403 `beyond_your_rights` unless the caller is an administrator or holds each of
    /// `grants`: whoever issues a login for a principal could use what that principal was granted by name
    void requireHolds(std::span<const GrantRecord> grants) const;

    /// Whether `other` exists for this caller under `principals:govern`: an administrator sees everyone, a
    /// partner those all of whose roles it could have given.
    [[nodiscard]] bool sees(const PrincipalRecord& other) const;

private:
    [[nodiscard]] bool mayGrant(RoleGrant grant) const;

    Principal principal_;
};

/// The organization that all of these roles are in: to whom an event about their principal is shown. 0 when
/// there is no such one.
[[nodiscard]] std::int64_t soleOrganization(std::span<const RoleRecord> roles) noexcept;

} // namespace coffer::host
