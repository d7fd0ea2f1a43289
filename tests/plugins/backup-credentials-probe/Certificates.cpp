#include "Certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <random>
#include <stdexcept>

namespace coffer::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string textOf(const Bio& bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

Bio memory() {
    return {BIO_new(BIO_s_mem()), BIO_free};
}

Bio memory(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (!extension)
        throw std::runtime_error("OpenSSL takes no extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509Certificate makeUnsigned(EVP_PKEY* key, const std::string& name, Validity validity) {
    X509Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()),
                     static_cast<long>(std::random_device{}() & 0x7fffffff));
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.begins.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.ends.count());
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

Certificate signedBy(X509* certificate, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuerKey) {
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    if (X509_sign(certificate, issuerKey, EVP_sha256()) == 0)
        throw std::runtime_error("OpenSSL does not sign");
    const Bio certificateText = memory();
    const Bio keyText = memory();
    PEM_write_bio_X509(certificateText.get(), certificate);
    PEM_write_bio_PrivateKey(keyText.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return {textOf(certificateText), textOf(keyText)};
}

} // namespace

Certificate makeAuthority(const std::string& name) {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const X509Certificate certificate = makeUnsigned(key.get(), name, {});
    extend(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    return signedBy(certificate.get(), key.get(), certificate.get(), key.get());
}

Certificate makeServerCertificate(const Certificate& authority, const std::string& names, Validity validity) {
    const X509Certificate issuer(
        PEM_read_bio_X509(memory(authority.certificate).get(), nullptr, nullptr, nullptr), X509_free);
    const Key issuerKey(PEM_read_bio_PrivateKey(memory(authority.key).get(), nullptr, nullptr, nullptr),
                        EVP_PKEY_free);
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const X509Certificate certificate = makeUnsigned(key.get(), "server", validity);
    extend(certificate.get(), issuer.get(), NID_subject_alt_name, names);
    return signedBy(certificate.get(), key.get(), issuer.get(), issuerKey.get());
}

} // namespace coffer::test
