#pragma once

#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Text.h>

#include <string_view>

namespace coffer::host {

/// The name of an organization, a principal, a robot or a token. Beside what Name::check() refuses, `system:`
/// in front, which the audit log keeps for the daemon's own work. Any thread.
/// @throws Problem 422 `invalid_fields` that names `field`
[[nodiscard]] Name acceptedName(std::string_view text, std::string_view field, NameLength length);

} // namespace coffer::host
