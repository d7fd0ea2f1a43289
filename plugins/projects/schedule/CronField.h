#pragma once

#include <cstdint>
#include <string_view>

namespace coffer::projects {

/// What one field of a schedule allows: one bit a value. A value.
struct CronField {
    std::uint64_t values = 0;
    bool star = false;  ///< it does not restrict: `*`, `?`, `*/1`
    bool seven = false; ///< Sunday was written as 7; its bit is that of 0

    [[nodiscard]] bool has(unsigned value) const noexcept { return ((values >> value) & 1U) != 0; }
};

/// The fields, in their order.
enum class CronPart { minute, hour, dayOfMonth, month, dayOfWeek };

/// Reads one field: a list of `*`, `?`, values and ranges, each with a step if it likes.
/// @throws std::invalid_argument with a sentence
[[nodiscard]] CronField parseCronField(CronPart part, std::string_view text);

} // namespace coffer::projects
