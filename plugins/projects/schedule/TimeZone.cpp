#include "schedule/TimeZone.h"

#include <coffer/sdk/Problem.h>

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <exception>

namespace coffer::projects {

namespace {

/// Files that lie beside the zones.
constexpr std::array<std::string_view, 4> notZones{"Factory", "localtime", "posixrules", "leapseconds"};

bool mayBeZone(std::string_view name) {
    const bool letters = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
               c == '_' || c == '+' || c == '-';
    });
    return letters && !name.starts_with("posix/") && !name.starts_with("right/") &&
           std::ranges::find(notZones, name) == notZones.end();
}

const date::tzdb& database() {
    try {
        return date::get_tzdb();
    } catch (const std::exception&) {
        throw Problem::unavailable("time_zones_unavailable",
                                   "This system has no time zone database. Install the package tzdata, and "
                                   "restart the daemon; until then only UTC can be used.",
                                   60);
    }
}

} // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
    if (name == "UTC")
        return utc();
    if (!mayBeZone(name))
        return std::nullopt;
    const auto& zones = database().zones;
    const auto found = std::ranges::lower_bound(
        zones, name, {}, [](const date::time_zone& zone) { return std::string_view(zone.name()); });
    if (found == zones.end() || found->name() != name)
        return std::nullopt;
    return TimeZone(std::string(name), &*found);
}

TimeZone::Period TimeZone::periodAt(std::chrono::sys_seconds instant) const {
    if (zone_ == nullptr)
        return {std::chrono::sys_seconds::min(), std::chrono::sys_seconds::max(), {}};
    const date::sys_info info = zone_->get_info(instant);
    return {info.begin, info.end, info.offset};
}

} // namespace coffer::projects
