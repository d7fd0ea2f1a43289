#pragma once

#include "schedule/Retention.h"

#include <coffer/sdk/Config.h>

#include <string>
#include <vector>

namespace coffer::projects {

/// The plugin's section of the configuration, read. Values only.
struct Settings {
    Retention defaultRetention;             ///< of policies that name none
    std::string veleroNamespace = "velero"; ///< of manifests that name none

    [[nodiscard]] static std::vector<Option> options();
    /// @throws std::invalid_argument with a sentence that names the option
    [[nodiscard]] static Settings from(const Config& config);
};

} // namespace coffer::projects
