#pragma once

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// One stored secret: whose it is, and its ciphertext.
struct StoredSecret {
    std::int64_t id = 0;
    std::int64_t slot = 0;
    std::string plugin;
    std::int64_t organization = 0;
    std::string record;
    std::string field;
    std::int64_t version = 0;
    std::int64_t keyVersion = 0;
    std::string sealed; ///< empty when its slot is gone
};

/// The vault's tables. SQL only; the rules stand in Vault. Each call runs in the caller's transaction.
namespace vault_store {

[[nodiscard]] std::optional<StoredSecret> find(Transaction& transaction, std::int64_t id);

/// The id that a new secret takes: it is bound to it before its row is stored.
[[nodiscard]] std::int64_t nextId(Transaction& transaction);
/// Adds the owner's row; `sealed` lies in its slot already.
void addOwner(Transaction& transaction, const StoredSecret& secret);
/// Says where the secret lies now, its version and its key version.
void updateOwner(Transaction& transaction, std::int64_t id, std::int64_t slot, std::int64_t version,
                 std::int64_t keyVersion);
void removeOwner(Transaction& transaction, std::int64_t id);

/// Puts ciphertext into a free slot of its size, or a new one. @returns the slot
std::int64_t fill(Transaction& transaction, std::string_view sealed);
/// Puts ciphertext over that of the same size.
void overwrite(Transaction& transaction, std::int64_t slot, std::string_view sealed);
/// Overwrites it with zeros and puts the slot on the free list.
void vacate(Transaction& transaction, std::int64_t slot, std::size_t size);

/// Up to `limit` secrets behind `position` that are not sealed under `keyVersion`, by id.
[[nodiscard]] std::vector<StoredSecret> notUnder(Transaction& transaction, std::int64_t keyVersion,
                                                 std::int64_t position, std::int64_t limit);
[[nodiscard]] std::int64_t countNotUnder(Transaction& transaction, std::int64_t keyVersion);

/// What is wrong with the tables, a sentence each; empty when all is well.
[[nodiscard]] std::vector<std::string> check(Transaction& transaction);

} // namespace vault_store
} // namespace coffer::host
