#pragma once

#include "probe/Probe.h"

#include <coffer/sdk/Time.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace coffer::backup_credentials {

/// What is known about a stored credential. The string forms are the enumerators' names.
enum class ValidationState {
    unverified, ///< stored without having been accepted, and not accepted since
    valid,      ///< accepted by its endpoint
    failing,    ///< three probes in a row, over 15 minutes or more, failed for reasons other than the keys
    invalid     ///< its endpoint refused the keys
};
[[nodiscard]] std::string_view toString(ValidationState state) noexcept;
[[nodiscard]] std::optional<ValidationState> validationStateFromString(std::string_view text) noexcept;

/// What to keep with a stored credential between probes. A value.
struct Validation {
    ValidationState state = ValidationState::unverified;
    Cause cause = Cause::none;           ///< of the last probe
    int failures = 0;                    ///< in a row, definitive or not
    std::optional<Instant> failingSince; ///< the first of them
    std::optional<Instant> probed;       ///< the last probe; nothing: never
    std::optional<Instant> since;        ///< the probe that brought about `state`; nothing: not known

    /// Whether one may back up with it.
    [[nodiscard]] bool works() const noexcept { return state == ValidationState::valid; }
    bool operator==(const Validation&) const = default;
};

inline constexpr int failuresThatCount = 3;
inline constexpr std::chrono::minutes failingTimeThatCounts{15};

/// What is known after one more probe: a success makes it valid at once, a definitive cause (secret, key,
/// suspended) invalid at once, any other cause failing after failuresThatCount in a row over
/// failingTimeThatCounts. What was invalid stays so until a success.
[[nodiscard]] Validation after(Validation before, const Verdict& verdict);

/// When to probe again: after `interval`, or sooner while failures are being counted (8 minutes) and while
/// failing (an hour), always varied by up to a tenth either way. `seed` (the credential's id, say) decides
/// how, so that credentials stored together are not probed together.
[[nodiscard]] Instant nextProbe(const Validation& validation, Instant now, std::chrono::milliseconds interval,
                                std::uint64_t seed);

} // namespace coffer::backup_credentials
