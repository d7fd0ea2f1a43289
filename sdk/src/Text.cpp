#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Text.h>

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace coffer {

namespace {

struct Decoded {
    utf8proc_int32_t codePoint;
    std::size_t length; ///< 0: no valid UTF-8
};

Decoded decode(std::string_view text) noexcept {
    utf8proc_int32_t codePoint = -1;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &codePoint);
    return length <= 0 ? Decoded{-1, 0} : Decoded{codePoint, static_cast<std::size_t>(length)};
}

bool isAscii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::string> mapped(std::string_view text, unsigned options) {
    utf8proc_uint8_t* out = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &out,
                                     static_cast<utf8proc_option_t>(options));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, &std::free);
    if (length < 0)
        return std::nullopt;
    return std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(length));
}

/// White_Space of the Unicode Character Database.
bool isSpace(utf8proc_int32_t c) noexcept {
    if ((c >= 0x09 && c <= 0x0D) || c == 0x85)
        return true;
    const auto category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

/// Embeddings, overrides, isolates and marks.
bool isBidirectionalFormat(utf8proc_int32_t c) noexcept {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F ||
           c == 0x061C;
}

/// Soft hyphen, zero width space and no-break space, invisible operators. Not the zero width joiner, of which
/// emoji and several scripts are made.
bool isInvisible(utf8proc_int32_t c) noexcept {
    return c == 0x00AD || c == 0x200B || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

bool isForbidden(utf8proc_int32_t c) noexcept {
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return isBidirectionalFormat(c) || isInvisible(c);
    }
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty()) {
        const Decoded first = decode(text);
        if (first.length == 0 || !isSpace(first.codePoint))
            break;
        text.remove_prefix(first.length);
    }
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Decoded next = decode(text.substr(at));
        if (next.length == 0)
            return text;
        at += next.length;
        if (!isSpace(next.codePoint))
            end = at;
    }
    return text.substr(0, end);
}

} // namespace

std::optional<std::string> normalizedText(std::string_view text) {
    if (isAscii(text))
        return std::string(trimmed(text));
    auto composed = mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (composed)
        composed = std::string(trimmed(*composed));
    return composed;
}

std::optional<std::string> foldedText(std::string_view text) {
    if (isAscii(text)) {
        std::string folded(text);
        for (char& c : folded)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        return folded;
    }
    constexpr unsigned nfkcCasefold =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    // Once is not enough where folding makes what composes anew.
    const auto once = mapped(text, nfkcCasefold);
    return once ? mapped(*once, nfkcCasefold) : std::nullopt;
}

std::size_t codePoints(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string_view firstCodePoints(std::string_view text, std::size_t count) noexcept {
    std::size_t at = 0;
    while (count-- > 0 && at < text.size()) {
        const Decoded next = decode(text.substr(at));
        at += next.length == 0 ? 1 : next.length;
    }
    return text.substr(0, at);
}

bool beginsWithWordCharacter(std::string_view text) noexcept {
    const Decoded first = decode(text);
    if (first.length == 0)
        return false;
    const auto category = utf8proc_category(first.codePoint);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool hasForbiddenCharacters(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const Decoded next = decode(text.substr(at));
        if (next.length == 0 || isForbidden(next.codePoint))
            return true;
        at += next.length;
    }
    return false;
}

std::optional<Name> Name::check(std::string_view text, NameLength length, std::string_view field,
                                Problem& problem) {
    const auto refuse = [&](std::string code, std::string detail) {
        problem.field(std::string(field), std::move(code), std::move(detail));
        return std::nullopt;
    };
    auto form = normalizedText(text);
    if (!form)
        return refuse("invalid_characters", "It is not valid UTF-8.");
    if (hasForbiddenCharacters(*form))
        return refuse("invalid_characters",
                      "Control characters, line breaks, invisible or unassigned characters and marks that "
                      "change the writing direction are not allowed.");
    const std::size_t has = codePoints(*form);
    if (has < length.least || has > length.most)
        return refuse(has < length.least ? "too_short" : "too_long",
                      "It has " + std::to_string(has) + " characters without the spaces around it. Use " +
                          std::to_string(length.least) + " to " + std::to_string(length.most) + ".");
    auto key = foldedText(*form).value_or("");
    if (normalizedText(key).value_or("").empty())
        return refuse("invalid_characters", "It has nothing visible in it.");
    return Name{std::move(*form), std::move(key)};
}

} // namespace coffer
