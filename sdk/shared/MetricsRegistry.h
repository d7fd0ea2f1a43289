#pragma once

#include <coffer/sdk/Telemetry.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace coffer::detail {

/// Every metric of the process, and its text for Prometheus (exposition format 0.0.4). Outlives all who hold
/// one of its counters. Any thread; adding to a metric takes no lock.
class MetricsRegistry final : public Metrics {
public:
    MetricsRegistry();
    ~MetricsRegistry() override;

    Counter& counter(const std::string& name, const std::string& help, const Labels& labels) override;
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) override;
    Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels) override;
    void collector(const std::string& name, const std::string& help,
                   std::function<std::vector<Sample>()> collect) override;
    /// Forgets a collector; what it shows is gone from the next scrape. A scrape that is under way may still
    /// call it.
    void removeCollector(const std::string& name);

    /// The document of `GET /metrics`. A collector that throws is left out and counted.
    [[nodiscard]] std::string render();

private:
    enum class Type { counter, gauge, histogram };
    class Value;
    class Buckets;
    struct Family;

    [[nodiscard]] std::map<std::string, std::string> collect();
    Family& family(const std::string& name, const std::string& help, Type type);
    [[nodiscard]] Value& value(const std::string& name, const std::string& help, Type type,
                               const Labels& labels);

    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Family>> families_;
};

} // namespace coffer::detail
