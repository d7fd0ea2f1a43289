#include "service/Parts.h"

#include "store/CredentialStore.h"

#include <algorithm>
#include <string>
#include <utility>

namespace coffer::backup_credentials {

namespace {

using std::chrono::steady_clock;

std::vector<Sample> counted(Storage& storage, const std::vector<std::string>& kinds, bool labelled) {
    std::vector<Sample> out;
    try {
        storage.read([&](Transaction& transaction) {
            out.clear();
            for (const auto& kind : kinds)
                out.push_back({labelled ? Labels{{"state", kind}} : Labels{},
                               static_cast<double>(store::count(transaction, 0, kind))});
        });
    } catch (const Problem&) {
        out.clear();
    }
    return out;
}

Probes::Try tryWith(const Prober& prober) {
    return [&prober](const ProbeRequest& request, std::stop_token stop) {
        return prober.probe(request, std::move(stop));
    };
}

} // namespace

Parts::Parts(HostContext& host, Probes::Try tryOut)
    : settings_(Settings::from(host.config())), prober_(settings_.probe),
      credentials_(host.secrets(), settings_),
      probes_(host.storage(), host.secrets(), credentials_, settings_,
              tryOut ? std::move(tryOut) : tryWith(prober_), host.metrics()),
      associations_(credentials_), sibling_(std::make_shared<SiblingService>(host.secrets(), associations_)),
      background_(prober_, watchedPorts(), host.log(), settings_.background), looked_(steady_clock::now()) {}

BackgroundProbePorts Parts::watchedPorts() {
    BackgroundProbePorts ports = probes_.ports();
    ports.due = [this, due = ports.due](std::size_t limit, const std::vector<std::string>& busy) {
        auto found = due(limit, busy);
        looked_.store(steady_clock::now());
        return found;
    };
    return ports;
}

void Parts::probeInBackground(std::stop_token stop) {
    background_.run(std::move(stop));
}

Health Parts::health() const {
    const auto patience = std::max<std::chrono::milliseconds>(
        std::chrono::minutes(5), 3 * settings_.background.poll + settings_.probe.totalTimeout);
    if (steady_clock::now() - looked_.load() <= patience)
        return {};
    return {Health::State::degraded,
            "stored credentials are not being probed: nobody could look which are due for " +
                std::to_string(std::chrono::duration_cast<std::chrono::minutes>(patience).count()) +
                " minutes; the log says why"};
}

std::vector<Sample> credentialsByState(Storage& storage) {
    return counted(storage, {"valid", "failing", "invalid", "unverified"}, true);
}

std::vector<Sample> lockedCredentials(Storage& storage) {
    return counted(storage, {"locked"}, false);
}

} // namespace coffer::backup_credentials
