#pragma once

#include "tests/support/TemporaryFolder.h"

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace coffer::test {

/// A certificate and its key, signed by another of these or by itself. RAII; one thread.
class TlsTestCertificate {
public:
    /// @param issuer  null: signed by itself
    explicit TlsTestCertificate(const std::string& name, const TlsTestCertificate* issuer = nullptr);

    [[nodiscard]] std::string certificatePem() const;
    [[nodiscard]] std::string keyPem() const;
    [[nodiscard]] X509* certificate() const { return certificate_.get(); }
    [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }

private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

using TlsTestContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

/// A client's context that trusts `authority` alone, and shows `own` when there is one.
[[nodiscard]] TlsTestContext makeClientContext(const TlsTestCertificate& authority,
                                               const TlsTestCertificate* own = nullptr);

} // namespace coffer::test
