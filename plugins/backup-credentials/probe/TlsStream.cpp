#include "probe/TlsStream.h"

#include "probe/Finding.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>

namespace coffer::backup_credentials {

namespace {

constexpr std::string_view checkCa =
    "Give the certificate authority that signed the endpoint's certificate as caCertificate.";
constexpr std::string_view checkPort = "Check the endpoint's port, and whether it serves https.";

/// What OpenSSL's verification found wrong, in words.
ProbeFailure certificateFailure(long result, bool ownCa) {
    const auto failure = [](std::string saw, std::string_view advice) {
        return ProbeFailure(Cause::tls, std::move(saw), std::string(advice));
    };
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return failure("The endpoint's certificate, or one that signed it, has expired.",
                       "Renew it, or check this machine's clock.");
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return failure("The endpoint's certificate is not valid yet.", "Check this machine's clock.");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return failure("The endpoint's certificate is for another host.",
                       "Use a name that the certificate covers as the endpoint.");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
        return ownCa
                   ? failure("The endpoint's certificate was not signed by the given caCertificate.", checkCa)
                   : failure("The endpoint's certificate was signed by an authority that this machine does "
                             "not know.",
                             checkCa);
    case X509_V_ERR_CERT_REVOKED:
        return failure("The endpoint's certificate was revoked.", "Replace it.");
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return failure("The endpoint's certificate uses a key or digest that is too weak.", "Replace it.");
    default:
        return failure("The endpoint's certificate is not acceptable.",
                       "Check its chain, purpose and validity.");
    }
}

ProbeFailure protocolFailure(unsigned long error) {
    switch (ERR_GET_REASON(error)) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return {Cause::tls, "The endpoint speaks no TLS of version 1.2 or later.",
                "Turn on TLS 1.2 or 1.3 at the endpoint."};
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        return {Cause::tls, "The endpoint asks for a client certificate.",
                "Use an endpoint that needs none: S3 keys take their place."};
    case SSL_R_TLSV1_UNRECOGNIZED_NAME:
        return {Cause::tls, "The endpoint does not serve that host name.", "Check the endpoint's host name."};
    default:
        return {Cause::tls, "The TLS handshake failed.", std::string(checkPort)};
    }
}

std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> makeContext(const std::string& caCertificate) {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context)
        throw std::runtime_error("OpenSSL could not make a TLS context");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (caCertificate.empty()) {
        SSL_CTX_set_default_verify_paths(context.get());
        return context;
    }
    SSL_CTX_set1_cert_store(context.get(), readCertificates(caCertificate).get());
    // An authority that is given is trusted, whoever signed it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    return context;
}

void expectHost(SSL* ssl, const Endpoint& endpoint) {
    X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool set = endpoint.isAddress()
                         ? X509_VERIFY_PARAM_set1_ip_asc(parameters, endpoint.host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(parameters, endpoint.host.c_str(), 0) == 1 &&
                               SSL_set_tlsext_host_name(ssl, endpoint.host.c_str()) == 1;
    if (!set)
        throw std::runtime_error("OpenSSL did not take the expected host");
}

ProbeFailure handshakeDeadline(std::chrono::milliseconds timeout) {
    return {Cause::silent, "The TLS handshake was not complete within " + inWords(timeout) + ".",
            std::string(checkPort)};
}

} // namespace

std::shared_ptr<X509_STORE> readCertificates(std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
    if (!source || !store)
        throw std::runtime_error("OpenSSL has no memory for certificates");
    int count = 0;
    ERR_clear_error();
    while (X509* certificate = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)) {
        X509_STORE_add_cert(store.get(), certificate);
        X509_free(certificate);
        ++count;
    }
    const bool atEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (count == 0 || !atEnd)
        throw std::invalid_argument("caCertificate holds no readable certificate: give one or more in PEM, "
                                    "each from BEGIN CERTIFICATE to END CERTIFICATE.");
    return store;
}

TlsStream::TlsStream(int socket, const Endpoint& endpoint, const std::string& caCertificate,
                     const Waiter& waiter, std::chrono::milliseconds handshakeTimeout)
    : socket_(socket), waiter_(waiter), context_(makeContext(caCertificate)),
      ssl_(SSL_new(context_.get()), SSL_free) {
    incoming_ = BIO_new(BIO_s_mem());
    outgoing_ = BIO_new(BIO_s_mem());
    if (!ssl_ || !incoming_ || !outgoing_) {
        BIO_free(incoming_);
        BIO_free(outgoing_);
        throw std::runtime_error("OpenSSL has no memory for a connection");
    }
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    expectHost(ssl_.get(), endpoint);
    try {
        handshake(waiter.stageEnd(handshakeTimeout), handshakeTimeout);
    } catch (const ProbeFailure&) {
        const long result = SSL_get_verify_result(ssl_.get());
        if (result != X509_V_OK)
            throw certificateFailure(result, !caCertificate.empty());
        throw;
    }
}

void TlsStream::handshake(SteadyTime deadline, std::chrono::milliseconds timeout) {
    while (true) {
        ERR_clear_error();
        const int result = SSL_connect(ssl_.get());
        const int error = SSL_get_error(ssl_.get(), result);
        const unsigned long detail = ERR_peek_error();
        const bool flushed = flush(deadline);
        if (result == 1 && flushed)
            return;
        if (result != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            throw protocolFailure(detail);
        if (!flushed)
            throw handshakeDeadline(timeout);
        switch (fill(deadline)) {
        case Moved::yes:
            break;
        case Moved::end:
            throw ProbeFailure(Cause::tls, "The endpoint closed the connection during the TLS handshake.",
                               std::string(checkPort));
        case Moved::deadline:
            throw handshakeDeadline(timeout);
        }
    }
}

bool TlsStream::flush(SteadyTime deadline) {
    char* pending = nullptr;
    long size = BIO_get_mem_data(outgoing_, &pending);
    while (size > 0) {
        const ssize_t sent = ::send(socket_, pending, static_cast<std::size_t>(size), MSG_NOSIGNAL);
        if (sent > 0) {
            pending += sent;
            size -= sent;
        } else if (errno == EAGAIN || errno == EINTR) {
            if (!waiter_.wait(socket_, POLLOUT, deadline))
                return false;
        } else {
            break; // the peer is gone; what it had to say is found by reading
        }
    }
    BIO_reset(outgoing_);
    return true;
}

TlsStream::Moved TlsStream::fill(SteadyTime deadline) {
    std::array<char, 8192> buffer;
    while (true) {
        if (!waiter_.wait(socket_, POLLIN, deadline))
            return Moved::deadline;
        const ssize_t received = recv(socket_, buffer.data(), buffer.size(), 0);
        if (received < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (received <= 0)
            return Moved::end;
        // RFC 8446, 5.1: the first record is a handshake (22) or an alert (21).
        if (!sawBytes_ && buffer[0] != 22 && buffer[0] != 21)
            throw ProbeFailure(
                Cause::tls, "The endpoint answers without TLS.",
                "If it really serves plain HTTP, write http:// instead of https://; else check "
                "the port.");
        sawBytes_ = true;
        BIO_write(incoming_, buffer.data(), static_cast<int>(received));
        return Moved::yes;
    }
}

bool TlsStream::send(std::string_view bytes, SteadyTime deadline) {
    ERR_clear_error();
    if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0)
        throw protocolFailure(ERR_peek_error());
    return flush(deadline);
}

TlsStream::Received TlsStream::receive(std::span<char> buffer, std::size_t& size, SteadyTime deadline) {
    while (true) {
        ERR_clear_error();
        const int result = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (result > 0) {
            size = static_cast<std::size_t>(result);
            return Received::bytes;
        }
        const int error = SSL_get_error(ssl_.get(), result);
        if (error == SSL_ERROR_ZERO_RETURN)
            return Received::end;
        if (error != SSL_ERROR_WANT_READ)
            throw protocolFailure(ERR_peek_error());
        if (!flush(deadline)) // a key update or an alert
            return Received::deadline;
        const Moved moved = fill(deadline);
        if (moved != Moved::yes)
            return moved == Moved::end ? Received::end : Received::deadline;
    }
}

} // namespace coffer::backup_credentials
