#pragma once

#include "host/http/FileDescriptor.h"

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace coffer::test {

/// A response as it came. Names of headers are in lower case.
struct ReceivedResponse {
    int status = 0; ///< 0: the connection ended without one
    std::map<std::string, std::string> headers;
    std::string body;
    bool whole = false; ///< the body ended as it said it would
    std::string head;   ///< as received
};

/// A client that sends exactly the bytes it is given. Each wait ends after ten minutes, which only a
/// test that hangs reaches.
class ServerTestClient {
public:
    /// @param receiveBuffer  bytes; 0: the system's
    explicit ServerTestClient(std::uint16_t port, int receiveBuffer = 0);
    /// Connects a socket that was made before.
    ServerTestClient(host::FileDescriptor socket, std::uint16_t port);
    [[nodiscard]] static host::FileDescriptor makeSocket(int receiveBuffer = 0);
    /// The same through TLS. The handshake waits for secure().
    ServerTestClient(std::uint16_t port, SSL_CTX* context);

    /// @returns whether the handshake succeeded
    bool secure();
    /// What the server's certificate is made out to.
    [[nodiscard]] std::string serverName() const;
    void send(std::string_view bytes);
    /// Whether all of it could be sent.
    [[nodiscard]] bool trySend(std::string_view bytes);
    /// @param bodyless  the answer to HEAD: the length it says is not sent
    [[nodiscard]] ReceivedResponse receive(bool bodyless = false);
    [[nodiscard]] ReceivedResponse ask(std::string_view bytes) {
        send(bytes);
        return receive();
    }
    /// The next `GET /path`, with a Host.
    [[nodiscard]] ReceivedResponse get(const std::string& path);
    /// Everything until the connection ends.
    [[nodiscard]] std::string drain();
    /// Whether the server has closed; waits for it.
    [[nodiscard]] bool closed() { return drain().empty() && !timedOut_; }
    /// Whether the server has neither answered nor closed yet. With TLS, session tickets arrive unasked, so
    /// that only closing counts.
    [[nodiscard]] bool isUnanswered() const;
    void finishSending();
    /// Says through TLS that nothing more comes.
    void finishRecords();
    /// So many requests for new keys, as they would be sent: a record each, and nothing that is read.
    [[nodiscard]] std::string keyUpdates(int count);
    /// Closes so that the server sees a reset.
    void reset();
    [[nodiscard]] int descriptor() const { return socket_.get(); }

private:
    [[nodiscard]] bool fill();
    [[nodiscard]] std::string takeLine();
    [[nodiscard]] bool takeBody(std::size_t size, std::string& into);

    host::FileDescriptor socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
    std::string buffered_;
    bool timedOut_ = false;
};

/// `GET path` with a Host; each line of `fields` ends in CRLF.
[[nodiscard]] std::string getRequest(const std::string& path, const std::string& fields = {});
/// `POST path` with a Host and this body's length.
[[nodiscard]] std::string postRequest(const std::string& path, const std::string& body,
                                      const std::string& fields = {});

} // namespace coffer::test
