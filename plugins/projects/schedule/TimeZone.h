#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

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
    /// `posix/...`, `right/...` and the files of the database that are no zones count as none.
    /// @throws Problem 503 `time_zones_unavailable` when the system has no database at all
    [[nodiscard]] static std::optional<TimeZone> find(std::string_view name);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// Whether it is `UTC` by name.
    [[nodiscard]] bool isUtc() const noexcept { return zone_ == nullptr; }

    /// From `begin` until just before `end`, local time is UTC plus `offset`.
    struct Period {
        std::chrono::sys_seconds begin;
        std::chrono::sys_seconds end;
        std::chrono::seconds offset;
    };
    /// The one that `instant` lies in.
    [[nodiscard]] Period periodAt(std::chrono::sys_seconds instant) const;

private:
    TimeZone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}

    std::string name_;
    const date::time_zone* zone_; ///< lives as long as the process; null: UTC
};

} // namespace coffer::projects
