#include "probe/Validation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace coffer::backup_credentials {

namespace {

constexpr std::array<std::pair<ValidationState, std::string_view>, 4> states{
    {{ValidationState::unverified, "unverified"},
     {ValidationState::valid, "valid"},
     {ValidationState::failing, "failing"},
     {ValidationState::invalid, "invalid"}}};

/// Three probes this far apart span failingTimeThatCounts.
constexpr std::chrono::milliseconds whileCounting = std::chrono::minutes(8);
constexpr std::chrono::milliseconds whileFailing = std::chrono::hours(1);

/// SplitMix64 (Vigna): scatters neighbouring seeds over all of 64 bits.
std::uint64_t scatter(std::uint64_t seed) {
    seed += 0x9e3779b97f4a7c15;
    seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
    seed = (seed ^ (seed >> 27)) * 0x94d049bb133111eb;
    return seed ^ (seed >> 31);
}

bool failuresCount(const Validation& validation, Instant now) {
    return validation.failures >= failuresThatCount && validation.failingSince &&
           now - *validation.failingSince >= failingTimeThatCounts;
}

} // namespace

std::string_view toString(ValidationState state) noexcept {
    return std::ranges::find(states, state, &std::pair<ValidationState, std::string_view>::first)->second;
}

std::optional<ValidationState> validationStateFromString(std::string_view text) noexcept {
    const auto found = std::ranges::find(states, text, &std::pair<ValidationState, std::string_view>::second);
    return found == states.end() ? std::nullopt : std::optional(found->first);
}

Validation after(Validation before, const Verdict& verdict) {
    const ValidationState earlier = before.state;
    Validation now = std::move(before);
    now.cause = verdict.cause;
    now.probed = verdict.when;
    if (verdict.works()) {
        now.state = ValidationState::valid;
        now.failures = 0;
        now.failingSince.reset();
    } else {
        now.failures = std::min(now.failures + 1, 1'000'000);
        if (!now.failingSince)
            now.failingSince = verdict.when;
        if (verdict.definitive())
            now.state = ValidationState::invalid;
        else if (now.state != ValidationState::invalid && failuresCount(now, verdict.when))
            now.state = ValidationState::failing;
    }
    if (now.state != earlier)
        now.since = verdict.when;
    return now;
}

Instant nextProbe(const Validation& validation, Instant now, std::chrono::milliseconds interval,
                  std::uint64_t seed) {
    std::chrono::milliseconds wait = interval;
    if (validation.state == ValidationState::failing)
        wait = std::min(interval, whileFailing);
    else if (validation.state != ValidationState::invalid && validation.failures > 0)
        wait = std::min(interval, whileCounting);
    const auto moment = static_cast<std::uint64_t>(toMilliseconds(now));
    const double part = static_cast<double>(scatter(seed ^ scatter(moment)) >> 11) * 0x1p-53; // 0 to 1
    const double varied = static_cast<double>(wait.count()) * (0.9 + 0.2 * part);
    return now + std::chrono::milliseconds(static_cast<std::int64_t>(varied));
}

} // namespace coffer::backup_credentials
