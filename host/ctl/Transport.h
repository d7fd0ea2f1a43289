#pragma once

#include "host/ctl/Secret.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::ctl {

struct HttpRequest {
    std::string method;
    std::string path; ///< with its query, encoded
    std::vector<std::pair<std::string, std::string>> headers{};
    Secret body{};
};

struct HttpReply {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
};

/// Nobody answers there, or not as an HTTP server does.
class __attribute__((visibility("default"))) TransportError : public std::runtime_error {
public:
    /// @param interrupted  the connection ended before the reply did: it may have been kept from before
    TransportError(const std::string& what, bool interrupted)
        : std::runtime_error(what), interrupted_(interrupted) {}
    [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }

private:
    bool interrupted_;
};

struct TransportOptions {
    bool secure = false;
    std::string host;
    std::uint16_t port = 0;
    std::string caFile; ///< PEM; empty: the system's
    std::chrono::seconds timeout{30};
};

/// One kept connection to a daemon. The implementation is a module of its own, loaded with the first request:
/// the libraries that it needs take longer to load than everything else that cofferctl does.
class __attribute__((visibility("default"))) Transport {
public:
    using Sink = std::function<void(std::string_view)>;

    virtual ~Transport() = default;
    /// @param sink  takes the body of a 2xx reply piece by piece; without it the reply holds it
    /// @throws TransportError
    virtual HttpReply send(const HttpRequest& request, const Sink& sink) = 0;
};

/// The module's only symbol.
using TransportFactory = Transport*(const TransportOptions&);
inline constexpr const char* transportFactoryName = "cofferctl_transport_1";

/// Loads the module. @throws Failure when it is not installed where it belongs
[[nodiscard]] std::unique_ptr<Transport> openTransport(const TransportOptions& options);

} // namespace coffer::ctl
