#pragma once

#include "schedule/YearlyChanges.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace date {
class time_zone;
}

namespace coffer::projects {

/// A time zone of the IANA database, as the system's package tzdata has it. A small value; any thread.
class TimeZone {
public:
    /// Needs no database.
    [[nodiscard]] static TimeZone utc() { return TimeZone("UTC", nullptr); }

    /// By its name: `Europe/Prague`. Case matters, as it does for Velero. Nothing when there is no such zone;
    /// `posix/...`, `right/...`, files that are no zones and files that cannot be read count as none.
    /// @throws Problem 503 `time_zones_unavailable` when the system has no database at all
    [[nodiscard]] static std::optional<TimeZone> find(std::string_view name);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// Whether it is `UTC` by name.
    [[nodiscard]] bool isUtc() const noexcept { return zone_ == nullptr; }

    /// The one that `instant` lies in.
    [[nodiscard]] ClockPeriod periodAt(std::chrono::sys_seconds instant) const;

private:
    TimeZone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}

    std::string name_;
    const date::time_zone* zone_;          ///< lives as long as the process; null: UTC
    std::optional<YearlyChanges> forever_; ///< after the end of its table
};

} // namespace coffer::projects
