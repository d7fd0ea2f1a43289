#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::projects {

/// The longest label of RFC 1123, and so of Kubernetes: namespaces, services, values of labels.
inline constexpr std::size_t longestLabel = 63;

/// 1 to 63 of a-z, 0-9 and hyphens, with no hyphen at either end: what Kubernetes calls an RFC 1123 label
/// (apimachinery's IsDNS1123Label).
[[nodiscard]] bool isRfc1123Label(std::string_view text) noexcept;

/// A name for an object in a cluster: `coffer-credential-17-nightly` from `coffer-credential`, 17 and
/// "Nightly!". Always an RFC 1123 label; the same for the same input; different ids never share one.
/// Letters and digits of ASCII are kept in lower case, runs of all else become one hyphen, and what is too
/// long is cut.
/// @param kind  an RFC 1123 label of at most 40 characters
/// @param id    positive
/// @param name  any bytes
[[nodiscard]] std::string kubernetesName(std::string_view kind, std::int64_t id, std::string_view name);

} // namespace coffer::projects
