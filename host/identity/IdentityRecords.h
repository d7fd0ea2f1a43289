#pragma once

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coffer::host {

/// What the stores read and the services work on. Values only; none holds a secret.

struct Organization {
    std::int64_t id = 0;
    std::string name;
    Instant createdAt;
    std::string createdBy; ///< the principal's name at that time
    std::int64_t version = 1;
};

/// One role of one principal.
struct RoleRecord {
    std::int64_t id = 0;
    RoleGrant grant{};
    std::string organizationName; ///< empty when the role holds in every organization
};

struct PrincipalRecord {
    std::int64_t id = 0;
    std::string name;
    bool robot = false;
    Instant createdAt;
    std::string createdBy;
    std::int64_t version = 1;
    std::vector<RoleRecord> roles;
};

struct GrantRecord {
    std::int64_t id = 0;
    NamedGrant grant;
    Instant createdAt;
    std::string createdBy;
};

struct TokenRecord {
    std::int64_t id = 0;
    std::string name;
    Instant createdAt;
    std::string createdBy;
    std::optional<Instant> expiresAt;
    std::optional<Instant> revokedAt;

    [[nodiscard]] bool livesAt(Instant time) const noexcept {
        return !revokedAt && (!expiresAt || *expiresAt > time);
    }
};

struct SessionRecord {
    std::int64_t id = 0;
    std::int64_t principal = 0;
    std::int64_t token = 0; ///< id of the one it was made from
    Instant createdAt;
    Instant expiresAt;
    Instant lastUsedAt;
};

struct Robot {
    std::int64_t id = 0; ///< of its principal
    std::string name;
    std::int64_t organization = 0;
    std::string organizationName;
    Role role = Role::viewer;
    std::string accessKeyId;
    bool usable = true; ///< false after its secret was revoked, until it is rotated
    Instant createdAt;
    std::string createdBy;
    std::int64_t version = 1;
};

} // namespace coffer::host
