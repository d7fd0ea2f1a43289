#include "schedule/YearlyChanges.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string>

namespace coffer::projects {

using namespace std::chrono;

/// Takes a footer apart, from left to right.
class FooterReader {
public:
    explicit FooterReader(std::string_view text) : text_(text), rest_(text) {}

    std::optional<YearlyChanges> read() {
        skipName();
        const seconds winter = -time();
        if (rest_.empty())
            return std::nullopt;
        skipName();
        const seconds summer = rest_.starts_with(',') ? winter + hours(1) : -time();
        YearlyChanges changes;
        changes.toSummer_ = change(winter, summer);
        changes.toWinter_ = change(summer, winter);
        expect(rest_.empty());
        return changes;
    }

private:
    void expect(bool fine) const {
        if (!fine)
            throw std::invalid_argument("No rule of a time zone: " + std::string(text_));
    }
    bool take(char c) {
        const bool there = rest_.starts_with(c);
        rest_.remove_prefix(there ? 1 : 0);
        return there;
    }
    void skipName() {
        const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        const auto end =
            rest_.starts_with('<')
                ? rest_.find('>') + 1
                : static_cast<std::size_t>(std::ranges::find_if_not(rest_, isLetter) - rest_.begin());
        expect(end >= 3);
        rest_.remove_prefix(end);
    }
    unsigned number(unsigned highest) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        expect(error == std::errc() && value <= highest);
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }
    seconds time() {
        const bool negative = take('-');
        if (!negative)
            take('+');
        seconds value = hours(number(167));
        if (take(':'))
            value += minutes(number(59));
        if (take(':'))
            value += seconds(number(59));
        return negative ? -value : value;
    }
    YearlyChanges::Change change(seconds before, seconds after) {
        YearlyChanges::Change made;
        expect(take(',') && take('M'));
        made.month = number(12);
        expect(take('.'));
        made.week = number(5);
        expect(take('.') && made.month >= 1 && made.week >= 1);
        made.weekday = number(6);
        made.time = take('/') ? time() : hours(2);
        made.before = before;
        made.after = after;
        return made;
    }

    std::string_view text_;
    std::string_view rest_;
};

std::optional<YearlyChanges> YearlyChanges::parse(std::string_view footer) {
    return FooterReader(footer).read();
}

sys_seconds YearlyChanges::Change::in(year year) const {
    const auto day = weekday_indexed(std::chrono::weekday(weekday), week);
    const sys_days date =
        week == 5 ? sys_days(year / month / day.weekday()[last]) : sys_days(year / month / day);
    return date + time - before;
}

ClockPeriod YearlyChanges::periodAt(sys_seconds instant) const {
    const year now = year_month_day(floor<days>(instant)).year();
    std::array<ClockPeriod, 6> periods;
    for (int at = 0; at < 3; ++at) {
        const year in = now + years(at - 1);
        const auto index = static_cast<std::size_t>(2 * at);
        periods[index] = {toSummer_.in(in), {}, toSummer_.after};
        periods[index + 1] = {toWinter_.in(in), {}, toWinter_.after};
    }
    std::ranges::sort(periods, {}, &ClockPeriod::begin);
    const auto next = std::ranges::upper_bound(periods, instant, {}, &ClockPeriod::begin);
    ClockPeriod found = *std::prev(next);
    found.end = next->begin;
    return found;
}

} // namespace coffer::projects
