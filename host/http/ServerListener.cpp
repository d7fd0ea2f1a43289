#include "host/http/ServerListener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace coffer::host {

namespace {

FileDescriptor openSpare() {
    return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

struct Address {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    sockaddr* raw() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
};

Address parseAddress(const std::string& text, std::uint16_t port) {
    Address address;
    auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
    auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
    if (::inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        address.size = sizeof *four;
    } else if (::inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        address.size = sizeof *six;
    } else {
        throw std::runtime_error("'" + text +
                                 "' is no address to listen on: write an IPv4 or IPv6 address, " +
                                 "such as 127.0.0.1 or ::1");
    }
    return address;
}

[[noreturn]] void cannotListen(const std::string& address, std::uint16_t port, int error) {
    const std::string where =
        (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" + std::to_string(port);
    if (error == EADDRINUSE)
        throw std::runtime_error("Cannot listen on " + where +
                                 ": another process listens there already. Stop it, or choose another port");
    throw std::runtime_error("Cannot listen on " + where + ": " + std::generic_category().message(error));
}

std::string peerOf(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.storage.ss_family == AF_INET) {
        const auto* four = reinterpret_cast<const sockaddr_in*>(&address.storage);
        ::inet_ntop(AF_INET, &four->sin_addr, text.data(), text.size());
        return text.data();
    }
    const auto* six = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        ::inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text.data(), text.size());
    else
        ::inet_ntop(AF_INET6, &six->sin6_addr, text.data(), text.size());
    return text.data();
}

} // namespace

ServerListener::ServerListener(const std::string& address, std::uint16_t port) : spare_(openSpare()) {
    Address bound = parseAddress(address, port);
    socket_ =
        FileDescriptor(::socket(bound.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket_.open())
        cannotListen(address, port, errno);
    const int on = 1;
    const int off = 0;
    // Lets a restart take the port while old connections time out. SO_REUSEPORT would let a second daemon
    // share it unnoticed.
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bound.storage.ss_family == AF_INET6)
        ::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (::bind(socket_.get(), bound.raw(), bound.size) != 0 || ::listen(socket_.get(), 4096) != 0)
        cannotListen(address, port, errno);
}

Accepted ServerListener::accept() {
    for (;;) {
        Address peer;
        FileDescriptor socket(::accept4(socket_.get(), peer.raw(), &peer.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket.open()) {
            if (!spare_.open())
                spare_ = openSpare(); // there was no descriptor left even for it
            const int on = 1;
            ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return {Accepted::Status::connection, std::move(socket), peerOf(peer)};
        }
        switch (errno) {
        case EAGAIN:
            return {Accepted::Status::none};
        case EMFILE:
        case ENFILE:
            return letOneGo();
        case ENOBUFS:
        case ENOMEM:
            return {Accepted::Status::exhausted};
        default:
            break; // this client is gone already, or was interrupted: the next one
        }
    }
}

Accepted ServerListener::letOneGo() {
    spare_.reset();
    FileDescriptor socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const bool accepted = socket.open();
    // The kernel looks for a free descriptor before it looks for a client.
    const bool nobodyWaits = !accepted && errno == EAGAIN;
    socket.reset();
    spare_ = openSpare();
    if (nobodyWaits)
        return {Accepted::Status::none};
    return {accepted ? Accepted::Status::noRoom : Accepted::Status::exhausted};
}

std::uint16_t ServerListener::port() const {
    Address bound;
    if (::getsockname(socket_.get(), bound.raw(), &bound.size) != 0)
        return 0;
    return bound.storage.ss_family == AF_INET
               ? ntohs(reinterpret_cast<const sockaddr_in*>(&bound.storage)->sin_port)
               : ntohs(reinterpret_cast<const sockaddr_in6*>(&bound.storage)->sin6_port);
}

} // namespace coffer::host
