#include <coffer/sdk/Time.h>

#include "Rfc3339.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace coffer {

namespace {

/// Takes an RFC 3339 text apart from left to right, and remembers whether all of it was as it should be.
class TimeReader {
public:
    explicit TimeReader(std::string_view text) noexcept : rest_(text) {}

    int number(std::size_t digits) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i)
            value = value * 10 + (one("0123456789") - '0');
        return value;
    }
    /// The next character, which must be one of these; '0' when it is not.
    char one(std::string_view choices) noexcept {
        if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) {
            good_ = false;
            return '0';
        }
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    /// Up to nine digits behind a point, cut to milliseconds.
    std::chrono::milliseconds fraction() noexcept {
        if (!rest_.starts_with('.'))
            return {};
        rest_.remove_prefix(1);
        const auto digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        good_ = good_ && digits >= 1 && digits <= 9;
        int value = 0;
        for (std::size_t i = 0; i < 3; ++i)
            value = value * 10 + (i < digits ? rest_[i] - '0' : 0);
        rest_.remove_prefix(digits);
        return std::chrono::milliseconds{value};
    }
    std::chrono::minutes offset() noexcept {
        const char sign = one("Zz+-");
        if (sign != '+' && sign != '-')
            return {};
        const int hours = number(2);
        one(":");
        const int minutes = number(2);
        good_ = good_ && hours <= 23 && minutes <= 59;
        return std::chrono::minutes{(hours * 60 + minutes) * (sign == '-' ? -1 : 1)};
    }
    [[nodiscard]] bool isWhole() const noexcept { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

/// Four digits and more; RFC 3339 knows no year past 9999 or before 0, but an Instant may hold one.
char* writeYear(char* to, int year) {
    if (year < 0) {
        *to++ = '-';
        year = -year;
    }
    for (int least = 1000; least > 1 && year < least; least /= 10)
        *to++ = '0';
    return std::to_chars(to, to + std::numeric_limits<int>::digits10 + 1, year).ptr;
}

} // namespace

Instant currentTime() noexcept {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string_view detail::writeRfc3339(Instant instant, std::span<char, rfc3339Size> text) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{instant - day};
    char* to = writeYear(text.data(), int{date.year()});
    const auto write = [&to](char before, unsigned digits, unsigned number) {
        *to++ = before;
        for (unsigned place = digits; place > 0; number /= 10)
            to[--place] = static_cast<char>('0' + number % 10);
        to += digits;
    };
    write('-', 2, unsigned{date.month()});
    write('-', 2, unsigned{date.day()});
    write('T', 2, static_cast<unsigned>(time.hours().count()));
    write(':', 2, static_cast<unsigned>(time.minutes().count()));
    write(':', 2, static_cast<unsigned>(time.seconds().count()));
    write('.', 3, static_cast<unsigned>(time.subseconds().count()));
    *to++ = 'Z';
    return {text.data(), static_cast<std::size_t>(to - text.data())};
}

std::string formatRfc3339(Instant instant) {
    std::array<char, detail::rfc3339Size> text{};
    return std::string(detail::writeRfc3339(instant, text));
}

std::optional<Instant> parseRfc3339(std::string_view text) {
    TimeReader reader(text);
    const auto year = reader.number(4);
    const auto month = (reader.one("-"), reader.number(2));
    const auto day = (reader.one("-"), reader.number(2));
    const auto hour = (reader.one("Tt"), reader.number(2));
    const auto minute = (reader.one(":"), reader.number(2));
    const auto second = (reader.one(":"), reader.number(2));
    const auto milliseconds = reader.fraction();
    const auto offset = reader.offset();
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!reader.isWhole() || !date.ok() || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + milliseconds - offset;
}

} // namespace coffer
