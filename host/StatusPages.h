#pragma once

#include "host/http/Exchange.h"
#include "host/telemetry/MetricsRegistry.h"

#include <coffer/sdk/Plugin.h>

#include <functional>
#include <string>
#include <vector>

namespace coffer::host {

/// What one part of the daemon says of itself to `/readyz`.
struct Readiness {
    std::string name; ///< `storage`, `plugin:backup-credentials`
    Health health;
    bool required = true; ///< whether its failure makes the daemon not ready; a quarantined plugin does not
};

/// Answers what operators' tools ask without a token, and hands everything else on:
/// `/` (where to look), `/healthz` (the process answers), `/readyz` (and can work; why not), `/metrics`
/// (Prometheus). Outlives the server. Any thread.
class StatusPages final : public Application {
public:
    StatusPages(Application& next, MetricsRegistry& metrics,
                std::function<std::vector<Readiness>()> readiness);

    std::size_t bodyLimit(const Poco::Net::HTTPRequest& head) override;
    bool isInstant(const Poco::Net::HTTPRequest& head) noexcept override;
    void handle(std::shared_ptr<IncomingRequest> request, Reply reply) override;
    Response render(const Problem& problem, const std::string& requestId) noexcept override;

private:
    [[nodiscard]] Response ready() const;
    [[nodiscard]] Response answer(const std::string& path) const;

    Application& next_;
    MetricsRegistry& metrics_;
    std::function<std::vector<Readiness>()> readiness_;
};

} // namespace coffer::host
