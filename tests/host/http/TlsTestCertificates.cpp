#include "tests/host/http/TlsTestCertificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace coffer::test {

namespace {

template <class Write>
std::string toPem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    write(memory.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace

TlsTestCertificate::TlsTestCertificate(const std::string& name, const TlsTestCertificate* issuer)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
    static std::atomic<long> serial = 1;
    X509* made = certificate_.get();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer->certificate() : made));
    if (!issuer) {
        const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> authority(
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE"),
            X509_EXTENSION_free);
        X509_add_ext(made, authority.get(), -1);
    }
    if (X509_sign(made, issuer ? issuer->key() : key_.get(), EVP_sha256()) == 0)
        throw std::runtime_error("no certificate could be made");
}

std::string TlsTestCertificate::certificatePem() const {
    return toPem([&](BIO* out) { PEM_write_bio_X509(out, certificate()); });
}

std::string TlsTestCertificate::keyPem() const {
    return toPem(
        [&](BIO* out) { PEM_write_bio_PrivateKey(out, key(), nullptr, nullptr, 0, nullptr, nullptr); });
}

TlsTestContext makeClientContext(const TlsTestCertificate& authority, const TlsTestCertificate* own) {
    TlsTestContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.certificate());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (own) {
        SSL_CTX_use_certificate(context.get(), own->certificate());
        SSL_CTX_use_PrivateKey(context.get(), own->key());
    }
    return context;
}

} // namespace coffer::test
