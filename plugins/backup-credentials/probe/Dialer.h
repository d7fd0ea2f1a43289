#pragma once

#include "probe/Probe.h"
#include "probe/TlsStream.h"
#include "probe/Waiter.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coffer::backup_credentials {

/// A connection to an endpoint, plain or TLS. One thread.
class Connection {
public:
    /// Takes a connected, non-blocking socket. @throws as TlsStream does
    Connection(FileDescriptor socket, const Endpoint& endpoint, const std::string& caCertificate,
               const Waiter& waiter, std::chrono::milliseconds handshakeTimeout);

    /// Sends all of it. @returns false at `deadline` @throws ProbeStopped
    [[nodiscard]] bool send(std::string_view bytes, SteadyTime deadline);
    /// Fills the front of `buffer` and sets `size` to how much; a connection that was reset has ended.
    [[nodiscard]] TlsStream::Received receive(std::span<char> buffer, std::size_t& size, SteadyTime deadline);

private:
    FileDescriptor socket_;
    const Waiter& waiter_;
    std::unique_ptr<TlsStream> tls_;
};

/// Connects to endpoints: resolves, asks the AddressPolicy about every address, and dials those it permits,
/// in the resolver's order, until one answers. References must outlive it; any thread.
class Dialer {
public:
    Dialer(const ProbeOptions& options, const AddressPolicy& policy) : options_(options), policy_(policy) {}

    /// @throws ProbeFailure with Cause::name, address, refused, silent or tls; ProbeStopped
    [[nodiscard]] Connection connect(const Endpoint& endpoint, const std::string& caCertificate,
                                     const Waiter& waiter) const;

private:
    [[nodiscard]] std::vector<IpAddress> permittedAddresses(const Endpoint& endpoint,
                                                            const Waiter& waiter) const;

    const ProbeOptions& options_;
    const AddressPolicy& policy_;
};

} // namespace coffer::backup_credentials
