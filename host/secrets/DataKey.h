#pragma once

#include <coffer/sdk/Secret.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace coffer::host {

/// One version of the data key, unwrapped, with the subkeys that were derived from it so far. Shared by
/// whoever seals or opens with it; any thread.
class DataKey {
public:
    DataKey(std::int64_t version, SecretBytes key) : version_(version), key_(std::move(key)) {}

    [[nodiscard]] std::int64_t version() const noexcept { return version_; }

    /// HKDF-SHA-256(data key, info = "coffer plugin " + id): what one plugin's secrets are sealed with. The
    /// reference lives as long as this object.
    [[nodiscard]] const SecretBytes& forPlugin(std::string_view plugin) const;

private:
    std::int64_t version_;
    SecretBytes key_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, SecretBytes, std::less<>> subkeys_;
};

} // namespace coffer::host
