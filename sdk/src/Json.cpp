#include <coffer/sdk/Json.h>

#include "Rfc3339.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace coffer {

namespace {

constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD";

/// Length of the well-formed UTF-8 sequence (Unicode 15, table 3-7) at the start of `text`; 0 when there is
/// none.
std::size_t sequenceLength(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto within = [&](std::size_t i, unsigned low, unsigned high) {
        return byte(i) >= low && byte(i) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return within(1, 0x80, 0xBF) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

void escapeControl(std::string& out, unsigned char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    default:
        (out += "\\u00") += digits[c >> 4U];
        out += digits[c & 15U];
    }
}

bool isPlain(unsigned char c) noexcept {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/// isPlain() of eight bytes at once: what is not leaves the highest bit of its byte set. A carry into the
/// next byte does no harm, as it comes from one that is not plain.
bool arePlain(std::uint64_t bytes) noexcept {
    constexpr std::uint64_t each = 0x0101010101010101;
    const std::uint64_t marked = bytes | (bytes - each * 0x20) | (bytes + each) |
                                 ((bytes ^ (each * '"')) - each) | ((bytes ^ (each * '\\')) - each);
    return (marked & (each * 0x80)) == 0;
}

template <class Word>
std::uint64_t copyWord(const char* from, char* to) noexcept {
    Word word = 0;
    std::memcpy(&word, from, sizeof word);
    std::memcpy(to, &word, sizeof word);
    return word;
}

/// Copies a text. @returns whether all of it is plain
bool copyPlain(std::string_view text, char* to) noexcept {
    const char* const from = text.data();
    const std::size_t size = text.size();
    // The last word of several may overlap the one before.
    if (size >= 8) {
        bool plain = arePlain(copyWord<std::uint64_t>(from + size - 8, to + size - 8));
        for (std::size_t at = 0; at + 8 < size; at += 8)
            plain &= arePlain(copyWord<std::uint64_t>(from + at, to + at));
        return plain;
    }
    if (size >= 4)
        return arePlain(copyWord<std::uint32_t>(from, to) |
                        copyWord<std::uint32_t>(from + size - 4, to + size - 4) << 32U);
    bool plain = true;
    for (std::size_t at = 0; at < size; ++at) {
        plain &= isPlain(static_cast<unsigned char>(from[at]));
        to[at] = from[at];
    }
    return plain;
}

void appendEscaped(std::string& out, std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t run = at;
        while (run < text.size() && isPlain(static_cast<unsigned char>(text[run])))
            ++run;
        out.append(text, at, run - at);
        at = run;
        if (at == text.size())
            break;
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x80) {
            escapeControl(out, c);
            ++at;
        } else if (const auto length = sequenceLength(text.substr(at))) {
            out.append(text, at, length);
            at += length;
        } else {
            out += replacementCharacter;
            ++at;
        }
    }
}

enum class Role { value, name };

void appendString(std::string& out, bool comma, std::string_view text, Role role) {
    // Nearly all texts are short and plain: they are put together here, and the string grows once.
    constexpr std::size_t shortText = 64;
    std::array<char, shortText + 4> piece; // filled as far as it is used
    char* to = piece.data();
    if (comma)
        *to++ = ',';
    *to++ = '"';
    if (text.size() <= shortText && copyPlain(text, to)) {
        to += text.size();
        *to++ = '"';
        if (role == Role::name)
            *to++ = ':';
        out.append(piece.data(), static_cast<std::size_t>(to - piece.data()));
        return;
    }
    out.append(piece.data(), static_cast<std::size_t>(to - piece.data()));
    appendEscaped(out, text);
    out += role == Role::name ? "\":" : "\"";
}

} // namespace

void JsonWriter::separate() {
    if (comma_)
        out_ += ',';
    comma_ = true;
}

JsonWriter& JsonWriter::beginObject() {
    separate();
    out_ += '{';
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::endObject() {
    out_ += '}';
    comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::beginArray() {
    separate();
    out_ += '[';
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::endArray() {
    out_ += ']';
    comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    appendString(out_, comma_, name, Role::name);
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    appendString(out_, comma_, text, Role::value);
    comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(bool truth) {
    return raw(truth ? "true" : "false");
}

JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number))
        return null();
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

JsonWriter& JsonWriter::value(Instant instant) {
    std::array<char, detail::rfc3339Size> text{};
    return value(detail::writeRfc3339(instant, text));
}

JsonWriter& JsonWriter::null() {
    return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

std::string jsonString(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    appendString(out, false, text, Role::value);
    return out;
}

} // namespace coffer
