#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coffer::host {

/// HTTPS: TLS 1.2 or later. All files are PEM and are read again by HttpServer::reloadTls().
struct TlsOptions {
    std::string certificateFile; ///< the certificate, then those between it and its root
    std::string keyFile;         ///< its private key, without a passphrase
    std::string clientCaFile;    ///< when set, every client must show a certificate that one of these signed
};

/// How HttpServer listens, and how much it lets one client take. Values only.
struct ServerOptions {
    std::string address = "127.0.0.1"; ///< IPv4 or IPv6, as a number; `::` takes IPv4 as well
    std::uint16_t port = 8420;         ///< 0: the kernel picks one, see HttpServer::port()
    /// Threads that read requests and run Application::handle(); at least 3. Two of them are always left over
    /// for reading and for instant requests.
    std::size_t workers = 24;
    std::size_t producers = 4; ///< threads that pull BodyProducers
    std::size_t maximumConnections = 20000;
    std::size_t maximumQueued = 1024; ///< whole requests that wait for a worker; beyond that, 503
    std::size_t headerLimit = 16384;  ///< bytes of request line and header fields together
    std::size_t headerFields = 100;   ///< number of header fields
    std::size_t bodyLimit = 16 << 20; ///< bytes; no route gets more, whatever Application::bodyLimit() says
    std::chrono::milliseconds keepAliveTimeout{60000}; ///< between requests
    std::chrono::milliseconds requestDeadline{
        30000}; ///< for the whole request, head and body; also the handshake
    /// Within it the client must take 64 KiB of the response, or all that is left.
    std::chrono::milliseconds writeDeadline{30000};
    /// How long the server waits for the client to close a connection that the server has ended.
    std::chrono::milliseconds lingerTime{2000};
    /// `10.0.0.0/8`, `fd00::/8`, `192.0.2.1`: whose X-Forwarded-For is believed.
    std::vector<std::string> trustedProxies;
    std::optional<TlsOptions> tls; ///< nothing: plain HTTP
};

} // namespace coffer::host
