#include "host/secrets/Vault.h"

#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/Hex.h"
#include "host/secrets/KeyDerivation.h"
#include "host/secrets/SealedSecret.h"
#include "host/secrets/VaultStore.h"
#include "sdk/shared/SecretCheck.h"

namespace coffer::host {

namespace {

std::string fingerprintBy(const SecretBytes& key, const SecretBytes& secret) {
    return toHex(hmacSha256(key, secret.reveal()).substr(0, 8));
}

SecretBinding bindingOf(const StoredSecret& stored) {
    return {stored.plugin, stored.organization, stored.record, stored.field, stored.id, stored.version};
}

class PluginVault final : public SecretVault {
public:
    PluginVault(KeyRing& keys, std::string plugin, std::shared_ptr<const SecretBytes> fingerprintKey)
        : keys_(keys), plugin_(std::move(plugin)), fingerprintKey_(std::move(fingerprintKey)) {}

    SecretReference store(Transaction& transaction, const SecretContext& context,
                          const SecretBytes& secret) override {
        detail::requireSecretContext(context);
        const auto key = keys_.active(transaction);
        StoredSecret row;
        row.id = vault_store::nextId(transaction);
        row.plugin = plugin_;
        row.organization = context.organization;
        row.record = context.record;
        row.field = context.field;
        row.version = 1;
        row.keyVersion = key->version();
        const SecretReference reference{row.id, row.version};
        row.slot = vault_store::fill(transaction, sealSecret(*key, binding(context, reference), secret));
        vault_store::addOwner(transaction, row);
        key_store::addSealed(transaction, key->version(), 1);
        return reference;
    }

    SecretReference replace(Transaction& transaction, SecretReference reference, const SecretContext& context,
                            const SecretBytes& secret) override {
        detail::requireSecretContext(context);
        const StoredSecret old = owned(transaction, reference, context);
        const auto key = keys_.active(transaction);
        const SecretReference next{reference.id, reference.version + 1};
        const std::string sealed = sealSecret(*key, binding(context, next), secret);
        std::int64_t slot = old.slot;
        if (sealed.size() == old.sealed.size()) {
            vault_store::overwrite(transaction, slot, sealed);
        } else {
            if (!old.sealed.empty())
                vault_store::vacate(transaction, slot, old.sealed.size());
            slot = vault_store::fill(transaction, sealed);
        }
        vault_store::updateOwner(transaction, next.id, slot, next.version, key->version());
        key_store::addSealed(transaction, old.keyVersion, -1);
        key_store::addSealed(transaction, key->version(), 1);
        transaction.scrub();
        return next;
    }

    void erase(Transaction& transaction, SecretReference reference) override {
        const auto old = vault_store::find(transaction, reference.id);
        if (!old || old->plugin != plugin_)
            return;
        vault_store::removeOwner(transaction, old->id);
        if (!old->sealed.empty())
            vault_store::vacate(transaction, old->slot, old->sealed.size());
        key_store::addSealed(transaction, old->keyVersion, -1);
        transaction.scrub();
    }

    SecretBytes open(Transaction& transaction, SecretReference reference,
                     const SecretContext& context) override {
        const auto stored = vault_store::find(transaction, reference.id);
        if (!stored || keyVersionOf(stored->sealed) != stored->keyVersion)
            throw detail::secretUnreadable();
        const auto key = keys_.find(transaction, stored->keyVersion);
        try {
            return openSecret(*key, binding(context, reference), stored->sealed);
        } catch (const NotAuthentic&) {
            throw detail::secretUnreadable();
        }
    }

    std::string fingerprint(const SecretBytes& secret) const override {
        return fingerprintBy(*fingerprintKey_, secret);
    }

private:
    [[nodiscard]] SecretBinding binding(const SecretContext& context, SecretReference reference) const {
        return {plugin_,       context.organization, context.record,
                context.field, reference.id,         reference.version};
    }

    /// The row that the reference names, when it is this plugin's, current, and stored for this context.
    [[nodiscard]] StoredSecret owned(Transaction& transaction, SecretReference reference,
                                     const SecretContext& context) const {
        auto stored = vault_store::find(transaction, reference.id);
        if (!stored || stored->plugin != plugin_ || stored->version != reference.version ||
            stored->organization != context.organization || stored->record != context.record ||
            stored->field != context.field)
            throw detail::secretUnreadable();
        return std::move(*stored);
    }

    KeyRing& keys_;
    const std::string plugin_;
    const std::shared_ptr<const SecretBytes> fingerprintKey_;
};

} // namespace

Vault::Vault(KeyRing& keys)
    : keys_(keys), fingerprintKey_(std::make_shared<const SecretBytes>(keys.integrityKey("fingerprint"))) {}

std::shared_ptr<SecretVault> Vault::forPlugin(std::string plugin) const {
    return std::make_shared<PluginVault>(keys_, std::move(plugin), fingerprintKey_);
}

void Vault::fingerprints(
    Transaction& transaction,
    const std::function<void(std::string_view, std::string_view, std::string_view)>& report) const {
    constexpr std::int64_t page = 500;
    constexpr std::int64_t everyKeyVersion = -1;
    std::int64_t position = 0;
    for (auto secrets = vault_store::notUnder(transaction, everyKeyVersion, position, page); !secrets.empty();
         secrets = vault_store::notUnder(transaction, everyKeyVersion, position, page))
        for (const auto& stored : secrets) {
            position = stored.id;
            const auto slash = stored.record.find('/');
            if (stored.plugin.find(':') != std::string::npos || slash == std::string::npos)
                continue; // the daemon's own, which are nobody's object
            std::string fingerprint = "unreadable";
            try {
                const auto key = keys_.find(transaction, stored.keyVersion);
                fingerprint =
                    fingerprintBy(*fingerprintKey_, openSecret(*key, bindingOf(stored), stored.sealed));
            } catch (const NotAuthentic&) { // reported as such
            } catch (const Problem& problem) {
                if (problem.code() !=
                    "key_unavailable") // the database's; nothing is known of the secret then
                    throw;
            }
            report(std::string_view(stored.record).substr(0, slash),
                   std::string_view(stored.record).substr(slash + 1), fingerprint);
        }
}

} // namespace coffer::host
