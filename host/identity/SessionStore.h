#pragma once

#include "host/identity/IdentityRecords.h"
#include "host/identity/LoginSecrets.h"

#include <coffer/sdk/Storage.h>

#include <optional>
#include <vector>

namespace coffer::host {

/// The SQL of sessions, by digest only. A session lives no longer than the token it was made from. Lives
/// inside one transaction.
class SessionStore {
public:
    explicit SessionStore(Transaction& transaction) noexcept : transaction_(transaction) {}

    /// With what a session can be made: a token that is neither revoked nor expired.
    struct Maker {
        std::int64_t token = 0;
        std::optional<Instant> expiresAt; ///< of the token
        Principal principal;              ///< rights are not loaded
    };
    [[nodiscard]] std::optional<Maker> findMaker(const LoginDigest& token);

    struct Found {
        SessionRecord session;
        Principal principal; ///< rights are not loaded
    };
    /// Idle ones too.
    [[nodiscard]] std::optional<Found> find(const LoginDigest& digest);
    /// Idle ones too, by id.
    [[nodiscard]] std::vector<SessionRecord> list(std::int64_t principal);
    [[nodiscard]] SessionRecord insert(const Maker& maker, const LoginDigest& digest, Instant expiresAt);
    void remove(std::int64_t id);

    void setLastUse(std::int64_t id, Instant time);
    /// Those that have expired, whose token is no longer valid, or that were last used before `idleSince`.
    [[nodiscard]] bool anyDead(Instant idleSince);
    void removeDead(Instant idleSince);

private:
    Transaction& transaction_;
};

} // namespace coffer::host
