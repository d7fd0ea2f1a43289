#include "host/identity/Names.h"

#include <coffer/sdk/Problem.h>

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

namespace coffer::host {

namespace {

std::string mapped(std::string_view text, utf8proc_option_t options) {
    utf8proc_uint8_t* raw = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &raw, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, &std::free);
    if (length < 0)
        throw std::invalid_argument("not valid UTF-8");
    return {reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length)};
}

std::vector<utf8proc_int32_t> codePoints(std::string_view text) {
    std::vector<utf8proc_int32_t> points;
    for (std::size_t at = 0; at < text.size();) {
        utf8proc_int32_t point = 0;
        const auto read = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                           static_cast<utf8proc_ssize_t>(text.size() - at), &point);
        if (read <= 0)
            throw std::invalid_argument("not valid UTF-8");
        points.push_back(point);
        at += static_cast<std::size_t>(read);
    }
    return points;
}

bool isSpace(utf8proc_int32_t point) noexcept {
    return utf8proc_category(point) == UTF8PROC_CATEGORY_ZS || point == '\t' || point == '\n' ||
           point == '\r';
}

bool isForbidden(utf8proc_int32_t point) noexcept {
    const auto category = utf8proc_category(point);
    if (category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
        category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CS)
        return true;
    const auto within = [point](utf8proc_int32_t first, utf8proc_int32_t last) {
        return point >= first && point <= last;
    };
    const bool direction =
        point == 0x061C || within(0x200E, 0x200F) || within(0x202A, 0x202E) || within(0x2066, 0x2069);
    const bool invisible = point == 0x200B || within(0x2060, 0x2064) || point == 0xFEFF || point == 0x00AD;
    return direction || invisible;
}

std::string encoded(const std::vector<utf8proc_int32_t>& points) {
    std::string text;
    for (const auto point : points) {
        utf8proc_uint8_t bytes[4];
        const auto length = utf8proc_encode_char(point, bytes);
        text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    }
    return text;
}

[[noreturn]] void refuse(std::string_view field, std::string code, std::string detail) {
    Problem problem = Problem::invalidFields();
    problem.field(std::string(field), std::move(code), std::move(detail));
    throw problem;
}

std::vector<utf8proc_int32_t> normalizedPoints(std::string_view text, std::string_view field) {
    try {
        return codePoints(mapped(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE)));
    } catch (const std::invalid_argument&) {
        refuse(field, "not_utf8", "It is not valid UTF-8.");
    }
}

} // namespace

std::string acceptedName(std::string_view text, std::string_view field, NameLength length) {
    auto points = normalizedPoints(text, field);
    const auto notSpace = [](utf8proc_int32_t point) { return !isSpace(point); };
    points.erase(points.begin(), std::ranges::find_if(points, notSpace));
    points.erase(std::find_if(points.rbegin(), points.rend(), notSpace).base(), points.end());

    if (std::ranges::any_of(points, isForbidden))
        refuse(field, "forbidden_character",
               "Control characters, invisible characters and marks that change the writing direction are not "
               "allowed.");
    if (points.size() < length.least)
        refuse(field, "too_short", "At least " + std::to_string(length.least) + " characters.");
    if (points.size() > length.most)
        refuse(field, "too_long", "At most " + std::to_string(length.most) + " characters.");
    std::string name = encoded(points);
    if (nameKey(name).starts_with("system:"))
        refuse(field, "reserved", "Names that begin with \"system:\" stand for the daemon's own work.");
    return name;
}

std::string nameKey(std::string_view name) {
    return mapped(name, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                       UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
}

} // namespace coffer::host
