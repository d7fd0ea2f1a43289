#include "host/http/TlsContext.h"

#include <Poco/Exception.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <fstream>
#include <stdexcept>

namespace coffer::host {

using Poco::Net::Context;

namespace {

/// So many times a client may change its keys (RFC 8446, 4.6.3): each costs as much as some requests.
constexpr int mostNewKeys = 32;

/// Beyond them OpenSSL throws away what it has read, which may be hundreds more.
/// @param newKeys  an int that counts them
void countNewKeys(int isSent, int /*version*/, int type, const void* message, std::size_t size, SSL* ssl,
                  void* newKeys) {
    if (isSent == 0 && type == SSL3_RT_HANDSHAKE && size > 0 &&
        *static_cast<const unsigned char*>(message) == SSL3_MT_KEY_UPDATE &&
        ++*static_cast<int*>(newKeys) > mostNewKeys)
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

void requireReadable(const std::string& file, const std::string& what) {
    if (!std::ifstream(file).good())
        throw std::runtime_error("The " + what + " '" + file + "' cannot be read");
}

Context::Ptr load(const TlsOptions& options) {
    requireReadable(options.certificateFile, "certificate");
    requireReadable(options.keyFile, "private key");
    const bool asksClients = !options.clientCaFile.empty();
    if (asksClients)
        requireReadable(options.clientCaFile, "client certificate authority");

    Context::Params parameters;
    parameters.certificateFile = options.certificateFile;
    parameters.privateKeyFile = options.keyFile;
    parameters.caLocation = options.clientCaFile;
    parameters.loadDefaultCAs = false;
    parameters.verificationMode = asksClients ? Context::VERIFY_STRICT : Context::VERIFY_NONE;
    parameters.cipherList = "ECDHE+AESGCM:ECDHE+CHACHA20";
    parameters.ecdhCurve = "X25519:P-256:P-384";
    ERR_clear_error();
    try {
        Context::Ptr context = new Context(Context::TLS_SERVER_USE, parameters);
        context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
        // Client certificates are checked against the authority, not against the peer's address.
        context->enableExtendedCertificateVerification(false);
        context->enableSessionCache(true, "cofferd");
        SSL_CTX* raw = context->sslContext();
        if (SSL_CTX_check_private_key(raw) != 1)
            throw std::runtime_error("they do not belong together");
        if (asksClients)
            SSL_CTX_set_client_CA_list(raw, SSL_load_client_CA_file(options.clientCaFile.c_str()));
        // OpenSSL's own verdict, without the process-wide handlers that Poco would ask.
        SSL_CTX_set_verify(raw, SSL_CTX_get_verify_mode(raw), nullptr);
        SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT);
        SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
        // Else one read goes on for as long as a client sends new keys.
        SSL_CTX_clear_mode(raw, SSL_MODE_AUTO_RETRY);
        // A record's head and the rest of it with one call of the kernel.
        SSL_CTX_set_read_ahead(raw, 1);
        SSL_CTX_set_msg_callback(raw, countNewKeys);
        return context;
    } catch (const Poco::Exception& error) {
        throw std::runtime_error("The certificate '" + options.certificateFile + "' with the key '" +
                                 options.keyFile + "' cannot be used: " + error.displayText());
    } catch (const std::runtime_error& error) {
        throw std::runtime_error("The certificate '" + options.certificateFile + "' and the key '" +
                                 options.keyFile + "' cannot be used: " + error.what());
    }
}

class TlsTransport final : public Transport {
public:
    TlsTransport(FileDescriptor socket, SSL_CTX* context)
        : Transport(std::move(socket)), ssl_(SSL_new(context)) {
        if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor()) != 1)
            throw std::runtime_error("There is no memory for a TLS connection");
        SSL_set_msg_callback_arg(ssl_.get(), &newKeys_);
        SSL_set_accept_state(ssl_.get());
    }

    TransferStatus handshake() noexcept override {
        ERR_clear_error();
        const int result = SSL_do_handshake(ssl_.get());
        if (result == 1)
            return TransferStatus::done;
        const auto status = statusOf(result);
        if (status == TransferStatus::failed && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST)
            answerPlainRequest();
        return status;
    }

    Transfer receive(std::span<char> into) noexcept override {
        ERR_clear_error();
        std::size_t bytes = 0;
        const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
        if (newKeys_ > mostNewKeys)
            return {TransferStatus::failed};
        return result == 1 ? Transfer{TransferStatus::done, bytes} : Transfer{statusOf(result)};
    }

    Transfer send(std::string_view bytes, std::string_view /*more*/) noexcept override {
        ERR_clear_error();
        std::size_t taken = 0;
        const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken);
        return result == 1 ? Transfer{TransferStatus::done, taken} : Transfer{statusOf(result)};
    }

    bool holdsBytes() const noexcept override { return SSL_has_pending(ssl_.get()) == 1; }

    void finish() noexcept override {
        if (!broken_ && SSL_is_init_finished(ssl_.get())) {
            ERR_clear_error();
            SSL_shutdown(ssl_.get());
        }
        ::shutdown(descriptor(), SHUT_WR);
    }

private:
    struct Free {
        void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    };

    TransferStatus statusOf(int result) noexcept {
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return TransferStatus::wantRead;
        case SSL_ERROR_WANT_WRITE:
            return TransferStatus::wantWrite;
        case SSL_ERROR_ZERO_RETURN:
            return TransferStatus::closed;
        default:
            broken_ = true;
            return TransferStatus::failed;
        }
    }

    void answerPlainRequest() noexcept {
        constexpr std::string_view answer =
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            "Content-Length: 42\r\n\r\nThis port speaks HTTPS: use an https URL.\n";
        [[maybe_unused]] const auto sent =
            ::send(descriptor(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    std::unique_ptr<SSL, Free> ssl_;
    int newKeys_ = 0;
    bool broken_ = false;
};

} // namespace

TlsContext::TlsContext(TlsOptions options) : options_(std::move(options)), context_(load(options_)) {}

void TlsContext::reload() {
    Context::Ptr fresh = load(options_);
    const std::lock_guard lock(mutex_);
    context_ = std::move(fresh);
}

std::unique_ptr<Transport> TlsContext::makeTransport(FileDescriptor socket) const {
    Context::Ptr context;
    {
        const std::lock_guard lock(mutex_);
        context = context_;
    }
    return std::make_unique<TlsTransport>(std::move(socket), context->sslContext());
}

} // namespace coffer::host
