#pragma once

#include <coffer/sdk/Secret.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace coffer::host {

/// What was to be opened is not what was sealed: another key, other additional data, or tampered bytes.
/// Deliberately says no more.
class NotAuthentic : public std::runtime_error {
public:
    NotAuthentic() : std::runtime_error("the sealed bytes are not authentic") {}
};

/// AES-256-GCM (NIST SP 800-38D) through Poco::Crypto, with the checks that it leaves to its callers: a key
/// of 32 bytes, an initialization vector of 12, a tag of 16, and no plaintext before the tag is verified.
///
/// Holds a reference to the key, which must outlive it. Any thread.
class Aes256Gcm {
public:
    static constexpr std::size_t keySize = 32;
    static constexpr std::size_t vectorSize = 12;
    static constexpr std::size_t tagSize = 16;
    static constexpr std::size_t overhead = vectorSize + tagSize;

    /// @throws std::invalid_argument when the key is not 32 bytes long
    explicit Aes256Gcm(const SecretBytes& key);

    /// Seals under a fresh random vector. @returns vector, ciphertext, tag
    [[nodiscard]] std::string seal(std::string_view additional, std::string_view plaintext) const;

    /// Opens what seal() returned. @throws NotAuthentic
    [[nodiscard]] SecretBytes open(std::string_view additional, std::string_view sealed) const;

    /// Seals under a given vector, for known-answer tests: one vector used twice under one key breaks GCM.
    /// @returns ciphertext, tag @throws std::invalid_argument when the vector is not 12 bytes long
    [[nodiscard]] std::string sealWithVector(std::string_view vector, std::string_view additional,
                                             std::string_view plaintext) const;

private:
    const SecretBytes& key_;
};

} // namespace coffer::host
