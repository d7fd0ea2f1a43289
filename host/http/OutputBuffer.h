#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::host {

/// Bytes that wait to be sent. Head and body go out in one send as long as that is cheaper than two. One
/// thread at a time.
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
    void sent(std::size_t count) noexcept;
    [[nodiscard]] bool empty() const noexcept { return next().empty(); }
    void clear() noexcept;

private:
    std::string front_;
    std::string back_; ///< what did not fit in front_
    std::size_t sent_ = 0;
    std::size_t backSent_ = 0;
    bool secret_ = false;
};

} // namespace coffer::host
