#include "host/secrets/DataKey.h"

#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/KeyDerivation.h"

namespace coffer::host {

const SecretBytes& DataKey::forPlugin(std::string_view plugin) const {
    const std::lock_guard lock(mutex_);
    const auto found = subkeys_.find(plugin);
    if (found != subkeys_.end())
        return found->second;
    const std::string info = "coffer plugin " + std::string(plugin);
    return subkeys_.emplace(plugin, hkdfSha256(key_, {}, info, Aes256Gcm::keySize)).first->second;
}

} // namespace coffer::host
