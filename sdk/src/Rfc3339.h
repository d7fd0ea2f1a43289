#pragma once

#include <coffer/sdk/Time.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace coffer::detail {

inline constexpr std::size_t rfc3339Size = 40; ///< more than any Instant needs

/// formatRfc3339() without a string of its own. @returns the part of `text` that was written
[[nodiscard]] std::string_view writeRfc3339(Instant instant, std::span<char, rfc3339Size> text);

} // namespace coffer::detail
