#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace coffer::projects {

/// From `begin` until just before `end`, local time is UTC plus `offset`.
struct ClockPeriod {
    std::chrono::sys_seconds begin;
    std::chrono::sys_seconds end;
    std::chrono::seconds offset;
};

/// How a zone changes its clocks twice a year for all time to come: what the last line of its file says about
/// the years after its table, which ends in 2037. A value.
///
/// Source: RFC 9636 (TZif), 3.3 and 3.3.1; POSIX, Base Definitions, 8.3, `TZ`. Of the forms of a date only
/// `Mm.w.d` is known: the database uses no other.
class YearlyChanges {
public:
    /// Reads `CET-1CEST,M3.5.0,M10.5.0/3`. Nothing for a zone that changes no more: `<+03>-3`.
    /// @throws std::invalid_argument for what it cannot read
    [[nodiscard]] static std::optional<YearlyChanges> parse(std::string_view footer);
    /// The one that `instant` lies in.
    [[nodiscard]] ClockPeriod periodAt(std::chrono::sys_seconds instant) const;

private:
    friend class FooterReader;
    struct Change {
        unsigned month = 1;
        unsigned week = 1; ///< 5: the last
        unsigned weekday = 0;
        std::chrono::seconds time{}; ///< of day, as the clocks show before the change; may be another day's
        std::chrono::seconds before{};
        std::chrono::seconds after{};

        [[nodiscard]] std::chrono::sys_seconds in(std::chrono::year year) const;
    };
    Change toSummer_;
    Change toWinter_;
};

} // namespace coffer::projects
