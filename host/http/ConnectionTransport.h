#pragma once

#include "host/http/FileDescriptor.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace coffer::host {

/// How a non-blocking operation ended.
enum class TransferStatus {
    done,      ///< it moved at least one byte, or finished the handshake
    wantRead,  ///< try again when the socket can be read
    wantWrite, ///< try again when the socket can be written
    closed,    ///< the peer has sent all that it will send
    failed,    ///< reset, or not TLS
};

struct Transfer {
    TransferStatus status;
    std::size_t bytes = 0;
};

/// The bytes of one connection, plain or through TLS. Owns the socket. Never blocks, never throws; one thread
/// at a time.
class Transport {
public:
    explicit Transport(FileDescriptor socket) noexcept : socket_(std::move(socket)) {}
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport();

    [[nodiscard]] virtual TransferStatus handshake() noexcept = 0;
    [[nodiscard]] virtual Transfer receive(std::span<char> into) noexcept = 0;
    /// @param more  follows on `bytes`; goes with them where that saves a system call
    [[nodiscard]] virtual Transfer send(std::string_view bytes, std::string_view more) noexcept = 0;
    /// Whether bytes wait here that the socket does not know of any more: they wake no epoll.
    [[nodiscard]] virtual bool holdsBytes() const noexcept = 0;
    /// Says that nothing more will be sent; reading goes on with discard().
    virtual void finish() noexcept = 0;

    /// Reads what is there and forgets it. @returns closed, failed, or wantRead when there is no more for now
    [[nodiscard]] Transfer discard(std::span<char> scratch) noexcept;
    /// Lets the close tell the peer that the connection broke, not that it ended.
    void resetOnClose() noexcept;
    /// Bytes given to the socket that the peer has not acknowledged yet.
    [[nodiscard]] std::size_t unacknowledged() const noexcept;
    /// Waits a very short moment for bytes. The one function here that may block.
    [[nodiscard]] bool waitBriefly() noexcept;
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
    FileDescriptor socket_;
};

[[nodiscard]] std::unique_ptr<Transport> makePlainTransport(FileDescriptor socket);

} // namespace coffer::host
