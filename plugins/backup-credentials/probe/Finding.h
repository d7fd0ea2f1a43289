#pragma once

#include "probe/Probe.h"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace coffer::backup_credentials {

/// What one step of a probe makes of what happened: a Verdict without its circumstances. A value.
struct Finding {
    Cause cause = Cause::none;
    std::string saw;
    std::string advice;
    std::optional<Remedy> remedy{};
};

/// Thrown where a probe cannot go on; caught by Prober, which makes a Verdict of it.
class ProbeFailure : public std::exception {
public:
    ProbeFailure(Cause cause, std::string saw, std::string advice)
        : ProbeFailure(Finding{cause, std::move(saw), std::move(advice)}) {}
    explicit ProbeFailure(Finding finding) : finding_(std::move(finding)) {}
    [[nodiscard]] const Finding& finding() const noexcept { return finding_; }
    [[nodiscard]] const char* what() const noexcept override { return finding_.saw.c_str(); }

private:
    Finding finding_;
};

/// Thrown where a stop was requested.
class ProbeStopped : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "the probe was stopped"; }
};

} // namespace coffer::backup_credentials
