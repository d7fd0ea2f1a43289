#pragma once

#include "host/http/Idempotency.h"

#include <vector>

namespace coffer::host {

/// The SQL of the IdempotencyStore: the table `http_idempotency`, and nothing of its rules.

inline constexpr std::string_view sealedField = "response";

/// An answer as kept. Its body is empty when `shownSecret`: it is sealed, or erased.
struct KeptAnswer {
    std::string digest;
    Instant created;
    Response response;
    bool shownSecret = false;
    std::optional<SecretReference> secret;
};

[[nodiscard]] std::span<const Migration> idempotencyMigrations() noexcept;
[[nodiscard]] std::optional<KeptAnswer> findKept(Transaction& transaction, const IdempotentRequest& request);
/// Takes the place of an older answer to the same request.
void insertKept(Transaction& transaction, const IdempotentRequest& request, const Response& response,
                std::optional<SecretReference> secret, Instant now);

[[nodiscard]] bool hasKeptBefore(Transaction& transaction, Instant answers, Instant secrets);
/// Rows (by id) whose sealed answer is older than that; at most `most`.
[[nodiscard]] std::vector<std::pair<std::int64_t, SecretReference>> secretsBefore(Transaction& transaction,
                                                                                  Instant instant, int most);
void forgetSecret(Transaction& transaction, std::int64_t row);
/// Deletes answers without a sealed secret that are older than that; at most `most`. @returns how many
std::size_t deleteKeptBefore(Transaction& transaction, Instant instant, int most);

} // namespace coffer::host
