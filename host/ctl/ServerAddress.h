#pragma once

#include <cstdint>
#include <string>

namespace coffer::ctl {

/// `https://host[:port]`, taken apart.
struct ServerAddress {
    bool secure = false;
    std::string host; ///< an IPv6 address without its brackets
    std::uint16_t port = 0;

    /// @throws UsageError with what would be right
    [[nodiscard]] static ServerAddress parse(const std::string& url);
    [[nodiscard]] bool isLoopback() const;
    /// What stands in the profile: lower case, without a slash at the end.
    [[nodiscard]] std::string text() const;
};

} // namespace coffer::ctl
