#pragma once

#include "schedule/CronField.h"
#include "schedule/TimeZone.h"

#include <coffer/sdk/Time.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::projects {

/// When something runs: five fields (minute, hour, day of month, month, day of week), or `@daily` and the
/// like. A value; any thread.
///
/// What is accepted here is accepted by Velero and means the same there. Velero reads schedules with
/// github.com/robfig/cron v3, ParseStandard; where its rules differ from those of other crons:
/// - day of month and day of week both restricted: either is enough. `*`, `?` and `*/1` do not restrict,
///   `*/2` does.
/// - `5/10` is `5-59/10`.
class Cron {
public:
    static constexpr std::size_t longest = 200; ///< characters

    /// Case does not matter, nor do spaces and tabs around and between the fields. 7 is Sunday too.
    /// @throws std::invalid_argument with a sentence that names the field and says what would be right, also
    /// for a schedule that never runs (`0 0 30 2 *`)
    [[nodiscard]] static Cron parse(std::string_view text);

    /// As it was written, trimmed, with single spaces, and `@` forms in lower case. parse() takes it again.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// The same schedule in words that Velero knows: there Sunday is never 7.
    [[nodiscard]] std::string veleroText() const;

    /// The next `count` runs, each later than `after`, earliest first. Fewer when one of them is more than
    /// five years after the one before (`0 0 29 2 *` around 2100): Velero gives up there as well.
    ///
    /// Where clocks change it does what Velero does: a time that a day does not have is left out on that day;
    /// one that a day has twice may come twice.
    [[nodiscard]] std::vector<Instant> next(Instant after, const TimeZone& zone, std::size_t count) const;

    bool operator==(const Cron& other) const noexcept { return text_ == other.text_; }

private:
    friend class CronWalk;
    Cron() = default;

    std::string text_;
    CronField minutes_;
    CronField hours_;
    CronField days_;
    CronField months_;
    CronField weekdays_; ///< 0 is Sunday
};

} // namespace coffer::projects
