#include "host/secrets/KeyRing.h"

#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/KeyDerivation.h"
#include "host/secrets/Random.h"

#include <coffer/sdk/Json.h>
#include <coffer/sdk/Problem.h>

namespace coffer::host {

namespace {

constexpr std::string_view integrityPurpose = "integrity root";

std::string purposeOf(const KeyVersion& version) {
    return "data key " + std::to_string(version.version) + " " + version.keyId;
}

Problem keyUnavailable(std::int64_t version) {
    return Problem::unavailable("key_unavailable",
                                "Key version " + std::to_string(version) +
                                    " is not at hand; look at GET /api/v1/keys and at the daemon's log.",
                                60);
}

AuditEvent keyEvent(std::string action, const KeyVersion& version) {
    AuditEvent event;
    event.action = std::move(action);
    event.objectType = "key";
    event.objectId = std::to_string(version.version);
    return event;
}

std::string stateJson(KeyState state) {
    JsonWriter json;
    json.beginObject().member("state", toString(state)).endObject();
    return json.take();
}

} // namespace

KeyRing::KeyRing(Storage& storage, KeyEncryptionKey current, std::optional<KeyEncryptionKey> previous,
                 Log& log, WhenEmpty whenEmpty)
    : storage_(storage), current_(std::move(current)), previous_(std::move(previous)), log_(log) {
    const bool empty =
        !storage_.read([](Transaction& transaction) { return key_store::anythingSealed(transaction); });
    if (empty && whenEmpty == WhenEmpty::refuse)
        throw KeyUnavailable("This database holds no keys yet: start the daemon on it once.");
    if (empty) {
        storage_.write(Origin::system("keys"), [&](Transaction& transaction) { makeFirst(transaction); });
        log_.information("made the first data key and the integrity key",
                         {{"keyEncryptionKey", current_.id()}});
    }
    storage_.read([&](Transaction& transaction) { load(transaction); });
}

void KeyRing::makeFirst(Transaction& transaction) {
    const SecretBytes root = randomSecret(Aes256Gcm::keySize);
    key_store::putWrapped(transaction, key_store::integrityRow, current_.wrap(integrityPurpose, root));
    KeyVersion version;
    version.keyId = randomHex(8);
    version.version = key_store::addActive(transaction, version.keyId);
    key_store::putWrapped(transaction, version.version, wrapData(version, randomSecret(Aes256Gcm::keySize)));
}

void KeyRing::load(Transaction& transaction) {
    const std::string root = key_store::wrapped(transaction, key_store::integrityRow);
    const auto all = key_store::versions(transaction);
    if (root.empty() || all.empty())
        throw KeyUnavailable(
            "The database's keys are gone from its tables while secrets sealed with them are "
            "still there: restore a backup. Nothing was changed.");
    integrityRoot_ = unwrap(integrityPurpose, root);
    for (const KeyVersion& version : all)
        if (version.state != KeyState::retired)
            cache_.try_emplace(
                {version.version, version.keyId},
                std::make_shared<const DataKey>(
                    version.version,
                    unwrap(purposeOf(version), key_store::wrapped(transaction, version.version))));
}

void KeyRing::adoptCurrentKey() {
    const bool changed = storage_.write(Origin::system("keys"), [&](Transaction& transaction) {
        std::string before;
        const auto rewrap = [&](std::int64_t row, std::string_view purpose) {
            const std::string wrapped = key_store::wrapped(transaction, row);
            if (KeyEncryptionKey::idOf(wrapped) == current_.id())
                return;
            before = KeyEncryptionKey::idOf(wrapped);
            key_store::putWrapped(transaction, row, current_.wrap(purpose, unwrap(purpose, wrapped)));
        };
        rewrap(key_store::integrityRow, integrityPurpose);
        for (const KeyVersion& version : key_store::versions(transaction))
            if (version.state != KeyState::retired)
                rewrap(version.version, purposeOf(version));
        if (before.empty())
            return false;
        AuditEvent event;
        event.action = "key.adopt";
        event.objectType = "key-encryption-key";
        event.objectId = current_.id();
        event.before = JsonWriter().beginObject().member("keyEncryptionKey", before).endObject().take();
        event.after = JsonWriter().beginObject().member("keyEncryptionKey", current_.id()).endObject().take();
        transaction.record(std::move(event));
        transaction.scrub();
        return true;
    });
    if (changed)
        log_.information(
            "rewrapped every key by the current key-encryption key; the previous one is no longer "
            "needed for this database",
            {{"keyEncryptionKey", current_.id()}});
}

SecretBytes KeyRing::integrityKey(std::string_view purpose) const {
    return hkdfSha256(integrityRoot_, {}, "coffer integrity " + std::string(purpose), Aes256Gcm::keySize);
}

std::vector<KeyVersion> KeyRing::versions(Transaction& transaction) const {
    return key_store::versions(transaction);
}

KeyVersion KeyRing::rotate(Transaction& transaction) {
    const auto before = key_store::active(transaction);
    KeyVersion made;
    made.keyId = randomHex(8);
    made.version = key_store::addActive(transaction, made.keyId);
    made.createdAt = transaction.now();
    key_store::putWrapped(transaction, made.version, wrapData(made, randomSecret(Aes256Gcm::keySize)));
    AuditEvent event = keyEvent("key.rotate", made);
    if (before)
        event.before = JsonWriter().beginObject().member("active", before->version).endObject().take();
    event.after = JsonWriter().beginObject().member("active", made.version).endObject().take();
    transaction.record(std::move(event));
    return made;
}

KeyVersion KeyRing::retire(Transaction& transaction, std::int64_t number) {
    auto version = key_store::find(transaction, number);
    if (!version)
        throw Problem::notFound();
    const std::string name = "Key version " + std::to_string(number);
    if (version->state == KeyState::active)
        throw Problem::conflict("key_active", "The key version is active",
                                name + " seals what is stored now. Rotate first: POST /api/v1/keys/rotate.");
    if (version->state == KeyState::retired)
        throw Problem::conflict("key_already_retired", "The key version is retired already",
                                name + " has been destroyed before; there is nothing left to do.");
    if (version->sealedCount > 0)
        throw Problem::conflict("key_in_use", "Secrets are still sealed under the key version",
                                name + " still seals " + std::to_string(version->sealedCount) +
                                    " secrets. Rewrap them first: POST /api/v1/keys/rewrap.");
    AuditEvent event = keyEvent("key.retire", *version);
    event.before = stateJson(version->state);
    event.after = stateJson(KeyState::retired);
    transaction.record(std::move(event));
    const std::string wrapped = key_store::wrapped(transaction, number);
    key_store::putWrapped(transaction, number, std::string(wrapped.size(), '\0'));
    key_store::markRetired(transaction, number);
    transaction.scrub();
    // Should this be undone, the key is unwrapped again when it is next needed.
    forget(number);
    version->state = KeyState::retired;
    version->retiredAt = transaction.now();
    return *version;
}

std::shared_ptr<const DataKey> KeyRing::active(Transaction& transaction) const {
    const auto version = key_store::active(transaction);
    if (!version)
        throw keyUnavailable(0);
    return cached(transaction, *version);
}

std::shared_ptr<const DataKey> KeyRing::find(Transaction& transaction, std::int64_t number) const {
    const auto version = key_store::find(transaction, number);
    if (!version || version->state == KeyState::retired)
        throw keyUnavailable(number);
    return cached(transaction, *version);
}

std::shared_ptr<const DataKey> KeyRing::cached(Transaction& transaction, const KeyVersion& version) const {
    const std::pair name(version.version, version.keyId);
    {
        const std::lock_guard lock(mutex_);
        const auto found = cache_.find(name);
        if (found != cache_.end())
            return found->second;
    }
    try {
        const std::string wrapped = key_store::wrapped(transaction, version.version);
        auto key = std::make_shared<const DataKey>(version.version, unwrap(purposeOf(version), wrapped));
        const std::lock_guard lock(mutex_);
        return cache_.try_emplace(name, std::move(key)).first->second;
    } catch (const KeyUnavailable& error) {
        log_.error(error.what(), {{"keyVersion", std::to_string(version.version)}});
        throw keyUnavailable(version.version);
    }
}

void KeyRing::forget(std::int64_t number) {
    const std::lock_guard lock(mutex_);
    std::erase_if(cache_, [&](const auto& entry) { return entry.first.first == number; });
}

std::string KeyRing::wrapData(const KeyVersion& version, const SecretBytes& key) const {
    return current_.wrap(purposeOf(version), key);
}

SecretBytes KeyRing::unwrap(std::string_view purpose, std::string_view wrapped) const {
    const std::string wanted = KeyEncryptionKey::idOf(wrapped);
    const KeyEncryptionKey* const kek = wanted == current_.id()                  ? &current_
                                        : previous_ && wanted == previous_->id() ? &*previous_
                                                                                 : nullptr;
    if (kek == nullptr)
        throw KeyUnavailable(missing(wanted));
    try {
        return kek->unwrap(purpose, wrapped);
    } catch (const NotAuthentic&) {
        throw KeyUnavailable("The wrapped key \"" + std::string(purpose) +
                             "\" in the database is damaged: it names the key-encryption key " + wanted +
                             ", which is at hand, and does not open with it. Restore a backup. Nothing was "
                             "changed.");
    }
}

std::string KeyRing::missing(std::string_view wantedId) const {
    if (wantedId.empty())
        return "A wrapped key in the database is damaged: it names no key-encryption key. Restore a backup. "
               "Nothing was changed.";
    std::string text = "The keys of this database are wrapped by the key-encryption key with id " +
                       std::string(wantedId) + ", which is missing: " + current_.source() + " holds " +
                       current_.id();
    text += previous_ ? ", " + previous_->source() + " (the previous one) holds " + previous_->id()
                      : ", and no previous one is configured";
    return text + ". Configure the missing key as the current one, or beside the new one as the previous. "
                  "Nothing was changed.";
}

} // namespace coffer::host
