#pragma once

#include "host/identity/LoginSecrets.h"

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace coffer::host {

/// Who a login was found to belong to, for as long as nothing at all is committed to the database: so no
/// answer outlives a revocation, a lost role or a deleted principal that somebody has been told of. Any
/// thread.
class PrincipalCache {
public:
    /// @param commits  what Database::commits() says now
    [[nodiscard]] std::shared_ptr<const Principal> find(const LoginDigest& login, std::uint64_t commits,
                                                        Instant now);
    /// @param commits  what Database::commits() said before the login was looked up
    void keep(const LoginDigest& login, std::uint64_t commits, std::shared_ptr<const Principal> principal,
              std::optional<Instant> expiresAt);

private:
    struct Kept {
        std::shared_ptr<const Principal> principal;
        std::optional<Instant> expiresAt;
    };
    struct DigestHash {
        std::size_t operator()(const LoginDigest& digest) const noexcept;
    };

    std::mutex mutex_;
    std::uint64_t commits_ = 0; ///< of all that are kept
    std::unordered_map<LoginDigest, Kept, DigestHash> kept_;
};

} // namespace coffer::host
