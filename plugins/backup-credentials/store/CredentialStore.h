#pragma once

#include "service/Credential.h"

#include <coffer/sdk/Storage.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials::store {

// SQL about single credentials, for SQLite. Every function works inside the caller's transaction, knows no
// rule beyond what the tables hold themselves, and throws what Transaction throws; those that change
// something throw the Problem of the rule when the tables refuse it.

/// Its projects, the first of them, are read too.
[[nodiscard]] std::optional<Credential> find(Transaction& transaction, std::int64_t id);
/// Gives `take` the credentials with these ids, one by one and in this order, each for the time of the call;
/// what is not there is left out.
void forEach(Transaction& transaction, const std::vector<std::int64_t>& ids,
             const std::function<void(const Credential&)>& take);
[[nodiscard]] std::optional<std::string> organizationName(Transaction& transaction,
                                                          std::int64_t organization);
/// The credential of this organization whose name folds to `nameKey`.
[[nodiscard]] std::optional<std::int64_t> idOfName(Transaction& transaction, std::int64_t organization,
                                                   std::string_view nameKey);

/// The id that a new one takes: its secret is bound to it before the row is stored.
[[nodiscard]] std::int64_t nextId(Transaction& transaction);
/// Stores a new one under its id.
void insert(Transaction& transaction, const Credential& credential, Instant nextProbe);
/// Name, keys, probe settings, modified and version.
void update(Transaction& transaction, const Credential& credential);
/// Lock (or its absence), modified and version.
void updateLock(Transaction& transaction, const Credential& credential);
/// What a probe found, and when the next is due.
void updateValidation(Transaction& transaction, const Credential& credential, Instant nextProbe);
void remove(Transaction& transaction, std::int64_t id);

[[nodiscard]] std::optional<std::int64_t> defaultOf(Transaction& transaction, std::int64_t organization);
/// Makes it the default, in the place of any other.
void makeDefault(Transaction& transaction, const Credential& credential);
void clearDefault(Transaction& transaction, std::int64_t id);

/// One whose probe is due.
struct Due {
    std::int64_t id;
    std::string endpoint;
};
/// The longest due first, leaving out those at the endpoints named.
[[nodiscard]] std::vector<Due> due(Transaction& transaction, std::size_t limit,
                                   const std::vector<std::string>& busyEndpoints);

/// How many credentials `organization` (0: all) has of a kind: `total`, `locked`, or a ValidationState.
[[nodiscard]] std::int64_t count(Transaction& transaction, std::int64_t organization, std::string_view kind);

} // namespace coffer::backup_credentials::store
