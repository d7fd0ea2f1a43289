#include <coffer/sdk/Json.h>

#include "Rfc3339.h"

#include <algorithm>
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

/// isPlain() of eight bytes at once: each test leaves the highest bit of a byte set where it is true.
bool arePlain(const char* eight) noexcept {
    constexpr std::uint64_t each = 0x0101010101010101;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, eight, sizeof bytes);
    const auto isZero = [](std::uint64_t word) { return (word - each) & ~word; };
    const std::uint64_t below = (bytes - each * 0x20) & ~bytes;
    return ((bytes | below | isZero(bytes ^ (each * '"')) | isZero(bytes ^ (each * '\\')) |
             isZero(bytes ^ (each * 0x7F))) &
            (each * 0x80)) == 0;
}

/// How far `text` can be written as it is.
std::size_t plainLength(std::string_view text) noexcept {
    constexpr std::size_t step = sizeof(std::uint64_t);
    std::size_t at = 0;
    while (at + step <= text.size() && arePlain(text.data() + at))
        at += step;
    // The last bytes of a longer text are looked at together with some that were seen already.
    if (text.size() >= step && at + step > text.size() && arePlain(text.data() + text.size() - step))
        return text.size();
    while (at < text.size() && isPlain(static_cast<unsigned char>(text[at])))
        ++at;
    return at;
}

void appendEscaped(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t plain = plainLength(text.substr(at));
        out.append(text, at, plain);
        at += plain;
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

/// `text` between `before` and `after`, which end and begin with its quotes.
void appendString(std::string& out, std::string_view before, std::string_view text, std::string_view after) {
    if (plainLength(text) < text.size()) {
        out += before;
        appendEscaped(out, text);
        out += after;
        return;
    }
    // Nearly all texts: the string grows once.
    const std::size_t end = out.size();
    out.resize(end + before.size() + text.size() + after.size());
    char* to = std::ranges::copy(before, out.data() + end).out;
    to = std::ranges::copy(text, to).out;
    std::ranges::copy(after, to);
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
    appendString(out_, comma_ ? ",\"" : "\"", name, "\":");
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    appendString(out_, comma_ ? ",\"" : "\"", text, "\"");
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
    appendString(out, "\"", text, "\"");
    return out;
}

} // namespace coffer
