#pragma once

#include "probe/BackgroundProbe.h"
#include "probe/Probe.h"

#include <coffer/sdk/Config.h>

#include <chrono>
#include <vector>

namespace coffer::backup_credentials {

/// The plugin's section of the configuration, read. Values only.
struct Settings {
    std::chrono::milliseconds probeInterval{std::chrono::hours(24)};
    bool allowUnverified = false;
    ProbeOptions probe;
    BackgroundProbeOptions background;

    [[nodiscard]] static std::vector<Option> options();
    /// @throws std::invalid_argument with a sentence that names the option
    [[nodiscard]] static Settings from(const Config& config);
};

} // namespace coffer::backup_credentials
