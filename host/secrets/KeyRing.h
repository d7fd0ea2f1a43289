#pragma once

#include "host/secrets/DataKey.h"
#include "host/secrets/KeyEncryptionKey.h"
#include "host/secrets/KeyStore.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace coffer::host {

/// The database's keys cannot be unwrapped with the key-encryption keys at hand. Nothing was changed.
class KeyUnavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class WhenEmpty {
    makeKeys, ///< a database without keys gets version 1 and the integrity key
    refuse,   ///< for commands that only look
};

/// The daemon's keys: versions of the data key, and the root of the integrity keys, each wrapped by the
/// key-encryption key in the database and unwrapped in memory.
///
/// One object for the life of the daemon; any thread. Calls that take a Transaction run inside a closure and
/// leave nothing behind when it is undone: memory only caches what the transaction shows.
class KeyRing {
public:
    /// Unwraps every key. The tables are there: migrate first. @throws KeyUnavailable with a sentence that
    /// says which key-encryption key is missing and where it looked
    KeyRing(Storage& storage, KeyEncryptionKey current, std::optional<KeyEncryptionKey> previous, Log& log,
            WhenEmpty whenEmpty = WhenEmpty::makeKeys);

    /// Rewraps by the current key-encryption key what the previous one still wraps, in one transaction, with
    /// the audit record `key.adopt`. Does nothing when there is nothing to do. Call it once at start, after
    /// the recorder is set.
    void adoptCurrentKey();

    /// A key for one purpose (`audit`, `fingerprint`, ...), derived by HKDF from the root of the integrity
    /// keys. No rotation changes it.
    [[nodiscard]] SecretBytes integrityKey(std::string_view purpose) const;

    /// The key-encryption key that wraps what is new.
    [[nodiscard]] const std::string& keyEncryptionKeyId() const noexcept { return current_.id(); }

    /// All versions, ascending.
    [[nodiscard]] std::vector<KeyVersion> versions(Transaction& transaction) const;

    /// Makes a new active version; the active one becomes retiring. Records `key.rotate`.
    KeyVersion rotate(Transaction& transaction);

    /// Destroys a version: its wrapped bytes are overwritten. Records `key.retire`.
    /// @throws Problem 404 when there is none, 409 `key_active`, `key_in_use` or `key_already_retired`
    KeyVersion retire(Transaction& transaction, std::int64_t version);

    /// The key that seals what is stored now. @throws Problem 503 `key_unavailable`
    [[nodiscard]] std::shared_ptr<const DataKey> active(Transaction& transaction) const;

    /// The key of one version. @throws Problem 503 `key_unavailable` when it is retired or cannot be
    /// unwrapped
    [[nodiscard]] std::shared_ptr<const DataKey> find(Transaction& transaction, std::int64_t version) const;

private:
    void load(Transaction& transaction);
    void makeFirst(Transaction& transaction);
    [[nodiscard]] std::shared_ptr<const DataKey> cached(Transaction& transaction,
                                                        const KeyVersion& version) const;
    void forget(std::int64_t number);
    [[nodiscard]] std::string wrapData(const KeyVersion& version, const SecretBytes& key) const;
    [[nodiscard]] SecretBytes unwrap(std::string_view purpose, std::string_view wrapped) const;
    [[nodiscard]] std::string missing(std::string_view wantedId) const;

    Storage& storage_;
    KeyEncryptionKey current_;
    std::optional<KeyEncryptionKey> previous_;
    Log& log_;
    SecretBytes integrityRoot_;
    mutable std::mutex mutex_;
    mutable std::map<std::pair<std::int64_t, std::string>, std::shared_ptr<const DataKey>> cache_;
};

} // namespace coffer::host
