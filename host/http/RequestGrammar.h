#pragma once

#include <coffer/sdk/Problem.h>

#include <string>
#include <string_view>

/// The characters and words of HTTP's grammar (RFC 9110, 5; RFC 9112; RFC 3986). Pure functions, any thread.
namespace coffer::host::grammar {

[[nodiscard]] constexpr bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool isLetter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool isHexadecimal(char c) noexcept {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
/// tchar: what methods and field names are made of.
[[nodiscard]] bool isTokenCharacter(char c) noexcept;
[[nodiscard]] bool isToken(std::string_view text) noexcept;
/// What may stand unencoded in a path or query, the percent sign aside.
[[nodiscard]] bool isTargetByte(char c) noexcept;
/// No control characters but tab.
[[nodiscard]] bool isFieldValue(std::string_view text) noexcept;
/// `name`, `192.0.2.1`, `[2001:db8::1]`, each with an optional `:port`.
[[nodiscard]] bool isHost(std::string_view text) noexcept;

/// Without spaces and tabs at either end.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// ASCII letters only.
[[nodiscard]] bool equalsIgnoreCase(std::string_view left, std::string_view right) noexcept;
/// Whether a comma-separated list holds `word`.
[[nodiscard]] bool listHolds(std::string_view list, std::string_view word) noexcept;

/// 400 `malformed_request`.
[[nodiscard]] Problem malformed(std::string detail);

} // namespace coffer::host::grammar
