#pragma once

#include <chrono>
#include <string>

namespace coffer::ctl {

/// A time as people give it, `2026-05-01`, `2026-05-01T12:00:00Z` or `24h` ago, as the API takes it.
/// @throws UsageError when it is none
[[nodiscard]] std::string timeGiven(const std::string& text, std::chrono::system_clock::time_point now);

} // namespace coffer::ctl
