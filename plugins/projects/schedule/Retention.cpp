#include "schedule/Retention.h"

#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace coffer::projects {

Retention::Retention(std::chrono::hours hours) : hours_(hours) {
    if (hours < shortest || hours > longest)
        throw std::invalid_argument("A retention is from 1h to 87600h, or from 1d to 3650d: ten years.");
}

Retention Retention::parse(std::string_view text) {
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    const bool tooLarge = error == std::errc::result_out_of_range;
    if ((error != std::errc() && !tooLarge) || (unit != "h" && unit != "d"))
        throw std::invalid_argument("A retention is a whole number of hours or days: 72h, or 30d.");
    const auto hours = std::int64_t{count} * (unit == "d" ? 24 : 1);
    return Retention(tooLarge ? std::chrono::hours::max() : std::chrono::hours(hours));
}

std::string Retention::text() const {
    return std::to_string(hours_.count()) + "h";
}

std::string Retention::veleroText() const {
    return text() + "0m0s";
}

} // namespace coffer::projects
