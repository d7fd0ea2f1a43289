#include "host/http/ConnectionTransport.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <ctime>

namespace coffer::host {

namespace {

Transfer received(ssize_t result) noexcept {
    if (result > 0)
        return {TransferStatus::done, static_cast<std::size_t>(result)};
    if (result == 0)
        return {TransferStatus::closed};
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {later ? TransferStatus::wantRead : TransferStatus::failed};
}

class PlainTransport final : public Transport {
public:
    using Transport::Transport;
    TransferStatus handshake() noexcept override { return TransferStatus::done; }
    Transfer receive(std::span<char> into) noexcept override {
        return received(::recv(descriptor(), into.data(), into.size(), 0));
    }
    Transfer send(std::string_view bytes, std::string_view more) noexcept override {
        std::array<iovec, 2> pieces{iovec{const_cast<char*>(bytes.data()), bytes.size()},
                                    iovec{const_cast<char*>(more.data()), more.size()}};
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = pieces.size();
        const ssize_t result = ::sendmsg(descriptor(), &message, MSG_NOSIGNAL);
        if (result >= 0)
            return {TransferStatus::done, static_cast<std::size_t>(result)};
        const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
        return {later ? TransferStatus::wantWrite : TransferStatus::failed};
    }
    bool holdsBytes() const noexcept override { return false; }
    void finish() noexcept override { ::shutdown(descriptor(), SHUT_WR); }
};

} // namespace

Transport::~Transport() = default;

Transfer Transport::discard(std::span<char> scratch) noexcept {
    return received(::recv(descriptor(), scratch.data(), scratch.size(), 0));
}

void Transport::resetOnClose() noexcept {
    const linger now{1, 0};
    ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::size_t Transport::unacknowledged() const noexcept {
    int bytes = 0;
    return ::ioctl(descriptor(), SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool Transport::waitBriefly() noexcept {
    pollfd socket{descriptor(), POLLIN, 0};
    const timespec moment{0, 100'000};
    return ::ppoll(&socket, 1, &moment, nullptr) > 0;
}

std::unique_ptr<Transport> makePlainTransport(FileDescriptor socket) {
    return std::make_unique<PlainTransport>(std::move(socket));
}

} // namespace coffer::host
