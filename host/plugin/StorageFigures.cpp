#include "host/plugin/StorageFigures.h"

#include "host/plugin/AbandonableCall.h"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace coffer::host {

namespace {

constexpr std::chrono::minutes longestScrape{1};

std::vector<Figure> figuresOf(Storage& storage, const PluginAdapter& source,
                              std::chrono::milliseconds limit) {
    auto asked = askWithin<std::vector<Figure>>(limit, [&storage, adapter = source.adapter] {
        return storage.read([&](Transaction& transaction) { return adapter->figures(transaction); });
    });
    if (!asked.outcome.returned())
        throw std::runtime_error(
            "the figures of the plugin '" + source.plugin +
            "' failed: " + (asked.outcome.reason.empty() ? "they took too long" : asked.outcome.reason));
    return std::move(*asked.value);
}

} // namespace

Sample figureSample(const std::string& plugin, const Figure& figure) {
    std::string_view rest = figure.name;
    const auto brace = rest.find('{');
    Sample sample{{{"plugin", plugin}, {"figure", std::string(rest.substr(0, brace))}}, figure.value};
    if (brace == std::string_view::npos)
        return sample;
    rest.remove_prefix(brace + 1);
    while (rest != "}") {
        const auto equals = rest.find("=\"");
        const auto end = equals == std::string_view::npos ? equals : rest.find('"', equals + 2);
        if (end == std::string_view::npos)
            throw std::invalid_argument("the figure '" + figure.name + "' has labels that cannot be read");
        sample.labels.emplace_back(rest.substr(0, equals), rest.substr(equals + 2, end - equals - 2));
        rest.remove_prefix(end + 1);
        if (rest.starts_with(','))
            rest.remove_prefix(1);
    }
    return sample;
}

StorageFigures::StorageFigures(Storage& storage, Metrics& metrics,
                               std::function<std::vector<PluginAdapter>()> adapters,
                               std::chrono::milliseconds limit) {
    const auto collect = [&storage, adapters = std::move(adapters), limit, gate = gate_] {
        std::vector<Sample> samples;
        const RouteLease lease(gate);
        if (!lease)
            return samples;
        for (const auto& source : adapters()) {
            const RouteLease running(source.gate);
            if (!running)
                continue;
            for (const auto& figure : figuresOf(storage, source, limit))
                samples.push_back(figureSample(source.plugin, figure));
        }
        return samples;
    };
    metrics.collector(metricName, "What plugins store, by plugin and figure", collect);
}

void StorageFigures::close() {
    gate_->close();
    (void)gate_->waitUntilIdle(std::chrono::steady_clock::now() + longestScrape);
}

} // namespace coffer::host
