#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace coffer::ctl {

/// Text that must not be shown: no stream takes it, and its memory is wiped when it goes.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) noexcept : text_(std::move(text)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Secret& operator=(Secret other) noexcept {
        text_.swap(other.text_);
        return *this;
    }
    ~Secret() { wipe(); }

    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    /// For the one call that sends or stores it.
    [[nodiscard]] const std::string& reveal() const noexcept { return text_; }

private:
    void wipe() noexcept { explicit_bzero(text_.data(), text_.size()); }

    std::string text_;
};

} // namespace coffer::ctl
