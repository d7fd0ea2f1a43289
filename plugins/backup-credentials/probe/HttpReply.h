#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::backup_credentials {

/// An HTTP/1.x reply, as far as it was read. A value.
struct HttpReply {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body;                                         ///< with chunks joined
    bool complete = false; ///< whether all of the body is there, as far as the reply says how long it is

    /// The first value of that name (lower case); nothing when there is none.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

/// Reads a reply to a GET piece by piece (RFC 9112); interim replies (1xx) are passed over. What it is fed
/// is bounded by its caller. One thread.
class HttpReplyReader {
public:
    enum class State {
        head,     ///< the status line and headers are not all there
        body,     ///< some of the body is missing, or only the connection's end tells how long it is
        finished, ///< nothing more belongs to this reply
        malformed ///< this is not HTTP
    };

    State feed(std::string_view bytes);
    /// The connection has ended.
    State end();
    [[nodiscard]] State state() const noexcept { return state_; }
    /// Meaningful once the head is read.
    [[nodiscard]] const HttpReply& reply() const noexcept { return reply_; }

private:
    enum class Framing { length, chunked, untilEnd };

    void readHead();
    [[nodiscard]] bool parseHead(std::string_view head);
    [[nodiscard]] bool chooseFraming();
    void readBody();
    void readChunks();
    [[nodiscard]] std::optional<std::string_view> takeLine();

    State state_ = State::head;
    Framing framing_ = Framing::untilEnd;
    std::string pending_;       ///< received, not yet read
    std::size_t remaining_ = 0; ///< of the body, or of the chunk
    bool inChunk_ = false;
    bool inTrailers_ = false;
    std::string line_;
    HttpReply reply_;
};

} // namespace coffer::backup_credentials
