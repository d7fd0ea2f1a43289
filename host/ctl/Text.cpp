#include "host/ctl/Text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utf8proc.h>

namespace coffer::ctl {

namespace {

/// Takes one code point off the front. Broken UTF-8 loses one byte and reads as U+FFFD.
utf8proc_int32_t next(std::string_view& text) {
    utf8proc_int32_t code = -1;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &code);
    text.remove_prefix(length > 0 ? static_cast<std::size_t>(length) : 1);
    return length > 0 ? code : 0xFFFD;
}

bool isHarmful(utf8proc_int32_t code) {
    // Joiners hold emoji and the letters of several scripts together.
    if (code == 0x200C || code == 0x200D)
        return false;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CS:
        return true;
    default:
        return false;
    }
}

void append(std::string& out, utf8proc_int32_t code) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto length = utf8proc_encode_char(code, bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length));
}

void appendUnit(std::string& out, std::uint32_t unit) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U})
        out += digits[(unit >> shift) & 0xFU];
}

/// As JSON has it: two surrogates beyond the basic plane.
void appendEscaped(std::string& out, utf8proc_int32_t code) {
    const auto value = static_cast<std::uint32_t>(code);
    if (value <= 0xFFFF)
        return appendUnit(out, value);
    appendUnit(out, 0xD800U + ((value - 0x10000U) >> 10U));
    appendUnit(out, 0xDC00U + ((value - 0x10000U) & 0x3FFU));
}

bool isPlain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// What belongs together on the screen: a letter with its accents, an emoji made of several.
struct Cluster {
    std::string_view text;
    std::size_t width;
};

Cluster nextCluster(std::string_view& text) {
    const std::string_view whole = text;
    utf8proc_int32_t state = 0;
    utf8proc_int32_t before = next(text);
    int width = std::max(utf8proc_charwidth(before), 0);
    while (!text.empty()) {
        std::string_view rest = text;
        const auto code = next(rest);
        if (utf8proc_grapheme_break_stateful(before, code, &state))
            break;
        // A variation selector asks for the emoji, which is wide.
        width = code == 0xFE0F ? 2 : std::max(width, utf8proc_charwidth(code));
        before = code;
        text = rest;
    }
    return {whole.substr(0, whole.size() - text.size()), static_cast<std::size_t>(width)};
}

std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j < row.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

} // namespace

std::string printable(std::string_view text, std::string_view kept) {
    if (isPlain(text))
        return std::string(text);
    std::string out;
    while (!text.empty()) {
        if (kept.find(text.front()) != std::string_view::npos) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto code = next(text);
        isHarmful(code) ? appendEscaped(out, code) : append(out, code);
    }
    return out;
}

std::size_t displayWidth(std::string_view text) {
    if (isPlain(text))
        return text.size();
    std::size_t width = 0;
    while (!text.empty())
        width += nextCluster(text).width;
    return width;
}

std::string fitted(std::string_view text, std::size_t width) {
    if (displayWidth(text) <= width)
        return std::string(text);
    std::string out;
    std::size_t used = 0;
    while (width > 0) {
        const Cluster cluster = nextCluster(text);
        if (used + cluster.width > width - 1)
            return out + "…";
        out += cluster.text;
        used += cluster.width;
    }
    return out;
}

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    const std::size_t used = displayWidth(text);
    return used < width ? out.append(width - used, ' ') : out;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
    std::string out;
    std::size_t used = 0;
    for (const auto& word : split(text, ' ')) {
        const std::size_t needed = displayWidth(word);
        if (used > 0 && used + 1 + needed > width) {
            out.append("\n").append(indent);
            used = 0;
        }
        if (used > 0)
            out += ' ';
        out += word;
        used += needed + (used > 0 ? 1 : 0);
    }
    return out;
}

std::string folded(std::string_view text) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                        UTF8PROC_CASEFOLD);
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &mapped, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
    if (length < 0)
        return std::string(text);
    return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0)
            parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const auto& part : parts) {
        if (!out.empty())
            out += separator;
        out += part;
    }
    return out;
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos)
        return {};
    return std::string(text.substr(begin, text.find_last_not_of(space) - begin + 1));
}

bool isNumber(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<std::string> similar(std::string_view word, const std::vector<std::string>& candidates) {
    std::vector<std::pair<std::size_t, std::string>> near;
    for (const auto& candidate : candidates) {
        const std::size_t apart = distance(word, candidate);
        const bool begins = word.size() >= 2 && candidate.starts_with(word);
        if (begins || apart <= 1 + std::min(word.size(), candidate.size()) / 4)
            near.emplace_back(begins ? 0 : apart, candidate);
    }
    std::ranges::sort(near);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < near.size() && i < 3; ++i)
        out.push_back(near[i].second);
    return out;
}

std::string didYouMean(std::string_view word, const std::vector<std::string>& candidates,
                       std::string_view prefix) {
    std::vector<std::string> names;
    for (const auto& name : similar(word, candidates))
        names.push_back(std::string(prefix) + name);
    return names.empty() ? std::string() : "Did you mean " + joined(names, ", or ") + "?";
}

} // namespace coffer::ctl
