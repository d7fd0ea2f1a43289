#pragma once

#include "host/http/RequestHead.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace coffer::host {

/// Adds to `text`; memory that it outgrows is wiped before it is given back.
void appendWiping(std::string& text, std::string_view piece);

/// Bytes that arrived and were not looked at yet. Whatever leaves it, and all of it in the end, is wiped. One
/// thread at a time.
class RequestBuffer {
public:
    RequestBuffer() = default;
    RequestBuffer(const RequestBuffer&) = delete;
    RequestBuffer& operator=(const RequestBuffer&) = delete;
    ~RequestBuffer() { clear(); }

    void append(std::string_view bytes);
    [[nodiscard]] std::string_view view() const noexcept { return std::string_view(bytes_).substr(start_); }
    [[nodiscard]] bool empty() const noexcept { return start_ == bytes_.size(); }
    /// Drops the first bytes; memory is given back when none are left.
    void consume(std::size_t count) noexcept;
    void clear() noexcept;

private:
    std::string bytes_;
    std::size_t start_ = 0;
};

/// Takes one request's body out of the bytes that arrive, by length or by chunks (RFC 9112, 7.1). Chunk
/// extensions and trailers are refused. One thread at a time.
class RequestBody {
public:
    /// @throws Problem 413 `body_too_large` when the announced length is more than `limit`
    void begin(const RequestHead& head, std::size_t limit);
    /// Adds to `body` what belongs to it.
    /// @returns how many bytes of `input` are used up; they must not be given again
    /// @throws Problem 400 `malformed_request`, 413 `body_too_large`
    [[nodiscard]] std::size_t take(std::string_view input, std::string& body);
    [[nodiscard]] bool complete() const noexcept { return state_ == State::complete; }

private:
    enum class State { complete, length, chunkSize, chunkData, chunkEnd, lastEnd };

    [[nodiscard]] std::size_t takeData(std::string_view input, std::string& body);
    [[nodiscard]] std::size_t takeSize(std::string_view input, std::size_t bodySize);
    [[nodiscard]] std::size_t takeLineEnd(std::string_view input);

    State state_ = State::complete;
    std::uint64_t left_ = 0; ///< of the body, or of the chunk
    std::size_t limit_ = 0;
};

} // namespace coffer::host
