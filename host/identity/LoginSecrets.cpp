#include "host/identity/LoginSecrets.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace coffer::host {

namespace {

void fillRandom(std::span<char> memory) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(memory.data()), static_cast<int>(memory.size())) != 1)
        throw std::runtime_error("the system gives no random bytes");
}

/// `prefix`, then the bytes as base64url without padding.
SecretBytes encodedText(std::string_view prefix, const SecretBytes& raw) {
    const std::size_t bytes = raw.size();
    SecretBytes encoded((bytes + 2) / 3 * 4 + 1); // EVP_EncodeBlock ends with NUL
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.writable().data()),
                    reinterpret_cast<const unsigned char*>(raw.reveal().data()), static_cast<int>(bytes));
    const std::size_t length = (bytes * 4 + 2) / 3;
    SecretBytes text(prefix.size() + length);
    auto out = std::ranges::copy(prefix, text.writable().begin()).out;
    std::ranges::transform(encoded.reveal().substr(0, length), out, [](char c) {
        return c == '+' ? '-' : c == '/' ? '_' : c;
    });
    return text;
}

SecretBytes randomText(std::string_view prefix, std::size_t bytes) {
    SecretBytes random(bytes);
    fillRandom(random.writable());
    return encodedText(prefix, random);
}

class Digest {
public:
    Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
            throw std::runtime_error("SHA-256 is not available");
    }
    void update(std::string_view bytes) {
        if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1)
            throw std::runtime_error("SHA-256 failed");
    }
    [[nodiscard]] LoginDigest finish() {
        LoginDigest digest{};
        if (EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) != 1)
            throw std::runtime_error("SHA-256 failed");
        return digest;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

} // namespace

SecretBytes newToken() {
    return randomText("coffer_", 32);
}

SecretBytes newRobotSecret() {
    return randomText("", 30);
}

SecretBytes newSessionSecret() {
    return randomText("", 32);
}

SecretBytes derivedText(const SecretBytes& secret, std::string_view label) {
    SecretBytes mac(std::size_t{32});
    if (!HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.size()),
              reinterpret_cast<const unsigned char*>(label.data()), label.size(),
              reinterpret_cast<unsigned char*>(mac.writable().data()), nullptr))
        throw std::runtime_error("HMAC-SHA-256 failed");
    return encodedText("", mac);
}

std::string newAccessKeyId() {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    constexpr unsigned fair = 256 / alphabet.size() * alphabet.size();
    std::string id = "CR";
    while (id.size() < 20) {
        std::array<char, 32> random{};
        fillRandom(random);
        for (const char c : random) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < fair && id.size() < 20)
                id += alphabet[byte % alphabet.size()];
        }
    }
    return id;
}

LoginDigest tokenDigest(std::string_view token) {
    Digest digest;
    digest.update(token);
    return digest.finish();
}

LoginDigest robotDigest(std::string_view accessKeyId, std::string_view secret) {
    Digest digest;
    digest.update(accessKeyId);
    digest.update(":");
    digest.update(secret);
    return digest.finish();
}

} // namespace coffer::host
