#pragma once

#include "host/identity/LoginSecrets.h"
#include "host/identity/Page.h"
#include "host/identity/SessionStore.h"

#include <coffer/sdk/Secret.h>

#include <chrono>
#include <mutex>
#include <unordered_map>

namespace coffer::host {

struct SessionOptions {
    std::chrono::milliseconds lifetime = std::chrono::hours(12);
    std::chrono::milliseconds idle = std::chrono::hours(1); ///< without a request
    std::size_t mostLive = 50; ///< of one principal; for one more the oldest ends
};

/// Who has signed in to the console. A session is made from a token, and ends with it; with its principal;
/// when it has lived or idled too long; and when it is signed out.
///
/// Its use is noted in memory and written by flush(), so that a request that reads writes nothing; after a
/// crash a session looks used a little earlier than it was. Thread-safe; `storage` outlives it.
class Sessions {
public:
    Sessions(Storage& storage, SessionOptions options) : storage_(storage), options_(options) {}

    struct Made {
        SessionRecord session;
        SecretBytes cookie; ///< nowhere else: only its digest is stored
    };
    /// Makes and records one. @param origin  address and request id count; who it is, the token says
    /// @returns nothing when the token is not valid @throws Problem 503 as Storage does
    [[nodiscard]] std::optional<Made> create(const SecretBytes& token, const Origin& origin);

    using Found = SessionStore::Found;
    /// Whose session this is, rights included, while it lives; notes that it was used.
    [[nodiscard]] std::optional<Found> find(const SecretBytes& cookie);
    /// Those of one principal that live.
    [[nodiscard]] Page<SessionRecord> list(Transaction& transaction, std::int64_t principal,
                                           PageRequest page) const;
    /// Ends and records it. @returns false when it is none of this principal's that lives
    [[nodiscard]] bool end(Transaction& transaction, std::int64_t principal, std::int64_t id) const;

    /// Writes what was used, and removes what has died; call it every minute or so, and once before the
    /// database closes. @throws Problem 503 as Storage does; nothing is lost then
    void flush();

    [[nodiscard]] Storage& storage() const noexcept { return storage_; }
    [[nodiscard]] const SessionOptions& options() const noexcept { return options_; }

private:
    [[nodiscard]] std::vector<SessionRecord> live(Transaction& transaction, std::int64_t principal) const;
    /// Whether it has not idled too long; brings its last use up to date.
    [[nodiscard]] bool isInUse(SessionRecord& session, Instant now) const;
    void note(std::int64_t session, Instant now);

    Storage& storage_;
    const SessionOptions options_;
    mutable std::mutex mutex_;
    std::unordered_map<std::int64_t, Instant> used_; ///< since the last flush
};

} // namespace coffer::host
