#include "host/http/OutputBuffer.h"

#include <coffer/sdk/Secret.h>

#include <algorithm>

namespace coffer::host {

namespace {
/// Of the body this much is copied behind the head, to save a system call and a packet.
constexpr std::size_t joined = 65536;
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

std::string_view OutputBuffer::next() const noexcept {
    if (sent_ < front_.size())
        return std::string_view(front_).substr(sent_);
    return back_.empty() ? std::string_view{} : std::string_view(back_).substr(backSent_);
}

void OutputBuffer::sent(std::size_t count) noexcept {
    if (sent_ < front_.size())
        sent_ += count;
    else
        backSent_ += count;
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
    sent_ = backSent_ = 0;
    secret_ = false;
}

} // namespace coffer::host
