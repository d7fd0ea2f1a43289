#pragma once

#include <coffer/sdk/Http.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace coffer::host {

/// The time as HTTP's Date says it, made once a second. Any thread.
class HttpDate {
public:
    [[nodiscard]] std::string now();

private:
    std::mutex mutex_;
    std::chrono::sys_seconds second_{};
    std::string text_;
};

/// What the connection decided about a response.
struct OutputChoices {
    std::string requestId;
    std::string date;
    bool http11 = true;
    bool keepAlive = false;
};

/// Whether HTTP lets this status have a body at all.
[[nodiscard]] bool mayHaveBody(int status) noexcept;

/// Why the response must not be sent as it is; nothing when it may. A name, value or content type with line
/// ends would let its author write a second response.
[[nodiscard]] std::optional<std::string> unsendable(const Response& response);

/// Status line and header fields, with the empty line. Those that frame the message are the connection's own
/// and replace what the response says. A producer's body is chunked in HTTP/1.1, and ends with the connection
/// in HTTP/1.0.
[[nodiscard]] std::string formatHead(const Response& response, const OutputChoices& choices);

/// One piece of a chunked body; the last one for an empty `piece`.
[[nodiscard]] std::string formatChunk(std::string_view piece);

} // namespace coffer::host
