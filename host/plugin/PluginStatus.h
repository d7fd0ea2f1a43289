#pragma once

#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/Time.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

enum class PluginState {
    loaded,      ///< its library is in the process; nothing of it was called but options()
    initialized, ///< init() has returned; what it registered is not served yet
    running,
    disabled, ///< by an administrator: its routes answer 503 until it is enabled again
    stopped,
    quarantined, ///< it failed or hung; what it had registered is taken back, and it is not called any more
};
[[nodiscard]] std::string_view toString(PluginState state) noexcept;
[[nodiscard]] std::string_view toString(Health::State state) noexcept;

/// What a plugin registered, by name.
struct RegisteredNames {
    std::vector<std::string> routes;          ///< `GET /backup-credentials/{id}`
    std::vector<std::string> mounts;          ///< `/plugins/hello/ui`
    std::vector<std::string> services;        ///< `backup-credentials/1`
    std::vector<std::string> storageAdapters; ///< prefixes of their tables
    std::vector<std::string> auditSinks;
    std::size_t auditHooks = 0; ///< hooks have no names
    std::vector<std::string> tasks;
    std::vector<std::string> collectors;
    std::vector<std::string> consolePages; ///< `/console/projects`
};

/// A plugin as it is at one moment. Values only.
struct PluginStatus {
    std::string id;
    std::string version; ///< empty when its descriptor could not be read
    std::string description;
    std::string file;
    std::string sha256;
    std::string sdkVersion; ///< the SDK it was built with: `1.0`
    PluginState state = PluginState::quarantined;
    std::string reason; ///< of the quarantine: one sentence
    Health health;
    std::vector<std::string> needs;
    RegisteredNames registered;
    Instant since;          ///< when it came into this state
    std::string disabledBy; ///< the principal's name; empty unless disabled
};

} // namespace coffer::host
