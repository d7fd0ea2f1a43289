#pragma once

#include "host/http/Router.h"
#include "host/plugin/HostServices.h"
#include "host/plugin/Loader.h"
#include "host/plugin/PluginStatus.h"
#include "host/plugin/PluginThreads.h"
#include "host/plugin/Revocable.h"
#include "host/plugin/ServiceRegistry.h"
#include "sdk/shared/Registrations.h"

#include <coffer/sdk/Console.h>
#include <coffer/sdk/Plugin.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coffer::host {

/// What one plugin sees of the host. A thread that was abandoned in init() may still hold it and call it, so
/// it is never destroyed, takes registrations only until seal(), and gives nothing any more after close().
/// Any thread.
class PluginContext final : public HostContext, public Console {
public:
    using Failed = std::function<void(const std::string& reason)>;
    /// @param collectorLimit  how long a metrics collector may take
    /// @param failed          called by any thread when the plugin turns out to be unfit to go on
    PluginContext(const PluginSpec& plugin, HostServices services, std::shared_ptr<PluginRegistry> registry,
                  std::unique_ptr<Config> config, const PluginThreads& threads,
                  std::chrono::milliseconds collectorLimit, Failed failed);

    void route(Route route) override;
    void mount(std::string prefix, std::string permission,
               Poco::Net::HTTPRequestHandlerFactory::Ptr factory) override;
    void storageAdapter(std::shared_ptr<StorageAdapter> adapter) override;
    void auditSink(std::shared_ptr<AuditSink> sink) override;
    void auditHook(std::shared_ptr<AuditHook> hook) override;
    void every(std::string name, std::chrono::milliseconds interval,
               std::function<void(std::stop_token)> task) override;
    void page(ConsolePage page) override;

    [[nodiscard]] Storage& storage() override { return storage_; }
    [[nodiscard]] SecretVault& secrets() override { return vault_; }
    [[nodiscard]] const Config& config() override { return *config_; }
    [[nodiscard]] Log& log() override { return *log_; }
    [[nodiscard]] Metrics& metrics() override { return metrics_; }
    void auditHistory(Transaction& transaction, std::string_view objectType, std::string_view objectId,
                      std::int64_t beforeSequence, std::size_t limit,
                      const std::function<void(const AuditRecord&)>& receive) override;

    /// Registrations are complete; more are refused. @returns what there is
    const detail::Registrations& seal();
    /// The names of what is registered so far, sinks excepted: to ask theirs is a call into the plugin.
    void describe(RegisteredNames& names) const;
    [[nodiscard]] std::vector<std::string> collectors() const { return metrics_.collectors(); }
    /// The plugin's storage, secrets, hooks and collectors are taken back.
    void close() noexcept { gate_->close(); }
    /// After close(): the calls under way. @returns false when some still are at the deadline
    [[nodiscard]] bool waitUntilIdle(std::chrono::steady_clock::time_point deadline) {
        return gate_->waitUntilIdle(deadline);
    }
    /// The log goes as well, and calls under way are waited for.
    void letGo(std::chrono::steady_clock::time_point deadline);
    [[nodiscard]] const PluginGate& gate() const noexcept { return gate_; }
    [[nodiscard]] std::shared_ptr<Log> sharedLog() const noexcept { return log_; }

protected:
    void publishService(std::string_view id, int version, std::shared_ptr<void> owner,
                        void* instance) override;
    [[nodiscard]] std::shared_ptr<ServiceGate> findService(std::string_view id, int version) override;

private:
    [[nodiscard]] std::unique_lock<std::mutex> lockForRegistration();
    void requireFree(const Route& route) const;

    const std::string id_;
    const std::filesystem::path consoleFolder_;
    const HostServices services_;
    const std::shared_ptr<PluginRegistry> registry_;
    const std::unique_ptr<Config> config_;
    const PluginGate gate_ = std::make_shared<RouteGate>();
    const PluginGate logGate_ = std::make_shared<RouteGate>();
    const std::shared_ptr<Log> log_;
    RevocableStorage storage_;
    RevocableVault vault_;
    RevocableMetrics metrics_;

    mutable std::mutex mutex_;
    bool sealed_ = false;
    detail::Registrations registrations_;
};

} // namespace coffer::host
