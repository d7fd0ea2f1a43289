#include "schedule/TimeZone.h"

#include <coffer/sdk/Problem.h>

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>

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

/// The database's library stops at the end of a file's table, in 2037; its last line goes on from there.
std::optional<YearlyChanges> changesAfterTable(const std::string& zone) {
    std::ifstream file("/usr/share/zoneinfo/" + zone, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::string_view text = bytes;
    if (!text.ends_with('\n'))
        throw std::invalid_argument("The file of the time zone " + zone + " has no last line.");
    text.remove_suffix(1);
    return YearlyChanges::parse(text.substr(text.rfind('\n') + 1));
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
    TimeZone zone{std::string(name), &*found};
    try {
        static_cast<void>(found->get_info(std::chrono::sys_seconds())); // reads its file
        zone.forever_ = changesAfterTable(zone.name_);
    } catch (const std::exception&) {
        return std::nullopt;
    }
    return zone;
}

ClockPeriod TimeZone::periodAt(std::chrono::sys_seconds instant) const {
    if (zone_ == nullptr)
        return {std::chrono::sys_seconds::min(), std::chrono::sys_seconds::max(), {}};
    const date::sys_info info = zone_->get_info(instant);
    // The table's last period has no end.
    if (forever_ && info.end > std::chrono::sys_days(std::chrono::year(2500) / 1 / 1))
        return forever_->periodAt(instant);
    return {info.begin, info.end, info.offset};
}

} // namespace coffer::projects
