#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::ctl {

/// For HTTP Basic: RFC 4648, with padding.
[[nodiscard]] inline std::string base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8U | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            out += at + i > text.size() ? '=' : digits[(group >> (18U - 6U * i)) & 63U];
    }
    return out;
}

} // namespace coffer::ctl
