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

/// The bytes that hexadecimal digits stand for; empty when they are not that. Not for secrets.
[[nodiscard]] inline std::string fromHex(std::string_view digits) {
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        const int high = hexDigit(digits[i]);
        const int low = hexDigit(digits[i + 1]);
        if (high < 0 || low < 0)
            return {};
        out += static_cast<char>(high * 16 + low);
    }
    return digits.size() % 2 == 0 ? out : std::string();
}

} // namespace coffer::host
