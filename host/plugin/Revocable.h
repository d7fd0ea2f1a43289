#pragma once

#include "host/http/RouteGate.h"
#include "host/plugin/PluginThreads.h"

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

/// What a plugin holds of the host, so made that it can be taken back: a thread that a plugin left running
/// finds a closed gate instead of an object that is gone. None of these is ever destroyed (see PluginHost).
namespace coffer::host {

/// One gate for everything that a plugin was given.
using PluginGate = std::shared_ptr<RouteGate>;

class RevocableStorage final : public Storage {
public:
    RevocableStorage(Storage& storage, PluginGate gate) : storage_(storage), gate_(std::move(gate)) {}
    /// @throws Problem 503 `plugin_stopped` once the gate is closed
    void read(const std::function<void(Transaction&)>& closure) override;
    void write(const Origin& origin, const std::function<void(Transaction&)>& closure) override;

private:
    Storage& storage_;
    const PluginGate gate_;
};

class RevocableVault final : public SecretVault {
public:
    RevocableVault(std::shared_ptr<SecretVault> vault, PluginGate gate)
        : vault_(std::move(vault)), gate_(std::move(gate)) {}
    [[nodiscard]] SecretReference store(Transaction& transaction, const SecretContext& context,
                                        const SecretBytes& secret) override;
    [[nodiscard]] SecretReference replace(Transaction& transaction, SecretReference reference,
                                          const SecretContext& context, const SecretBytes& secret) override;
    void erase(Transaction& transaction, SecretReference reference) override;
    [[nodiscard]] SecretBytes open(Transaction& transaction, SecretReference reference,
                                   const SecretContext& context) override;
    [[nodiscard]] std::string fingerprint(const SecretBytes& secret) const override;

private:
    const std::shared_ptr<SecretVault> vault_;
    const PluginGate gate_;
};

class RevocableLog final : public Log {
public:
    RevocableLog(std::unique_ptr<Log> log, PluginGate gate) : log_(std::move(log)), gate_(std::move(gate)) {}
    void write(LogLevel level, std::string_view message,
               std::initializer_list<LogField> fields) noexcept override;

private:
    const std::unique_ptr<Log> log_;
    const PluginGate gate_;
};

/// A hook that does nothing any more once its plugin's gate is closed.
class RevocableHook final : public AuditHook {
public:
    RevocableHook(std::shared_ptr<AuditHook> hook, PluginGate gate)
        : hook_(std::move(hook)), gate_(std::move(gate)) {}
    void before(AuditEvent& event) override;

private:
    const std::shared_ptr<AuditHook> hook_;
    const PluginGate gate_;
};

/// A sink that takes nothing any more once its plugin's gate is closed, and throws std::exceptions only.
class RevocableSink final : public AuditSink {
public:
    RevocableSink(std::shared_ptr<AuditSink> sink, std::string name, PluginGate gate)
        : sink_(std::move(sink)), name_(std::move(name)), gate_(std::move(gate)) {}
    [[nodiscard]] std::string name() const override { return name_; }
    void deliver(std::span<const AuditRecord> records) override;
    void reopen() override;

private:
    const std::shared_ptr<AuditSink> sink_;
    const std::string name_;
    const PluginGate gate_;
};

/// Metrics whose collectors are asked on threads that can be abandoned, and fall silent with the gate.
class RevocableMetrics final : public Metrics {
public:
    using Failed = std::function<void(const std::string& reason)>;
    /// @param failed  called on the scraping thread when a collector took longer than `limit`
    RevocableMetrics(Metrics& metrics, PluginGate gate, PluginThreads threads,
                     std::chrono::milliseconds limit, Failed failed)
        : metrics_(metrics), gate_(std::move(gate)), threads_(std::move(threads)), limit_(limit),
          failed_(std::move(failed)) {}

    Counter& counter(const std::string& name, const std::string& help, const Labels& labels) override {
        return metrics_.counter(name, help, labels);
    }
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) override {
        return metrics_.gauge(name, help, labels);
    }
    Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels) override {
        return metrics_.histogram(name, help, labels);
    }
    void collector(const std::string& name, const std::string& help,
                   std::function<std::vector<Sample>()> collect) override;
    [[nodiscard]] std::vector<std::string> collectors() const;

private:
    Metrics& metrics_;
    const PluginGate gate_;
    const PluginThreads threads_;
    const std::chrono::milliseconds limit_;
    const Failed failed_;
    mutable std::mutex mutex_;
    std::vector<std::string> collectors_;
    std::vector<std::function<std::vector<Sample>()>> kept_; // what plugins made is never destroyed
};

} // namespace coffer::host
