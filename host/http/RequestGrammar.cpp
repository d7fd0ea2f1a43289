#include "host/http/RequestGrammar.h"

#include <algorithm>
#include <charconv>

namespace coffer::host::grammar {

namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool oneOf(char c, std::string_view characters) noexcept {
    return c != '\0' && characters.find(c) != std::string_view::npos;
}

bool isPort(std::string_view text) noexcept {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port <= 65535;
}

} // namespace

bool isTokenCharacter(char c) noexcept {
    return isLetter(c) || isDigit(c) || oneOf(c, "!#$%&'*+-.^_`|~");
}

bool isToken(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, isTokenCharacter);
}

bool isTargetByte(char c) noexcept {
    return isLetter(c) || isDigit(c) || oneOf(c, "-._~!$&'()*+,;=:@/?");
}

bool isFieldValue(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

bool isHost(std::string_view text) noexcept {
    std::string_view host = text;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos || end == 1)
            return false;
        host = text.substr(1, end - 1);
        const std::string_view rest = text.substr(end + 1);
        return std::ranges::all_of(host, [](char c) { return isHexadecimal(c) || c == ':' || c == '.'; }) &&
               (rest.empty() || (rest.front() == ':' && isPort(rest.substr(1))));
    }
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        if (!isPort(text.substr(colon + 1)))
            return false;
    }
    return !host.empty() &&
           std::ranges::all_of(host, [](char c) { return isLetter(c) || isDigit(c) || oneOf(c, "-._~"); });
}

std::string_view trim(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool equalsIgnoreCase(std::string_view left, std::string_view right) noexcept {
    return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

bool listHolds(std::string_view list, std::string_view word) noexcept {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        if (equalsIgnoreCase(trim(list.substr(0, comma)), word))
            return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

Problem malformed(std::string detail) {
    return {400, "malformed_request", "The request is malformed", std::move(detail)};
}

} // namespace coffer::host::grammar
