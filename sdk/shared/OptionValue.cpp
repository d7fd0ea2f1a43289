#include "sdk/shared/OptionValue.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace coffer::detail {

namespace {

using Unit = std::pair<std::string_view, std::int64_t>;
constexpr std::array<Unit, 5> durationUnits{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> sizeUnits{
    {{"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}}};

std::optional<std::int64_t> parseInteger(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

template <std::size_t N>
std::optional<std::int64_t> parseWithUnit(std::string_view text, const std::array<Unit, N>& units) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parseInteger(text.substr(0, digits));
    const auto* unit = std::ranges::find(units, text.substr(digits), &Unit::first);
    if (!number || unit == units.end() || *number > INT64_MAX / unit->second)
        return std::nullopt;
    return *number * unit->second;
}

std::string refuseRange(const Option& option, std::optional<std::int64_t> number, std::string_view form,
                        std::string_view unit) {
    if (!number)
        return "must be " + std::string(form);
    if (*number < option.minimum)
        return "must be at least " + std::to_string(option.minimum) + std::string(unit);
    if (*number > option.maximum)
        return "must be at most " + std::to_string(option.maximum) + std::string(unit);
    return {};
}

} // namespace

std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) {
    const auto number = parseWithUnit(text, durationUnits);
    return number ? std::optional(std::chrono::milliseconds(*number)) : std::nullopt;
}

std::optional<std::int64_t> parseSize(std::string_view text) {
    return parseWithUnit(text, sizeUnits);
}

std::vector<std::string> splitList(std::string_view text) {
    std::vector<std::string> entries;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        std::string_view entry = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        entry.remove_prefix(std::min(entry.find_first_not_of(" \t"), entry.size()));
        entry = entry.substr(0, entry.find_last_not_of(" \t") + 1);
        if (!entry.empty())
            entries.emplace_back(entry);
    }
    return entries;
}

std::string refuseValue(const Option& option, std::string_view value) {
    switch (option.type) {
    case OptionType::integer:
        return refuseRange(option, parseInteger(value), "a whole number, such as 8420", "");
    case OptionType::boolean:
        return value == "true" || value == "false" ? "" : "must be true or false";
    case OptionType::duration: {
        const auto duration = parseDuration(value);
        return refuseRange(option, duration ? std::optional(duration->count()) : std::nullopt,
                           "a number with a unit: 250ms, 5s, 10m, 24h or 30d", " ms");
    }
    case OptionType::size:
        return refuseRange(option, parseSize(value), "bytes, or KiB, MiB, GiB: 64KiB", " bytes");
    case OptionType::text:
        if (!option.allowed.empty() && std::ranges::find(option.allowed, value) == option.allowed.end()) {
            std::string choices;
            for (const auto& choice : option.allowed)
                choices += (choices.empty() ? "" : ", ") + choice;
            return "must be one of: " + choices;
        }
        return {};
    case OptionType::path:
    case OptionType::list:
        return {};
    }
    return {};
}

} // namespace coffer::detail
