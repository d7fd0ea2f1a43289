#include "schedule/CronField.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace coffer::projects {

namespace {

constexpr std::array<std::string_view, 12> monthNames{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> dayNames{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct Bounds {
    std::string_view name;
    unsigned lowest;
    unsigned highest;                        ///< of `*` and of open steps
    unsigned highestWritten;                 ///< 7 for the day of the week: Sunday
    std::span<const std::string_view> names; ///< of lowest and those after it
    std::string_view allowed;
};

constexpr std::array<Bounds, 5> bounds{
    {{"minute", 0, 59, 59, {}, "a number from 0 to 59"},
     {"hour", 0, 23, 23, {}, "a number from 0 to 23"},
     {"day of month", 1, 31, 31, {}, "a number from 1 to 31"},
     {"month", 1, 12, 12, monthNames, "a number from 1 to 12 or a name from JAN to DEC"},
     {"day of week", 0, 6, 7, dayNames,
      "a number from 0 to 7 (0 and 7 are Sunday) or a name from SUN to SAT"}}};

[[noreturn]] void refuse(const Bounds& field, const std::string& sentence) {
    throw std::invalid_argument("The " + std::string(field.name) + " of the schedule: " + sentence);
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

bool equalsIgnoringCase(std::string_view text, std::string_view upper) {
    return std::ranges::equal(
        text, upper, {}, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
}

/// One or two digits: no value or step has more.
std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.size() > 2 || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

unsigned value(const Bounds& field, std::string_view text) {
    const auto named = std::ranges::find_if(
        field.names, [&](std::string_view name) { return equalsIgnoringCase(text, name); });
    if (named != field.names.end())
        return field.lowest + static_cast<unsigned>(named - field.names.begin());
    const auto found = number(text);
    if (!found || *found < field.lowest || *found > field.highestWritten)
        refuse(field, quoted(text) + " is not " + std::string(field.allowed) + ".");
    return *found;
}

struct Range {
    unsigned first;
    unsigned last;
    bool star = false;
    bool open = false; ///< one value: a step makes it run to the highest
};

Range parseRange(const Bounds& field, std::string_view text) {
    if (text == "*" || text == "?")
        return {field.lowest, field.highest, true, false};
    const auto hyphen = text.find('-');
    const unsigned first = value(field, text.substr(0, hyphen));
    if (hyphen == std::string_view::npos)
        return {first, first, false, true};
    const unsigned last = value(field, text.substr(hyphen + 1));
    if (first > last)
        refuse(field, quoted(text) +
                          " runs backwards. A range begins with its smaller end; write two ranges, "
                          "separated by a comma, to go beyond the last value.");
    return {first, last};
}

/// One element of the list.
void add(CronField& to, const Bounds& field, std::string_view text) {
    if (text.empty())
        refuse(field,
               "there is nothing before or after a comma. Write a value there, or leave the comma out.");
    const auto slash = text.find('/');
    Range range = parseRange(field, text.substr(0, slash));
    unsigned step = 1;
    if (slash != std::string_view::npos) {
        const auto found = number(text.substr(slash + 1));
        if (!found || *found == 0 || *found > field.highest)
            refuse(field, "the step of " + quoted(text) + " is not a number from 1 to " +
                              std::to_string(field.highest) + ".");
        step = *found;
        if (range.open)
            range.last = field.highest;
        if (range.first > range.last)
            refuse(field, quoted(text) + " begins with 7, after which no day comes. Write 0 for Sunday.");
    }
    to.star = to.star || (range.star && step == 1);
    for (unsigned at = range.first; at <= range.last; at += step) {
        const bool seven = at > field.highest;
        to.seven = to.seven || seven;
        to.values |= std::uint64_t{1} << (seven ? 0 : at);
    }
}

} // namespace

CronField parseCronField(CronPart part, std::string_view text) {
    const Bounds& field = bounds[static_cast<std::size_t>(part)];
    CronField parsed;
    for (;;) {
        const auto comma = text.find(',');
        add(parsed, field, text.substr(0, comma));
        if (comma == std::string_view::npos)
            return parsed;
        text.remove_prefix(comma + 1);
    }
}

} // namespace coffer::projects
