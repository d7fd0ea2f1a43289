#pragma once

#include "schedule/Cron.h"

#include <chrono>
#include <optional>
#include <utility>

namespace coffer::projects {

/// The way from one moment to a schedule's next run: months, then days, hours and minutes, each until it
/// fits. One use, one thread.
///
/// It steps as robfig/cron's SpecSchedule.Next does, and reads clocks as Go's package time does, oddities at
/// clock changes included (midnights that do not exist, changes by half an hour): what is shown here is when
/// Velero runs.
class CronWalk {
public:
    CronWalk(const Cron& cron, const TimeZone& zone, std::chrono::sys_seconds after);
    /// Nothing when there is none within five years.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> next();

private:
    // Each is false when the walk came into a new year, month, day or hour, so that all is to be looked at
    // again.
    bool findMonth();
    bool findDay();
    bool findHour();
    bool findMinute();
    bool findSecond();
    [[nodiscard]] bool dayFits() const;

    void go(std::chrono::sys_seconds at);
    /// To a local time; days and months beyond the last count on.
    void goTo(std::chrono::year_month month, unsigned day, std::chrono::seconds clock);
    [[nodiscard]] std::chrono::seconds offsetAt(std::chrono::sys_seconds at);
    /// True the first time: what is smaller than the field that moves is to be set to its start.
    [[nodiscard]] bool beginsToMove() noexcept { return !std::exchange(moved_, true); }

    [[nodiscard]] std::chrono::year_month month() const noexcept { return date_.year() / date_.month(); }
    [[nodiscard]] unsigned day() const noexcept { return static_cast<unsigned>(date_.day()); }
    [[nodiscard]] std::chrono::hours hour() const noexcept {
        return std::chrono::floor<std::chrono::hours>(clock_);
    }

    const Cron& cron_;
    const TimeZone& zone_;
    ClockPeriod period_; ///< the last that was asked for
    std::chrono::sys_seconds at_;
    std::chrono::year_month_day date_; ///< local
    std::chrono::seconds clock_{};     ///< local time of day
    bool moved_ = false;
};

} // namespace coffer::projects
