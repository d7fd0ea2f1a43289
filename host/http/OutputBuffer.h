#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::host {

/// Bytes that wait to be sent, in one piece or two. One thread at a time.
class OutputBuffer {
public:
    OutputBuffer() = default;
    OutputBuffer(const OutputBuffer&) = delete;
    OutputBuffer& operator=(const OutputBuffer&) = delete;
    ~OutputBuffer() { clear(); }

    /// Only when nothing waits. @param secret  wipe the bytes once they are sent
    void put(std::string head, std::string body, bool secret);
    /// What to send next; empty when nothing waits.
    [[nodiscard]] std::string_view next() const noexcept;
    /// What follows on next().
    [[nodiscard]] std::string_view afterNext() const noexcept;
    /// So much of next() and afterNext() has gone.
    void sent(std::size_t count) noexcept;
    [[nodiscard]] bool empty() const noexcept { return next().empty(); }
    void clear() noexcept;

private:
    [[nodiscard]] std::string_view front() const noexcept;
    [[nodiscard]] std::string_view back() const noexcept;

    std::string front_; ///< the head, and the beginning of the body or all of it
    std::string back_;  ///< the body when front_ does not hold it all
    std::size_t frontSent_ = 0;
    std::size_t backSent_ = 0;
    bool secret_ = false;
};

} // namespace coffer::host
