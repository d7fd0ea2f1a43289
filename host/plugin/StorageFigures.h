#pragma once

#include "host/http/RouteGate.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coffer::host {

/// A plugin's storage adapter, for `storage check`, the metrics and `audit verify`.
struct PluginAdapter {
    std::string plugin;
    std::shared_ptr<StorageAdapter> adapter;
    std::shared_ptr<RouteGate> gate; ///< entered while it is called, so that its plugin waits with stop()
};

/// Shows the figures of storage adapters as the metric `coffer_storage_figure`, with the labels `plugin` and
/// `figure` before those of the figure's own. Asked at each scrape, on threads that can be abandoned.
class StorageFigures {
public:
    static constexpr const char* metricName = "coffer_storage_figure";

    /// @param adapters  gives those of the running plugins; called by scraping threads until close()
    /// @param limit     how long the figures of one plugin may take
    StorageFigures(Storage& storage, Metrics& metrics, std::function<std::vector<PluginAdapter>()> adapters,
                   std::chrono::milliseconds limit);
    StorageFigures(const StorageFigures&) = delete;
    StorageFigures& operator=(const StorageFigures&) = delete;
    ~StorageFigures() { close(); }

    /// Scrapes show nothing from now on; waits for the one under way, which ends within its limit.
    void close();

private:
    const std::shared_ptr<RouteGate> gate_ = std::make_shared<RouteGate>();
};

/// `credentials{state="locked"}` of the plugin `backup-credentials` as a sample.
/// @throws std::invalid_argument when the name is not of that form
[[nodiscard]] Sample figureSample(const std::string& plugin, const Figure& figure);

} // namespace coffer::host
