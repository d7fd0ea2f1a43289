#pragma once

#include <coffer/sdk/Secret.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::host {

constexpr std::size_t digestSize = 32;

/// SHA-256 (FIPS 180-4), 32 bytes. Any thread.
[[nodiscard]] std::string sha256(std::string_view data);

/// HMAC-SHA-256 (RFC 2104), 32 bytes. Any thread.
[[nodiscard]] std::string hmacSha256(const SecretBytes& key, std::string_view data);

/// HKDF-SHA-256 (RFC 5869), extract and expand. `info` says what the derived key is for. Any thread.
[[nodiscard]] SecretBytes hkdfSha256(const SecretBytes& key, std::string_view salt, std::string_view info,
                                     std::size_t size);

/// Takes the same time whatever the contents; only a different length returns early.
[[nodiscard]] bool equalInConstantTime(std::string_view left, std::string_view right) noexcept;

} // namespace coffer::host
