#pragma once

#include "probe/Endpoint.h"
#include "probe/Waiter.h"

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace coffer::backup_credentials {

/// The client's side of TLS 1.2 or later over a connected, non-blocking socket. OpenSSL works in memory and
/// the bytes are moved by this class, so that every wait has its deadline, and an answer in plain text is
/// recognized before OpenSSL calls it nonsense. One thread.
class TlsStream {
public:
    /// Handshakes, and verifies the certificate against `caCertificate` (PEM; empty: the system's) and the
    /// endpoint's host. `socket` must outlive this.
    /// @throws ProbeFailure with Cause::tls that says why, or Cause::silent; ProbeStopped
    TlsStream(int socket, const Endpoint& endpoint, const std::string& caCertificate, const Waiter& waiter,
              std::chrono::milliseconds handshakeTimeout);

    /// Sends all of it. @returns false at `deadline`
    [[nodiscard]] bool send(std::string_view bytes, SteadyTime deadline);
    /// What receive() found.
    enum class Received { bytes, end, deadline };
    /// Fills the front of `buffer`, and sets `size` to how much.
    [[nodiscard]] Received receive(std::span<char> buffer, std::size_t& size, SteadyTime deadline);

private:
    enum class Moved { yes, end, deadline };
    void handshake(SteadyTime deadline, std::chrono::milliseconds timeout);
    [[nodiscard]] bool flush(SteadyTime deadline);
    [[nodiscard]] Moved fill(SteadyTime deadline);

    int socket_;
    const Waiter& waiter_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    BIO* incoming_ = nullptr; ///< owned by ssl_
    BIO* outgoing_ = nullptr; ///< owned by ssl_
    bool sawBytes_ = false;
};

/// The certificates of a PEM text. @throws std::invalid_argument with a sentence, when there are none or one
/// of them cannot be read
[[nodiscard]] std::shared_ptr<X509_STORE> readCertificates(std::string_view pem);

} // namespace coffer::backup_credentials
