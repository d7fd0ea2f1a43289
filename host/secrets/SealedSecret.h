#pragma once

#include "host/secrets/DataKey.h"

#include <coffer/sdk/Secret.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::host {

/// Everything that one ciphertext is bound to, as additional authenticated data. Views; lives for one call.
struct SecretBinding {
    std::string_view plugin;
    std::int64_t organization = 0;
    std::string_view record;
    std::string_view field;
    std::int64_t id = 0;      ///< SecretReference::id
    std::int64_t version = 0; ///< SecretReference::version
};

/// Seals `secret` with the plugin's subkey of `key`. The plaintext is padded to multiples of 64 bytes, its
/// length included, so that the size of the result tells little.
/// @returns format (1 byte), key version (4 bytes, big-endian), vector, ciphertext, tag
/// @throws std::invalid_argument when the secret is empty or longer than 4096 bytes
[[nodiscard]] std::string sealSecret(const DataKey& key, const SecretBinding& binding,
                                     const SecretBytes& secret);

/// Opens what sealSecret() returned. @throws NotAuthentic when anything bound to it differs
[[nodiscard]] SecretBytes openSecret(const DataKey& key, const SecretBinding& binding,
                                     std::string_view sealed);

/// The key version that a sealed secret names in its clear part; 0 when it is no sealed secret.
[[nodiscard]] std::int64_t keyVersionOf(std::string_view sealed) noexcept;

} // namespace coffer::host
