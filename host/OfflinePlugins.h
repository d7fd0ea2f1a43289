#pragma once

#include "host/Settings.h"
#include "host/http/Router.h"
#include "host/plugin/PluginHost.h"

namespace coffer::host {

/// The configured plugins, loaded and initialized but never started, for commands that ask them something:
/// are your options sound, is what you store sound. One thread.
class OfflinePlugins {
public:
    /// @param storage, vault  what init() gets to see; it may call neither
    OfflinePlugins(const Configuration& configuration, const Settings& settings, Storage& storage,
                   std::function<std::shared_ptr<SecretVault>(const std::string&)> vault, Logger& logger,
                   Log& log, Metrics& metrics);

    /// A sentence for each plugin that could not be initialized.
    [[nodiscard]] std::vector<std::string> failures() const;
    /// What is wrong with what the plugins store, a sentence each.
    [[nodiscard]] std::vector<std::string> check(Storage& storage) const;

private:
    Router router_;
    PluginHost plugins_;
};

/// `check-config` on a machine whose data nobody may touch: the plugins' options, looked at by the plugins
/// themselves.
[[nodiscard]] std::vector<std::string> checkPlugins(const Configuration& configuration,
                                                    const Settings& settings, Logger& logger, Log& log,
                                                    Metrics& metrics);

} // namespace coffer::host
