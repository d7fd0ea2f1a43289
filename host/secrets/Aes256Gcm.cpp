#include "host/secrets/Aes256Gcm.h"

#include "host/secrets/Random.h"

#include <Poco/Crypto/Cipher.h>
#include <Poco/Crypto/CipherFactory.h>
#include <Poco/Crypto/CipherKey.h>
#include <Poco/Crypto/CryptoTransform.h>
#include <Poco/Crypto/OpenSSLInitializer.h>
#include <Poco/Exception.h>

#include <vector>

namespace coffer::host {

namespace {

using Poco::Crypto::CryptoTransform;

const unsigned char* bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// A copy of key bytes for Poco, which takes no view.
class KeyCopy {
public:
    explicit KeyCopy(std::string_view key) : bytes_(key.begin(), key.end()) {}
    KeyCopy(const KeyCopy&) = delete;
    KeyCopy& operator=(const KeyCopy&) = delete;
    ~KeyCopy() { wipe({reinterpret_cast<char*>(bytes_.data()), bytes_.size()}); }
    [[nodiscard]] const Poco::Crypto::CipherKey::ByteVec& get() const noexcept { return bytes_; }

private:
    Poco::Crypto::CipherKey::ByteVec bytes_;
};

Poco::Crypto::Cipher::Ptr makeCipher(const SecretBytes& key, std::string_view vector) {
    // Poco takes its OpenSSL set-up down when the last cipher goes, and again up with the next, without a
    // lock that holds between threads: one that stays keeps it up.
    static const Poco::Crypto::OpenSSLInitializer stays;
    const KeyCopy copy(key.reveal());
    const Poco::Crypto::CipherKey cipherKey("aes-256-gcm", copy.get(), {vector.begin(), vector.end()});
    return Poco::Crypto::CipherFactory::defaultFactory().createCipher(cipherKey);
}

/// Runs `input` through `transform`, after the additional data: a call without an output buffer hands them to
/// GCM. The output has room for finalize(), which asks for a block of 16 though GCM writes nothing there.
std::size_t run(CryptoTransform& transform, std::string_view additional, std::string_view input,
                std::span<char> output) {
    const auto size = [](std::string_view text) { return static_cast<std::streamsize>(text.size()); };
    if (!additional.empty())
        transform.transform(bytes(additional), size(additional), nullptr, size(additional));
    auto* out = reinterpret_cast<unsigned char*>(output.data());
    const auto room = static_cast<std::streamsize>(output.size());
    std::streamsize written = 0;
    if (!input.empty())
        written = transform.transform(bytes(input), size(input), out, room);
    written += transform.finalize(out + written, room - written);
    return static_cast<std::size_t>(written);
}

constexpr std::size_t finalizeRoom = 32;

} // namespace

Aes256Gcm::Aes256Gcm(const SecretBytes& key) : key_(key) {
    if (key.size() != keySize)
        throw std::invalid_argument("an AES-256 key has 32 bytes");
}

std::string Aes256Gcm::seal(std::string_view additional, std::string_view plaintext) const {
    std::string sealed(vectorSize, '\0');
    fillRandom(sealed);
    sealed += sealWithVector(sealed, additional, plaintext);
    return sealed;
}

std::string Aes256Gcm::sealWithVector(std::string_view vector, std::string_view additional,
                                      std::string_view plaintext) const {
    if (vector.size() != vectorSize)
        throw std::invalid_argument("a GCM initialization vector has 12 bytes");
    auto cipher = makeCipher(key_, vector);
    CryptoTransform::Ptr transform = cipher->createEncryptor();
    std::string sealed(plaintext.size() + finalizeRoom, '\0');
    const std::size_t written = run(*transform, additional, plaintext, sealed);
    const std::string tag = transform->getTag(tagSize);
    if (written != plaintext.size() || tag.size() != tagSize)
        throw std::runtime_error("AES-256-GCM gave an answer of the wrong size");
    sealed.resize(written);
    return sealed += tag;
}

SecretBytes Aes256Gcm::open(std::string_view additional, std::string_view sealed) const {
    if (sealed.size() < overhead)
        throw NotAuthentic();
    const std::string_view vector = sealed.substr(0, vectorSize);
    const std::string_view tag = sealed.substr(sealed.size() - tagSize);
    const std::string_view ciphertext = sealed.substr(vectorSize, sealed.size() - overhead);
    auto cipher = makeCipher(key_, vector);
    CryptoTransform::Ptr transform = cipher->createDecryptor();
    SecretBytes unverified(ciphertext.size() + finalizeRoom);
    try {
        transform->setTag(std::string(tag));
        if (run(*transform, additional, ciphertext, unverified.writable()) != ciphertext.size())
            throw NotAuthentic();
    } catch (const Poco::Exception&) {
        throw NotAuthentic();
    }
    return SecretBytes(unverified.reveal().substr(0, ciphertext.size()));
}

} // namespace coffer::host
