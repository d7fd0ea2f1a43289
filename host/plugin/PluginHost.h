#pragma once

#include "host/plugin/HostServices.h"
#include "host/plugin/Loader.h"
#include "host/plugin/PluginInstance.h"
#include "host/plugin/PluginStatus.h"
#include "host/plugin/ServiceRegistry.h"
#include "host/plugin/StorageFigures.h"

#include <coffer/sdk/Plugin.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace coffer::host {

/// The options that a plugin declares, for `--help` and `check-config`.
struct PluginOptions {
    std::string id;
    std::string description;
    std::vector<Option> options;
};

/// The plugins of this daemon, from their files to their end.
///
/// Whatever a plugin does, these functions return in bounded time and the other plugins go on: one that is
/// refused, fails or hangs is quarantined with a sentence in its status, the log and the audit log, and what
/// it had registered is taken back. Plugins and what they registered are never destroyed and their libraries
/// never unloaded; the daemon ends with std::_Exit() when otherThreadsRun() says that one left threads
/// behind.
///
/// prepare(), start() and stop() are called by one thread, in this order; the rest by any, at any time.
class PluginHost {
public:
    /// @throws std::invalid_argument when two plugins have the same id
    PluginHost(std::vector<PluginSpec> plugins, HostServices services, PluginLimits limits = {});
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;
    /// Stops what still runs.
    ~PluginHost();

    /// Checks and loads the files; options() is known then. Touches nothing but files.
    void load();
    /// Reads their configuration and initializes them, each after those whose services it needs; adapters()
    /// is known then. Touches no database.
    void prepare();
    /// Migrates, starts and serves them. Their routes are installed when this returns.
    void start();
    /// Takes back routes, waits for what is under way, and stops them in reverse order.
    void stop(std::chrono::steady_clock::time_point deadline);

    /// All of them, in the order of the configuration.
    [[nodiscard]] std::vector<PluginStatus> status() const;
    [[nodiscard]] std::optional<PluginStatus> status(std::string_view id) const;
    [[nodiscard]] std::vector<PluginOptions> options() const;
    [[nodiscard]] std::vector<PluginAdapter> adapters() const;

private:
    struct Member {
        std::shared_ptr<PluginInstance> instance;
        PluginStatus status; // guarded by statusMutex_
    };

    /// Runs one step of a plugin's life; quarantines it when the step throws. @returns whether it succeeded
    template <class Step>
    bool advance(Member& member, PluginState next, Step step);
    void quarantine(Member& member, const std::string& reason);
    void setState(Member& member, PluginState state, const std::string& reason);
    [[nodiscard]] PluginState stateOf(const Member& member) const;
    [[nodiscard]] std::vector<Member*> inState(PluginState state);
    [[nodiscard]] std::string missingService(const Member& member) const;
    void refuseWhoeverWaits(const std::vector<Member*>& waiting);
    void record(const Member& member, std::string_view action, AuditResult result);
    void recordPending();
    void watch(std::stop_token stop);
    void lookAfter(Member& member);

    const HostServices services_;
    const PluginLimits limits_;
    const std::shared_ptr<PluginRegistry> registry_ = std::make_shared<PluginRegistry>();
    std::vector<Member> members_;     // the vector itself never changes
    std::vector<Member*> startOrder_; // those that were initialized, in that order
    mutable std::mutex statusMutex_;
    std::mutex lifecycleMutex_; // one step at a time: the watch against stop()

    std::mutex recordMutex_;
    std::vector<AuditEvent> pendingRecords_; // before start() there is no database to record in
    bool recording_ = false;

    std::unique_ptr<StorageFigures> figures_; // from start() to stop()
    std::jthread watch_;
    std::mutex watchMutex_;
    std::condition_variable_any watchWakes_;
};

} // namespace coffer::host
