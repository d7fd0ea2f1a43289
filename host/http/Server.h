#pragma once

#include "host/http/Exchange.h"
#include "host/http/ServerOptions.h"

#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <cstdint>
#include <memory>

namespace coffer::host {

/// Listens, and serves an Application over HTTP/1.1 and HTTPS.
///
/// A request is seen by nobody before it has arrived whole, within its limits and its deadline, and could not
/// be understood in two ways (RFC 9112). Idle connections, slow senders and clients that do not read hold no
/// thread: all sockets are non-blocking and wait in one epoll, of which every worker takes what is ready.
///
/// Application, Log and Metrics must outlive this object, and nothing else of the server: a Reply that comes
/// after its end is ignored. Any thread may call port() and reloadTls(); start(), stop() and the destructor
/// belong to one.
class HttpServer {
public:
    /// @throws std::invalid_argument with a sentence, for options that cannot be met
    HttpServer(ServerOptions options, Application& application, Log& log, Metrics& metrics);
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    /// Stops without waiting for what is in flight.
    ~HttpServer();

    /// Reads the certificates, listens and serves from then on. Once. The process ignores SIGPIPE afterwards.
    /// @throws std::runtime_error with a sentence: the port is taken, a file cannot be read
    void start();
    /// Where it listens; after start().
    [[nodiscard]] std::uint16_t port() const;
    /// Reads certificate, key and client authorities again, for connections that are yet to come. Without TLS
    /// it does nothing.
    /// @throws std::runtime_error with a sentence; what was in use stays in use
    void reloadTls();
    /// Stops listening, closes idle connections, lets requests in flight finish within `drain` (their answers
    /// say Connection: close), closes the rest and joins its threads. A handle() that has not returned by
    /// then is waited for, unless it was given up. Does nothing the second time.
    /// @returns false when one that was given up still runs: the server must not be destroyed then
    bool stop(std::chrono::milliseconds drain);

private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

} // namespace coffer::host
