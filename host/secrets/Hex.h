#pragma once

#include <string>
#include <string_view>

namespace coffer::host {

/// Bytes as lower-case hexadecimal digits. Not for secrets: the result is an ordinary string.
[[nodiscard]] inline std::string toHex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

/// The value of one hexadecimal digit of either case; -1 when it is none.
[[nodiscard]] constexpr int hexDigit(char c) noexcept {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace coffer::host
