#include <coffer/sdk/Time.h>

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>
#include <Poco/Exception.h>

#include <array>
#include <cstdio>
#include <regex>

namespace coffer {

Instant currentTime() noexcept {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string formatRfc3339(Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{instant - day};
    std::array<char, 40> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()},
                      unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(time.hours().count()),
                      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                      static_cast<int>(time.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<Instant> parseRfc3339(std::string_view text) {
    static const std::regex form(R"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d))");
    if (text.size() > 40 || !std::regex_match(text.begin(), text.end(), form))
        return std::nullopt;
    try {
        int offsetSeconds = 0;
        Poco::DateTime time;
        if (!Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::ISO8601_FRAC_FORMAT, std::string(text),
                                            time, offsetSeconds))
            return std::nullopt;
        time.makeUTC(offsetSeconds);
        return Instant{std::chrono::milliseconds{time.timestamp().epochMicroseconds() / 1000}};
    } catch (const Poco::Exception&) {
        return std::nullopt; // the form is right, but there is no such day or hour
    }
}

} // namespace coffer
