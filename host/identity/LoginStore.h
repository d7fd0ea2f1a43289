#pragma once

#include "host/identity/IdentityRecords.h"
#include "host/identity/LoginSecrets.h"
#include "host/identity/Page.h"

#include <coffer/sdk/Storage.h>

namespace coffer::host {

/// The SQL of tokens and robots: what principals log in with, by digest only. Lives inside one transaction.
class LoginStore {
public:
    explicit LoginStore(Transaction& transaction) noexcept : transaction_(transaction) {}

    struct Login {
        Principal principal; ///< rights are not loaded
        std::optional<Instant> expiresAt;
    };
    /// Whose token this is, while it is neither revoked nor expired.
    [[nodiscard]] std::optional<Login> findByToken(const LoginDigest& digest);
    /// Whose access key and secret these are.
    [[nodiscard]] std::optional<Login> findByRobot(const LoginDigest& digest);

    [[nodiscard]] std::optional<TokenRecord> findToken(std::int64_t principal, std::int64_t tokenId);
    [[nodiscard]] Page<TokenRecord> listTokens(std::int64_t principal, PageRequest page);
    [[nodiscard]] std::int64_t countLiveTokens(std::int64_t principal);
    /// @returns the new id
    [[nodiscard]] std::int64_t insertToken(std::int64_t principal, std::string_view name,
                                           const LoginDigest& digest, std::optional<Instant> expiresAt);
    void revokeToken(std::int64_t tokenId);
    /// Removes what was revoked or has expired before `time`.
    void forgetDeadTokens(std::int64_t principal, Instant time);
    struct Revoked {
        std::int64_t tokens;
        std::int64_t robots; ///< that lost their secret
        std::int64_t sessions;
    };
    /// @returns how many there were of each
    Revoked revokeEverything();

    [[nodiscard]] std::optional<Robot> findRobot(std::int64_t id);
    [[nodiscard]] bool robotNameTaken(std::int64_t organization, std::string_view nameKey);
    [[nodiscard]] Page<Robot> listRobots(const OrganizationScope& scope, PageRequest page);
    void insertRobot(std::int64_t principal, std::int64_t organization, std::string_view nameKey,
                     std::string_view accessKeyId, const LoginDigest& digest);
    void replaceRobotSecret(std::int64_t robot, const LoginDigest& digest);

private:
    Transaction& transaction_;
};

} // namespace coffer::host
