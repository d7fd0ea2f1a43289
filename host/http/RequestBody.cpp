#include "host/http/RequestBody.h"

#include "host/http/RequestGrammar.h"
#include "sdk/shared/RequestCheck.h"

#include <coffer/sdk/Secret.h>

#include <algorithm>
#include <charconv>

namespace coffer::host {

void appendWiping(std::string& text, std::string_view piece) {
    if (text.size() + piece.size() > text.capacity()) {
        std::string larger;
        larger.reserve(std::max(text.size() + piece.size(), 2 * text.capacity()));
        larger = text;
        wipe(text);
        text.swap(larger);
    }
    text.append(piece);
}

void RequestBuffer::append(std::string_view bytes) {
    if (start_ > 0) {
        // Else a client that always sends a little too much would let it grow without end.
        const std::size_t left = bytes_.size() - start_;
        std::ranges::copy(view(), bytes_.begin());
        wipe(std::span(bytes_).subspan(left));
        bytes_.resize(left);
        start_ = 0;
    }
    appendWiping(bytes_, bytes);
}

void RequestBuffer::consume(std::size_t count) noexcept {
    wipe(std::span(bytes_).subspan(start_, count));
    start_ += count;
    if (empty())
        clear();
}

void RequestBuffer::clear() noexcept {
    wipe(bytes_);
    bytes_ = {};
    start_ = 0;
}

void RequestBody::begin(const RequestHead& head, std::size_t limit) {
    limit_ = limit;
    left_ = 0;
    if (head.framing == BodyFraming::chunked) {
        state_ = State::chunkSize;
        return;
    }
    if (head.contentLength > limit)
        throw detail::bodyTooLarge(limit);
    left_ = head.contentLength;
    state_ = left_ == 0 ? State::complete : State::length;
}

std::size_t RequestBody::take(std::string_view input, std::string& body) {
    std::size_t used = 0;
    while (!complete() && used < input.size()) {
        const std::string_view rest = input.substr(used);
        std::size_t step = 0;
        if (state_ == State::length || state_ == State::chunkData)
            step = takeData(rest, body);
        else if (state_ == State::chunkSize)
            step = takeSize(rest, body.size());
        else
            step = takeLineEnd(rest);
        if (step == 0)
            break;
        used += step;
    }
    return used;
}

std::size_t RequestBody::takeData(std::string_view input, std::string& body) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
    appendWiping(body, input.substr(0, size));
    left_ -= size;
    if (left_ == 0)
        state_ = state_ == State::length ? State::complete : State::chunkEnd;
    return size;
}

std::size_t RequestBody::takeSize(std::string_view input, std::size_t bodySize) {
    constexpr std::size_t longest = 8; // digits
    const std::size_t digits =
        static_cast<std::size_t>(std::ranges::find_if_not(input, grammar::isHexadecimal) - input.begin());
    if (digits > longest || (digits == 0 && !input.empty()) ||
        (input.size() > digits && input[digits] != '\r') ||
        (input.size() > digits + 1 && input[digits + 1] != '\n'))
        throw grammar::malformed("A chunk does not begin with a line that holds its size alone.");
    if (input.size() < digits + 2)
        return 0;
    std::from_chars(input.data(), input.data() + digits, left_, 16);
    if (left_ > limit_ - bodySize)
        throw detail::bodyTooLarge(limit_);
    state_ = left_ == 0 ? State::lastEnd : State::chunkData;
    return digits + 2;
}

std::size_t RequestBody::takeLineEnd(std::string_view input) {
    if (input.front() != '\r' || (input.size() > 1 && input[1] != '\n'))
        throw grammar::malformed(state_ == State::lastEnd ? "Trailers after a chunked body are not taken."
                                                          : "A chunk is longer than its size says.");
    if (input.size() < 2)
        return 0;
    state_ = state_ == State::lastEnd ? State::complete : State::chunkSize;
    return 2;
}

} // namespace coffer::host
