#pragma once

#include "host/secrets/KeyRing.h"

#include <coffer/sdk/Secret.h>

#include <functional>
#include <memory>
#include <string>

namespace coffer::host {

/// The sealed storage of all plugins. forPlugin() gives each its own view, which neither reads nor erases
/// what another stored. Keeps a reference to the key ring, which must outlive it and its views. Any thread.
class Vault {
public:
    explicit Vault(KeyRing& keys);

    /// What HostContext::secrets() hands to the plugin with this id. The daemon's own parts use an id that no
    /// plugin can have, with a colon: `host:idempotency`.
    [[nodiscard]] std::shared_ptr<SecretVault> forPlugin(std::string plugin) const;

    /// Opens every secret that plugins store and reports its fingerprint, by the object type and id that its
    /// record names (`backup-credential/17`), to be compared with the audit log. One that does not open,
    /// also because its key version is retired or missing, reports `unreadable`.
    void fingerprints(Transaction& transaction,
                      const std::function<void(std::string_view objectType, std::string_view objectId,
                                               std::string_view fingerprint)>& report) const;

private:
    KeyRing& keys_;
    std::shared_ptr<const SecretBytes> fingerprintKey_;
};

} // namespace coffer::host
