#include "host/http/OutputBuffer.h"

#include <coffer/sdk/Secret.h>

#include <algorithm>

namespace coffer::host {

namespace {
/// Of the body this much is copied behind the head, so that most replies are one piece, and one record with
/// TLS.
constexpr std::size_t joined = 15000;
} // namespace

void OutputBuffer::put(std::string head, std::string body, bool secret) {
    clear();
    front_ = std::move(head);
    secret_ = secret;
    backSent_ = std::min(body.size(), joined);
    front_.append(body, 0, backSent_);
    if (backSent_ < body.size())
        back_ = std::move(body);
    else if (secret)
        wipe(body);
}

std::string_view OutputBuffer::front() const noexcept {
    return std::string_view(front_).substr(frontSent_);
}

std::string_view OutputBuffer::back() const noexcept {
    return back_.empty() ? std::string_view{} : std::string_view(back_).substr(backSent_);
}

std::string_view OutputBuffer::next() const noexcept {
    return front().empty() ? back() : front();
}

std::string_view OutputBuffer::afterNext() const noexcept {
    return front().empty() ? std::string_view{} : back();
}

void OutputBuffer::sent(std::size_t count) noexcept {
    const std::size_t ofFront = std::min(count, front().size());
    frontSent_ += ofFront;
    backSent_ += count - ofFront;
    if (empty())
        clear();
}

void OutputBuffer::clear() noexcept {
    if (secret_) {
        wipe(front_);
        wipe(back_);
    }
    front_ = {};
    back_ = {};
    frontSent_ = backSent_ = 0;
    secret_ = false;
}

} // namespace coffer::host
