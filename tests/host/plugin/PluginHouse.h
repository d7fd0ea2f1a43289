#pragma once

#include "host/http/Router.h"
#include "host/plugin/HostServices.h"
#include "host/plugin/PluginHost.h"
#include "host/storage/Database.h"
#include "tests/support/Eventually.h"
#include "tests/support/Telemetry.h"
#include "tests/support/TemporaryFolder.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace coffer::test {

/// Metrics that can be read again: totals of counters, and collectors that can be asked.
class ReadableMetrics final : public Metrics {
public:
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels) override;
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) override {
        return none_.gauge(name, help, labels);
    }
    Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels) override {
        return none_.histogram(name, help, labels);
    }
    void collector(const std::string& name, const std::string& help,
                   std::function<std::vector<Sample>()> collect) override;

    void removeCollector(const std::string& name);
    [[nodiscard]] double total(const std::string& counter);
    /// Asks a collector as a scrape does; throws what it throws. Nothing when it is not there.
    [[nodiscard]] std::vector<Sample> ask(const std::string& collector);

private:
    struct Total final : Counter {
        std::atomic<double> sum{0};
        void add(double amount) noexcept override { sum += amount; }
    };
    NoMetrics none_;
    std::mutex mutex_;
    std::map<std::string, Total> totals_;
    std::map<std::string, std::function<std::vector<Sample>()>> collectors_;
};

/// Lets the threads that fixtures leave hanging go on and end (fixtures/plugins/Hang.h), and waits for that.
class HangingThreads {
public:
    HangingThreads();
    HangingThreads(const HangingThreads&) = delete;
    HangingThreads& operator=(const HangingThreads&) = delete;
    ~HangingThreads();

private:
    std::size_t before_;
    int end_ = -1;  ///< what they wait at
    int hold_ = -1; ///< what they wait for: that it is closed
};

/// A daemon around the plugin host: a real router and database, the rest recording what it is told.
class PluginHouse {
public:
    PluginHouse();

    /// A step of a plugin's life.
    using Step = std::chrono::milliseconds host::PluginLimits::*;

    /// Copies a fixture into a folder that only we can write. @returns its spec, as the configuration gives
    /// it, with a short limit for the threads of a fixture that leaks them
    [[nodiscard]] host::PluginSpec fixture(const std::string& name) const;
    /// As fixture(), for a plugin that hangs in this step: the limit of this step alone is short.
    [[nodiscard]] host::PluginSpec hangingFixture(const std::string& name, Step step) const;
    /// As fixture(), with a file of the given content.
    [[nodiscard]] host::PluginSpec file(const std::string& id, const std::string& content) const;
    [[nodiscard]] host::HostServices services();
    /// Limits that only a plugin that hangs reaches.
    [[nodiscard]] static host::PluginLimits limits();
    /// Loads, prepares and starts these plugins.
    [[nodiscard]] std::unique_ptr<host::PluginHost> start(std::vector<host::PluginSpec> plugins);

    [[nodiscard]] std::vector<AuditEvent> recorded() const;
    /// Whether somebody serves it: `GET /greetings/{name}`.
    [[nodiscard]] bool serves(const std::string& label) const;
    /// Runs the handler of a route as the pipeline would, its gate included. @returns the body
    [[nodiscard]] std::string call(const std::string& path) const;

private:
    static void shorten(host::PluginSpec& spec, Step step);

    const HangingThreads hanging_; ///< first: destroyed when the database's threads are gone

public:
    TemporaryFolder folder;
    RecordingLog log;
    ReadableMetrics metrics;
    host::Router router;
    std::map<std::string, std::string> words; ///< the configuration: what each option is, by plugin
    std::vector<std::string> sinks;
    std::vector<std::shared_ptr<AuditHook>> hooks;
    std::string sealedFor; ///< whose vault was asked for last

private:
    mutable std::mutex mutex_;
    std::vector<AuditEvent> events_;

public:
    host::Database database; ///< last: its threads use the rest
};

} // namespace coffer::test
