#pragma once

#include "Certificates.h"

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace coffer::test {

/// The server's side of one connection, given to a FaultServer's behaviour. One thread.
class Peer {
public:
    Peer(int socket, SSL* tls, std::function<void(std::string_view)> record)
        : socket_(socket), tls_(tls), record_(std::move(record)) {}

    /// Reads until an empty line. @returns what came; less when the client went away
    std::string readRequest();
    /// @returns whether the client was still there
    bool send(std::string_view bytes);
    /// Keeps still until the client, or the server, ends the connection.
    void waitForEnd();
    /// Reads a request and answers `HTTP/1.1 <status>` with this body, its length and more header lines.
    void reply(const std::string& status, const std::string& body, const std::string& headers = {});

private:
    [[nodiscard]] long receive(char* buffer, std::size_t size);

    int socket_;
    SSL* tls_;
    std::function<void(std::string_view)> record_;
};

using Behaviour = std::function<void(Peer&)>;

/// A server on the loopback interface that misbehaves as told: each connection runs the behaviour on a thread
/// of its own and is closed when it returns. With a certificate it speaks TLS. Remembers every byte received.
class FaultServer {
public:
    explicit FaultServer(Behaviour behaviour, std::optional<Certificate> certificate = {});
    FaultServer(const FaultServer&) = delete;
    FaultServer& operator=(const FaultServer&) = delete;
    ~FaultServer();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// `http://127.0.0.1:N`, or with another scheme and host
    [[nodiscard]] std::string url(const std::string& scheme = "http",
                                  const std::string& host = "127.0.0.1") const;
    [[nodiscard]] std::string received() const;
    [[nodiscard]] int connections() const noexcept { return connections_; }

private:
    void accept();
    void serve(int socket);

    Behaviour behaviour_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<bool> ending_{false};
    mutable std::mutex mutex_;
    std::string received_;
    std::vector<int> open_;
    std::list<std::thread> threads_;
    std::thread acceptor_;
};

} // namespace coffer::test
