#pragma once

#include "probe/Probe.h"

#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace coffer::backup_credentials {

/// A stored credential whose probe is due.
struct DueProbe {
    std::int64_t id = 0;
    std::string endpoint; ///< normalized: by it the probes at one endpoint are counted
};

/// What a worker needs to probe it; request.secretAccessKey is set by BackgroundProbe.
struct LoadedProbe {
    ProbeRequest request;
    SecretBytes secretAccessKey;
    std::int64_t keysVersion = 0; ///< given back with the verdict: the keys may have changed meanwhile
};

/// How BackgroundProbe reaches the stored credentials. The functions may block on the database and may
/// throw (it is logged, and that credential is put off); due() is called by run()'s thread, the others by
/// its workers, several at a time.
struct BackgroundProbePorts {
    /// At most `limit` that are due, longest first, leaving out those at `busyEndpoints`. What was reported
    /// is not due again; what is being probed may be among the answers.
    std::function<std::vector<DueProbe>(std::size_t limit, const std::vector<std::string>& busyEndpoints)>
        due;
    /// Nothing when it is gone.
    std::function<std::optional<LoadedProbe>(std::int64_t id)> load;
    std::function<void(std::int64_t id, std::int64_t keysVersion, const Verdict& verdict)> report;
};

struct BackgroundProbeOptions {
    std::size_t workers = 4;
    std::size_t perEndpoint = 2;            ///< probes at one endpoint at the same time
    std::chrono::milliseconds poll{60'000}; ///< how often to look for what is due when idle; and the time
                                            ///< for which one that could not be loaded or reported is put off
};

/// Probes stored credentials again when they are due, a few at a time. What is due, and when next, is the
/// store's business (see nextProbe()).
class BackgroundProbe {
public:
    /// References must outlive run().
    BackgroundProbe(const Prober& prober, BackgroundProbePorts ports, Log& log,
                    BackgroundProbeOptions options = {});

    /// Works until `stop` is requested, with threads of its own that have ended when it returns; probes
    /// under way are then broken off and not reported. Throws nothing that the ports throw.
    void run(std::stop_token stop);

private:
    const Prober& prober_;
    BackgroundProbePorts ports_;
    Log& log_;
    BackgroundProbeOptions options_;
};

} // namespace coffer::backup_credentials
