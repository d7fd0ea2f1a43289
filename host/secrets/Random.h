#pragma once

#include <coffer/sdk/Secret.h>

#include <cstddef>
#include <span>
#include <string>

namespace coffer::host {

/// Fills `memory` from OpenSSL's generator. Any thread. @throws std::runtime_error when it has no entropy
void fillRandom(std::span<char> memory);

/// `size` random bytes: a key, a token. @throws std::runtime_error as above
[[nodiscard]] SecretBytes randomSecret(std::size_t size);

/// `size` random bytes as hexadecimal digits, for what is no secret: ids. @throws std::runtime_error as above
[[nodiscard]] std::string randomHex(std::size_t size);

} // namespace coffer::host
