#pragma once

#include <coffer/sdk/Config.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::detail {

/// `250ms`, `5s`, `10m`, `24h`, `30d`: a whole number and a unit. Nothing when `text` is not that, or too
/// large.
[[nodiscard]] std::optional<std::chrono::milliseconds> parseDuration(std::string_view text);
/// `4096`, `64KiB`, `10MiB`, `1GiB`.
[[nodiscard]] std::optional<std::int64_t> parseSize(std::string_view text);
/// Entries between commas, without the white space around them.
[[nodiscard]] std::vector<std::string> splitList(std::string_view text);

/// What is wrong with `value` for this option, and what would be right; empty when it is fine.
[[nodiscard]] std::string refuseValue(const Option& option, std::string_view value);

} // namespace coffer::detail
