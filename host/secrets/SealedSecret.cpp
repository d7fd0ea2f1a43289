#include "host/secrets/SealedSecret.h"

#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/FieldEncoding.h"
#include "sdk/shared/SecretCheck.h"

#include <stdexcept>

namespace coffer::host {

namespace {

constexpr char sealFormat = 1;
constexpr std::size_t headerSize = 5;
constexpr std::size_t lengthSize = 2;
constexpr std::size_t paddedTo = 64;

std::string additionalData(const SecretBinding& binding, std::int64_t keyVersion) {
    FieldEncoding encoding("coffer secret 1");
    return encoding.text(binding.plugin)
        .number(binding.organization)
        .text(binding.record)
        .text(binding.field)
        .number(binding.id)
        .number(binding.version)
        .number(keyVersion)
        .take();
}

SecretBytes pad(const SecretBytes& secret) {
    const std::size_t size = (lengthSize + secret.size() + paddedTo - 1) / paddedTo * paddedTo;
    SecretBytes padded(size);
    const auto out = padded.writable();
    out[0] = static_cast<char>(secret.size() >> 8U);
    out[1] = static_cast<char>(secret.size() & 0xFFU);
    std::ranges::copy(secret.reveal(), out.begin() + lengthSize);
    return padded;
}

SecretBytes unpad(const SecretBytes& padded) {
    const std::string_view bytes = padded.reveal();
    if (bytes.size() < paddedTo)
        throw NotAuthentic();
    const auto at = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t size = (at(0) << 8U) + at(1);
    if (size > bytes.size() - lengthSize)
        throw NotAuthentic();
    return SecretBytes(bytes.substr(lengthSize, size));
}

std::string header(std::int64_t keyVersion) {
    if (keyVersion < 1 || keyVersion > INT32_MAX)
        throw std::logic_error("key versions are numbers from 1 to 2^31-1");
    std::string out(1, sealFormat);
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        out += static_cast<char>((static_cast<std::uint64_t>(keyVersion) >> shift) & 0xFFU);
    return out;
}

} // namespace

std::string sealSecret(const DataKey& key, const SecretBinding& binding, const SecretBytes& secret) {
    detail::requireSecretSize(secret);
    const Aes256Gcm cipher(key.forPlugin(binding.plugin));
    const SecretBytes padded = pad(secret);
    return header(key.version()) + cipher.seal(additionalData(binding, key.version()), padded.reveal());
}

SecretBytes openSecret(const DataKey& key, const SecretBinding& binding, std::string_view sealed) {
    if (keyVersionOf(sealed) != key.version())
        throw NotAuthentic();
    const Aes256Gcm cipher(key.forPlugin(binding.plugin));
    return unpad(cipher.open(additionalData(binding, key.version()), sealed.substr(headerSize)));
}

std::int64_t keyVersionOf(std::string_view sealed) noexcept {
    if (sealed.size() < headerSize + Aes256Gcm::overhead || sealed[0] != sealFormat)
        return 0;
    std::int64_t version = 0;
    for (std::size_t i = 1; i < headerSize; ++i)
        version = version * 256 + static_cast<unsigned char>(sealed[i]);
    return version;
}

} // namespace coffer::host
