#pragma once

#include "host/console/ConsoleRoutes.h"
#include "host/plugin/DisabledPlugins.h"
#include "host/plugin/HostServices.h"
#include "host/plugin/Loader.h"
#include "host/plugin/PluginInstance.h"
#include "host/plugin/PluginStatus.h"
#include "host/plugin/ServiceRegistry.h"
#include "host/plugin/StorageFigures.h"

#include <coffer/sdk/Plugin.h>

#include <chrono>
#include <condition_variable>
#include <functional>
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
/// load(), prepare(), start() and stop() are called by one thread, in this order; the rest by any, at any
/// time.
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
    /// Migrates, starts and serves them; those that are disabled are set aside. Their routes are installed
    /// when this returns. @throws Problem when the database does not say which are disabled
    void start();
    /// Takes back routes, waits for what is under way, and stops them in reverse order.
    void stop(std::chrono::steady_clock::time_point deadline);

    /// Takes a running plugin out of service until it is enabled again, also over restarts: kept, with its
    /// audit record, before anything happens. Its routes answer 503 at once; what is under way ends, within
    /// the limits of stop(). Nothing is unloaded or destroyed. Waits for another change of state to end.
    /// @returns how it is then
    /// @throws Problem 404; 409 `plugin_disabled`, `plugin_quarantined`; 503 `stopping`, or as Storage does:
    ///         nothing has changed; 500 `plugin_failed`: it is kept as disabled, and quarantined
    PluginStatus disable(std::string_view id, const Origin& origin);
    /// Puts a fresh object of a disabled plugin into service, under the leases that others hold.
    /// @throws Problem as above, with 409 `plugin_enabled`; 500 `plugin_failed`: it is kept as enabled, and
    ///         quarantined
    PluginStatus enable(std::string_view id, const Origin& origin);

    /// All of them, in the order of the configuration.
    [[nodiscard]] std::vector<PluginStatus> status() const;
    [[nodiscard]] std::optional<PluginStatus> status(std::string_view id) const;
    [[nodiscard]] std::vector<PluginOptions> options() const;
    [[nodiscard]] std::vector<PluginAdapter> adapters() const;
    /// The pages of those that run.
    [[nodiscard]] std::vector<OwnedPage> consolePages() const;
    /// Where the files of its pages lie; nothing unless it runs and has some.
    [[nodiscard]] std::optional<std::filesystem::path> consoleFolder(std::string_view id) const;

private:
    struct Member {
        std::string id;
        std::shared_ptr<PluginInstance> instance; // changes under both mutexes
        PluginStatus status;                      // guarded by statusMutex_
    };

    // All of these but stateOf() and instanceOf() need lifecycleMutex_.
    /// Runs steps of a plugin's life; quarantines it when one throws. @returns whether they succeeded
    bool attempt(Member& member, const std::function<void(PluginInstance&)>& steps);
    void quarantine(Member& member, const std::string& reason);
    void setState(Member& member, PluginState state, const std::string& reason = {});
    void setDisabled(Member& member, const Disabling& disabling);
    bool startAndServe(Member& member);
    void setAside(Member& member, const Disabling& disabling);
    bool stopOne(Member& member, std::chrono::steady_clock::time_point deadline, Withdrawal why);
    void replaceInstance(Member& member, std::shared_ptr<PluginInstance> fresh);
    [[nodiscard]] Member& memberToSwitch(std::string_view id, PluginState wanted);
    [[nodiscard]] PluginState stateOf(const Member& member) const;
    [[nodiscard]] std::shared_ptr<PluginInstance> instanceOf(const Member& member) const;
    [[nodiscard]] std::vector<Member*> inState(PluginState state);
    [[nodiscard]] std::string missingService(const Member& member) const;
    void refuseWhoeverWaits(const std::vector<Member*>& waiting);
    [[nodiscard]] PluginStatus switched(const Member& member, std::string_view kept) const;
    void record(const Member& member, std::string_view action, AuditResult result);
    void recordPending();
    void watch(std::stop_token stop);
    void lookAfter(Member& member);

    const HostServices services_;
    const PluginLimits limits_;
    const std::shared_ptr<PluginRegistry> registry_ = std::make_shared<PluginRegistry>();
    std::vector<Member> members_;                         // the vector itself never changes
    std::vector<Member*> startOrder_;                     // those that were initialized, in that order
    std::vector<std::shared_ptr<PluginInstance>> former_; // replaced, but not destroyed
    bool isStopping_ = false;
    mutable std::mutex statusMutex_;
    std::mutex lifecycleMutex_; // one change at a time; guards all of the above

    std::mutex recordMutex_;
    std::vector<AuditEvent> pendingRecords_; // before start() there is no database to record in
    bool recording_ = false;

    std::unique_ptr<StorageFigures> figures_; // from start() to stop()
    std::jthread watch_;
    std::mutex watchMutex_;
    std::condition_variable_any watchWakes_;
};

} // namespace coffer::host
