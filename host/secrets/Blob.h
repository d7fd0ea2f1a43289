#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace coffer::host {

/// Bytes of a string as the database takes them, and back. Views of the same memory.
[[nodiscard]] inline std::span<const std::byte> asBlob(std::string_view bytes) noexcept {
    return std::as_bytes(std::span(bytes.data(), bytes.size()));
}
[[nodiscard]] inline std::string_view asText(std::span<const std::byte> blob) noexcept {
    return {reinterpret_cast<const char*>(blob.data()), blob.size()};
}

} // namespace coffer::host
