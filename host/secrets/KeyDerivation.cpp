#include "host/secrets/KeyDerivation.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <memory>
#include <stdexcept>

namespace coffer::host {

namespace {

const unsigned char* bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

struct Release {
    void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }
    void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

OSSL_PARAM octets(const char* name, std::string_view value) noexcept {
    // OpenSSL's constructor takes a pointer to mutable bytes, and only reads them.
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
}

} // namespace

std::string sha256(std::string_view data) {
    std::string digest(digestSize, '\0');
    unsigned int size = 0;
    if (EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                   EVP_sha256(), nullptr) != 1 ||
        size != digestSize)
        throw std::runtime_error("OpenSSL computes no SHA-256");
    return digest;
}

std::string hmacSha256(const SecretBytes& key, std::string_view data) {
    std::string mac(digestSize, '\0');
    unsigned int size = 0;
    const std::string_view keyBytes = key.reveal();
    // A null key would mean "the key of the call before" to OpenSSL; an empty one is a key of length 0.
    const char* keyData = keyBytes.empty() ? "" : keyBytes.data();
    if (HMAC(EVP_sha256(), keyData, static_cast<int>(keyBytes.size()), bytes(data), data.size(),
             reinterpret_cast<unsigned char*>(mac.data()), &size) == nullptr ||
        size != digestSize)
        throw std::runtime_error("OpenSSL computes no HMAC-SHA-256");
    return mac;
}

SecretBytes hkdfSha256(const SecretBytes& key, std::string_view salt, std::string_view info,
                       std::size_t size) {
    const std::unique_ptr<EVP_KDF, Release> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
    const std::unique_ptr<EVP_KDF_CTX, Release> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    if (!context)
        throw std::runtime_error("OpenSSL has no HKDF");
    std::string digest = "SHA256";
    std::vector<OSSL_PARAM> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        octets(OSSL_KDF_PARAM_KEY, key.reveal())};
    if (!salt.empty())
        parameters.push_back(octets(OSSL_KDF_PARAM_SALT, salt));
    if (!info.empty())
        parameters.push_back(octets(OSSL_KDF_PARAM_INFO, info));
    parameters.push_back(OSSL_PARAM_construct_end());
    SecretBytes derived(size);
    auto* out = reinterpret_cast<unsigned char*>(derived.writable().data());
    if (EVP_KDF_derive(context.get(), out, size, parameters.data()) != 1)
        throw std::runtime_error("OpenSSL derives no key with HKDF");
    return derived;
}

bool equalInConstantTime(std::string_view left, std::string_view right) noexcept {
    return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

} // namespace coffer::host
