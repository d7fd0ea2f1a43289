#pragma once

#include "host/plugin/HostServices.h"
#include "host/plugin/Loader.h"
#include "host/plugin/PeriodicTask.h"
#include "host/plugin/PluginContext.h"
#include "host/plugin/PluginLimits.h"
#include "host/plugin/PluginStatus.h"
#include "host/plugin/PluginThreads.h"
#include "host/plugin/StorageFigures.h"

#include <coffer/sdk/Plugin.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coffer::host {

/// One object of a plugin and the steps of its life: load(), initialize(), then start() and serve(), or
/// setAside(). Each step throws PluginRefused with one sentence when the plugin failed it; the next call must
/// be revoke() then. One thread at a time, except for failure().
///
/// Neither the plugin's object nor anything it registered is ever destroyed: a thread that hangs in it, or
/// that it left running, may still use them.
class PluginInstance {
public:
    /// @param limits  apply unless the spec has its own
    PluginInstance(PluginSpec spec, HostServices services, std::shared_ptr<PluginRegistry> registry,
                   PluginLimits limits);

    /// Checks and loads the file, makes the plugin's object and asks its options.
    void load();
    /// Reads its configuration and calls init(). What an object before this one registered makes way.
    void initialize();
    /// Instead of start() and serve(): migrates its tables and makes its routes known as those of a disabled
    /// plugin. It is never started.
    void setAside();
    /// Migrates its tables and calls start().
    void start();
    /// Puts what it registered to work: sinks, hooks, tasks, then routes.
    void serve();
    /// Takes back its routes, waits for what is under way, calls stop(), takes back the rest. Its services
    /// keep their names and leases, for a successor.
    void stop(std::chrono::steady_clock::time_point deadline, Withdrawal why);
    /// A fresh object of the same library that takes the place of this one, which has stopped or was set
    /// aside. It is not loaded yet.
    [[nodiscard]] std::shared_ptr<PluginInstance> successor() const;
    /// Takes everything back, without waiting and without a call into the plugin.
    void revoke() noexcept;

    [[nodiscard]] Health askHealth() const;
    /// Why it turned out to be unfit while running; empty when it did not. Any thread.
    [[nodiscard]] std::string failure() const;

    [[nodiscard]] const std::string& id() const noexcept { return spec_.id; }
    [[nodiscard]] const PluginLimits& limits() const noexcept { return limits_; }
    [[nodiscard]] const std::filesystem::path& file() const noexcept { return spec_.file; }
    [[nodiscard]] const std::vector<std::string>& needs() const noexcept { return needs_; }
    [[nodiscard]] const std::vector<Option>& options() const noexcept { return options_; }
    /// Its storage adapter, if any, and the gate to enter for the time of a call into it.
    [[nodiscard]] std::optional<PluginAdapter> adapter() const;
    /// Its pages of the web console.
    [[nodiscard]] std::vector<ConsolePage> pages() const;
    /// Fills in what it knows of itself.
    void describe(PluginStatus& status) const;
    /// The rest of the daemon is about to go: its log falls silent, and calls of threads that it left behind
    /// are waited for.
    void letGo(std::chrono::steady_clock::time_point deadline);

private:
    /// Where a failure is noted that another thread sees: a scrape whose collector hangs.
    struct Failure {
        std::mutex mutex;
        std::string reason;
    };

    /// Notes that it turned out to be unfit; it is quarantined when somebody next looks after it.
    [[nodiscard]] std::function<void(const std::string& reason)> failed() const;
    void makePlugin();
    void migrate();
    [[nodiscard]] std::vector<Route> guardedRoutes() const;
    void waitForRequests(std::chrono::steady_clock::time_point deadline, std::string& trouble);
    void waitForTasks(std::chrono::steady_clock::time_point deadline, std::string& trouble);
    void waitForServices(std::chrono::steady_clock::time_point deadline, std::string& trouble);
    void withdraw() noexcept;
    void lookForWhatIsLeft(std::chrono::steady_clock::time_point deadline, std::string& trouble);

    const PluginSpec spec_;
    const HostServices services_;
    const std::shared_ptr<PluginRegistry> registry_;
    const PluginLimits limits_;
    const std::shared_ptr<Failure> failure_ = std::make_shared<Failure>();

    const PluginThreads threads_;

    std::shared_ptr<CheckedPlugin> checked_; // shared with the thread that loads it
    std::optional<LoadedPlugin> library_;
    std::vector<std::string> needs_;
    Plugin* plugin_ = nullptr; // never destroyed
    std::vector<Option> options_;
    std::shared_ptr<PluginContext> context_;
    std::vector<Migration> migrations_;
    std::vector<std::string> sinkNames_;
    std::shared_ptr<RouteGate> requests_ = std::make_shared<RouteGate>();
    std::vector<PeriodicTask> tasks_;
    std::vector<std::shared_ptr<AuditHook>> hooks_; // as the audit log has them
};

} // namespace coffer::host
