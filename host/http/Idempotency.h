#pragma once

#include <coffer/sdk/Http.h>
#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Storage.h>

#include <Poco/Net/HTTPRequest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace coffer::host {

/// The Idempotency-Key: 1 to 255 visible ASCII characters.
/// @throws Problem 400 `invalid_idempotency_key`
[[nodiscard]] std::optional<std::string> idempotencyKey(const Poco::Net::HTTPRequest& head);

struct IdempotencyOptions {
    std::chrono::milliseconds keep = std::chrono::hours(24);
    std::chrono::milliseconds keepSecrets = std::chrono::minutes(10); ///< of responses with oneTimeSecret
    std::function<Instant()> clock = currentTime;
};

/// A request that carries an Idempotency-Key: two are the same attempt when the first four members are equal.
struct IdempotentRequest {
    std::int64_t principal = 0;
    std::string method;
    std::string path;
    std::string key;
    std::string digest; ///< of query and body: IdempotencyStore::digest()
};

class IdempotencyStore;
struct KeptAnswer;

/// The right to carry out one request, held until its answer is kept or has failed; meanwhile others with the
/// same key are told 409. Must not outlive the store.
class IdempotencyClaim {
public:
    IdempotencyClaim(IdempotencyStore& store, IdempotentRequest request, std::string name)
        : store_(store), request_(std::move(request)), name_(std::move(name)) {}
    IdempotencyClaim(const IdempotencyClaim&) = delete;
    IdempotencyClaim& operator=(const IdempotencyClaim&) = delete;
    ~IdempotencyClaim();

    /// Keeps the answer, in the transaction of what it answers, when it is a success and a plain body.
    void keep(Transaction& transaction, const Response& response) const;
    [[nodiscard]] const IdempotentRequest& request() const noexcept { return request_; }

private:
    IdempotencyStore& store_;
    IdempotentRequest request_;
    std::string name_;
};

/// First answers, kept for those who ask again because they never saw them (draft-ietf-httpapi-idempotency-
/// key-header). Of request bodies only a keyed digest is stored; answers that show a secret are sealed. Any
/// thread.
class IdempotencyStore {
public:
    /// @param vault  seals answers that show a secret
    /// @param digestKey  the integrity key for "idempotency"; it must stay the same over restarts
    IdempotencyStore(Storage& storage, SecretVault& vault, SecretBytes digestKey,
                     IdempotencyOptions options = {});
    IdempotencyStore(const IdempotencyStore&) = delete;
    IdempotencyStore& operator=(const IdempotencyStore&) = delete;

    /// Of the owner `http`.
    [[nodiscard]] static std::span<const Migration> migrations() noexcept;

    [[nodiscard]] std::string digest(std::string_view query, std::string_view body) const;

    /// Either the claim to carry it out, or the first answer.
    struct Admission {
        std::unique_ptr<IdempotencyClaim> claim;
        std::optional<Response> replay;
    };
    /// @param replayed  recorded before an answer that shows a secret is given again
    /// @throws Problem 409 `idempotency_key_in_flight`, 422 `idempotency_key_reused`, 409
    ///         `secret_already_shown`, and what Storage throws
    [[nodiscard]] Admission admit(IdempotentRequest request, const Origin& origin, AuditEvent replayed);

    /// Deletes what is older than it may be, secrets first. To be called about once a minute.
    /// @returns how many answers it deleted or erased the secret of
    std::size_t purge();

private:
    friend class IdempotencyClaim;

    [[nodiscard]] Response replay(const KeptAnswer& kept, const IdempotentRequest& request,
                                  const Origin& origin, const AuditEvent& replayed);
    void keep(Transaction& transaction, const IdempotentRequest& request, const Response& response);
    [[nodiscard]] std::string sealedRecord(const IdempotentRequest& request) const;
    [[nodiscard]] std::string mac(std::string_view bytes) const;
    void release(const std::string& name) noexcept;
    [[nodiscard]] std::size_t purgeSome();

    Storage& storage_;
    SecretVault& vault_;
    SecretBytes digestKey_;
    IdempotencyOptions options_;
    std::mutex mutex_; // guards inFlight_; never held while anything waits
    std::unordered_set<std::string> inFlight_;
};

} // namespace coffer::host
