#pragma once

#include <coffer/sdk/Export.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer {

/// A point in time as coffer stores and shows it: UTC, milliseconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// The wall clock, now. Any thread.
[[nodiscard]] COFFER_API Instant currentTime() noexcept;

/// Milliseconds since 1970-01-01T00:00:00Z, the form in which databases keep an Instant.
[[nodiscard]] constexpr std::int64_t toMilliseconds(Instant instant) noexcept {
    return instant.time_since_epoch().count();
}
/// The Instant so many milliseconds after 1970-01-01T00:00:00Z.
[[nodiscard]] constexpr Instant fromMilliseconds(std::int64_t milliseconds) noexcept {
    return Instant{std::chrono::milliseconds{milliseconds}};
}

/// RFC 3339 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
[[nodiscard]] COFFER_API std::string formatRfc3339(Instant instant);

/// Reads RFC 3339 (any offset, fractions cut to milliseconds); nothing when `text` is not that.
[[nodiscard]] COFFER_API std::optional<Instant> parseRfc3339(std::string_view text);

} // namespace coffer
