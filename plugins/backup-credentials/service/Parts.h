#pragma once

#include "probe/BackgroundProbe.h"
#include "probe/Probe.h"
#include "service/Associations.h"
#include "service/Credentials.h"
#include "service/Probes.h"
#include "service/Settings.h"
#include "service/SiblingService.h"

#include <coffer/sdk/Plugin.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <vector>

namespace coffer::backup_credentials {

/// The plugin's objects, put together: made in init(), destroyed after stop().
class Parts {
public:
    /// @param tryOut  what tries keys by hand; empty: the Prober
    Parts(HostContext& host, Probes::Try tryOut);

    [[nodiscard]] const Credentials& credentials() const noexcept { return credentials_; }
    [[nodiscard]] const Probes& probes() const noexcept { return probes_; }
    [[nodiscard]] const Associations& associations() const noexcept { return associations_; }
    [[nodiscard]] std::shared_ptr<BackupCredentialsService> sibling() const { return sibling_; }

    /// Probes stored credentials again and again until `stop`.
    void probeInBackground(std::stop_token stop);
    /// Degraded when nobody has looked for a while which credentials are due to be probed.
    [[nodiscard]] Health health() const;

private:
    [[nodiscard]] BackgroundProbePorts watchedPorts();

    const Settings settings_;
    const Prober prober_;
    const Credentials credentials_;
    const Probes probes_;
    const Associations associations_;
    const std::shared_ptr<SiblingService> sibling_;
    BackgroundProbe background_;
    std::atomic<std::chrono::steady_clock::time_point> looked_;
};

/// How many credentials there are, by state, for a metrics collector. Empty while the database cannot tell.
[[nodiscard]] std::vector<Sample> credentialsByState(Storage& storage);
[[nodiscard]] std::vector<Sample> lockedCredentials(Storage& storage);

} // namespace coffer::backup_credentials
