#pragma once

#include "host/http/FileDescriptor.h"

#include <cstdint>
#include <string>

namespace coffer::host {

/// A client's socket, non-blocking, and where it comes from.
struct Accepted {
    enum class Status {
        connection,
        none,      ///< nobody waits
        noRoom,    ///< the process has no descriptor left; one client was let go
        exhausted, ///< nothing can be accepted for now: try again later
    } status;
    FileDescriptor socket{};
    std::string peer{}; ///< the IP address; IPv4 also when it came through an IPv6 socket
};

/// The listening socket. It keeps a spare descriptor, with which it can still accept (and close) when the
/// process has none left, instead of being told of the same client again and again. One thread at a time.
class ServerListener {
public:
    /// Binds and listens. The port is this process's alone.
    /// @throws std::runtime_error with a sentence that names address, port and cause
    ServerListener(const std::string& address, std::uint16_t port);

    [[nodiscard]] Accepted accept();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
    [[nodiscard]] Accepted letOneGo();

    FileDescriptor socket_;
    FileDescriptor spare_;
};

} // namespace coffer::host
