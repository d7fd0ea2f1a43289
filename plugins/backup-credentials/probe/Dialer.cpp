#include "probe/Dialer.h"

#include "probe/Finding.h"
#include "probe/Resolver.h"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace coffer::backup_credentials {

namespace {

sockaddr_storage socketAddress(const IpAddress& address, std::uint16_t port, socklen_t& size) {
    sockaddr_storage storage{};
    if (address.v6) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
        std::memcpy(&storage, &v6, size = sizeof v6);
    } else {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
        std::memcpy(&storage, &v4, size = sizeof v4);
    }
    return storage;
}

enum class Dialled { yes, refused, unreachable, deadline };

Dialled outcomeOf(int error) {
    switch (error) {
    case 0:
        return Dialled::yes;
    case ECONNREFUSED:
    case ECONNRESET:
        return Dialled::refused;
    case ETIMEDOUT:
        return Dialled::deadline;
    default:
        return Dialled::unreachable;
    }
}

Dialled dial(const IpAddress& address, std::uint16_t port, const Waiter& waiter, SteadyTime deadline,
             FileDescriptor& connected) {
    FileDescriptor socket(
        ::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.number() < 0)
        return Dialled::unreachable; // no such address family here
    const int on = 1;
    setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    socklen_t size = 0;
    const sockaddr_storage target = socketAddress(address, port, size);
    int error = 0;
    if (::connect(socket.number(), reinterpret_cast<const sockaddr*>(&target), size) != 0)
        error = errno;
    if (error == EINPROGRESS) {
        if (!waiter.wait(socket.number(), POLLOUT, deadline))
            return Dialled::deadline;
        socklen_t length = sizeof error;
        getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &length);
    }
    if (error == 0)
        connected = std::move(socket);
    return outcomeOf(error);
}

ProbeFailure dialFailure(Dialled outcome, std::chrono::milliseconds timeout) {
    switch (outcome) {
    case Dialled::refused:
        return {Cause::refused, "The endpoint refused the connection: nothing listens on that port.",
                "Check the endpoint's host and port, and that the server runs."};
    case Dialled::deadline:
        return {Cause::silent, "The endpoint did not accept a connection within " + inWords(timeout) + ".",
                "Check the endpoint's host and port, and the firewalls on the way."};
    default:
        return {Cause::refused, "The endpoint's address cannot be reached from this machine.",
                "Check the endpoint's host, and this machine's network."};
    }
}

} // namespace

Connection::Connection(FileDescriptor socket, const Endpoint& endpoint, const std::string& caCertificate,
                       const Waiter& waiter, std::chrono::milliseconds handshakeTimeout)
    : socket_(std::move(socket)), waiter_(waiter) {
    if (endpoint.tls())
        tls_ =
            std::make_unique<TlsStream>(socket_.number(), endpoint, caCertificate, waiter, handshakeTimeout);
}

bool Connection::send(std::string_view bytes, SteadyTime deadline) {
    if (tls_)
        return tls_->send(bytes, deadline);
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno != EAGAIN && errno != EINTR)
            return true; // the peer is gone; what it had to say is found by reading
        else if (!waiter_.wait(socket_.number(), POLLOUT, deadline))
            return false;
    }
    return true;
}

TlsStream::Received Connection::receive(std::span<char> buffer, std::size_t& size, SteadyTime deadline) {
    if (tls_)
        return tls_->receive(buffer, size, deadline);
    while (true) {
        if (!waiter_.wait(socket_.number(), POLLIN, deadline))
            return TlsStream::Received::deadline;
        const ssize_t received = recv(socket_.number(), buffer.data(), buffer.size(), 0);
        if (received < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (received <= 0)
            return TlsStream::Received::end;
        size = static_cast<std::size_t>(received);
        return TlsStream::Received::bytes;
    }
}

std::vector<IpAddress> Dialer::permittedAddresses(const Endpoint& endpoint, const Waiter& waiter) const {
    std::vector<IpAddress> addresses;
    if (const auto literal = IpAddress::parse(endpoint.host))
        addresses.push_back(*literal);
    else
        addresses = resolveBounded(options_.resolve ? options_.resolve : resolveWithSystem, endpoint.host,
                                   waiter, waiter.stageEnd(options_.connectTimeout));
    std::optional<AddressPolicy::Refusal> refusal;
    std::erase_if(addresses, [&](const IpAddress& address) {
        auto refused = policy_.refusal(address);
        const bool denied = refused.has_value();
        if (denied && !refusal)
            refusal = std::move(refused);
        return denied;
    });
    if (addresses.empty() && refusal)
        throw ProbeFailure(Cause::address, refusal->saw, refusal->advice);
    return addresses;
}

Connection Dialer::connect(const Endpoint& endpoint, const std::string& caCertificate,
                           const Waiter& waiter) const {
    const auto addresses = permittedAddresses(endpoint, waiter);
    const SteadyTime end = waiter.stageEnd(options_.connectTimeout);
    Dialled outcome = Dialled::unreachable;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        // A silent address leaves the others their share of the time.
        const auto now = std::chrono::steady_clock::now();
        const SteadyTime deadline = now + (end - now) / static_cast<int>(addresses.size() - i);
        FileDescriptor connected;
        const Dialled dialled = dial(addresses[i], endpoint.port, waiter, deadline, connected);
        if (dialled == Dialled::yes)
            return {std::move(connected), endpoint, caCertificate, waiter, options_.handshakeTimeout};
        if (dialled != Dialled::unreachable)
            outcome = dialled;
    }
    throw dialFailure(outcome, options_.connectTimeout);
}

} // namespace coffer::backup_credentials
