#pragma once

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

enum class KeyState {
    active,   ///< seals what is stored now; exactly one version
    retiring, ///< opens what was sealed with it, seals nothing any more
    retired,  ///< destroyed
};
[[nodiscard]] std::string_view toString(KeyState state) noexcept;

/// One version of the data key, without its bytes.
struct KeyVersion {
    std::int64_t version = 0;
    std::string
        keyId; ///< random, tells apart two keys that were given one number by a change that was undone
    KeyState state = KeyState::active;
    Instant createdAt;
    std::optional<Instant> retiredAt;
    std::int64_t sealedCount = 0; ///< secrets that lie sealed under it now
};

/// The keys' tables. SQL only; the rules stand in KeyRing. Each call runs in the caller's transaction.
namespace key_store {

/// The row of secret_wrapped that holds the root of the integrity keys.
constexpr std::int64_t integrityRow = 0;

[[nodiscard]] std::vector<KeyVersion> versions(Transaction& transaction); ///< by version, ascending
[[nodiscard]] std::optional<KeyVersion> find(Transaction& transaction, std::int64_t version);
[[nodiscard]] std::optional<KeyVersion> active(Transaction& transaction);
/// Adds an active version; the one that was active becomes retiring. @returns its number
std::int64_t addActive(Transaction& transaction, std::string_view keyId);
void markRetired(Transaction& transaction, std::int64_t version);
void addSealed(Transaction& transaction, std::int64_t version, std::int64_t difference);

/// The wrapped key; empty when there is none.
[[nodiscard]] std::string wrapped(Transaction& transaction, std::int64_t version);
/// Stores it, in place when there is one.
void putWrapped(Transaction& transaction, std::int64_t version, std::string_view wrapped);

/// Whether the vault holds anything that some key must open.
[[nodiscard]] bool anythingSealed(Transaction& transaction);

} // namespace key_store
} // namespace coffer::host
