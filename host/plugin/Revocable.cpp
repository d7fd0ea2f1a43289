#include "host/plugin/Revocable.h"

#include "host/plugin/AbandonableCall.h"

#include <stdexcept>

namespace coffer::host {

namespace {

RouteLease requireOpen(const PluginGate& gate) {
    RouteLease lease(gate);
    if (!lease)
        throw Problem::unavailable("plugin_stopped", "The plugin that would do this has stopped.", 5);
    return lease;
}

} // namespace

void RevocableStorage::read(const std::function<void(Transaction&)>& closure) {
    const auto lease = requireOpen(gate_);
    storage_.read(closure);
}

void RevocableStorage::write(const Origin& origin, const std::function<void(Transaction&)>& closure) {
    const auto lease = requireOpen(gate_);
    storage_.write(origin, closure);
}

SecretReference RevocableVault::store(Transaction& transaction, const SecretContext& context,
                                      const SecretBytes& secret) {
    const auto lease = requireOpen(gate_);
    return vault_->store(transaction, context, secret);
}

SecretReference RevocableVault::replace(Transaction& transaction, SecretReference reference,
                                        const SecretContext& context, const SecretBytes& secret) {
    const auto lease = requireOpen(gate_);
    return vault_->replace(transaction, reference, context, secret);
}

void RevocableVault::erase(Transaction& transaction, SecretReference reference) {
    const auto lease = requireOpen(gate_);
    vault_->erase(transaction, reference);
}

SecretBytes RevocableVault::open(Transaction& transaction, SecretReference reference,
                                 const SecretContext& context) {
    const auto lease = requireOpen(gate_);
    return vault_->open(transaction, reference, context);
}

std::string RevocableVault::fingerprint(const SecretBytes& secret) const {
    const auto lease = requireOpen(gate_);
    return vault_->fingerprint(secret);
}

void RevocableLog::write(LogLevel level, std::string_view message,
                         std::initializer_list<LogField> fields) noexcept {
    if (const RouteLease lease(gate_); lease)
        log_->write(level, message, fields);
}

void RevocableHook::before(AuditEvent& event) {
    if (const RouteLease lease(gate_); lease)
        withStandardExceptions("an audit hook threw ", [&] { hook_->before(event); });
}

void RevocableSink::deliver(std::span<const AuditRecord> records) {
    const auto lease = requireOpen(gate_);
    withStandardExceptions("an audit sink threw ", [&] { sink_->deliver(records); });
}

void RevocableSink::reopen() {
    if (const RouteLease lease(gate_); lease)
        withStandardExceptions("an audit sink threw ", [&] { sink_->reopen(); });
}

void RevocableMetrics::collector(const std::string& name, const std::string& help,
                                 std::function<std::vector<Sample>()> collect) {
    const auto ask = [call = threads_.named(collect), limit = limit_] {
        return askWithin<std::vector<Sample>>(limit, call);
    };
    metrics_.collector(name, help, [gate = gate_, limit = limit_, failed = failed_, name, ask] {
        const RouteLease lease(gate);
        if (!lease)
            return std::vector<Sample>();
        auto asked = ask();
        if (asked.outcome.end == CallOutcome::End::abandoned)
            failed("its metrics collector '" + name + "' did not return within " +
                   std::to_string(limit.count()) + " ms");
        if (!asked.outcome.returned())
            throw std::runtime_error("the collector failed: " + asked.outcome.reason);
        return std::move(*asked.value);
    });
    const std::lock_guard lock(mutex_);
    collectors_.push_back(name);
    kept_.push_back(std::move(collect));
}

std::vector<std::string> RevocableMetrics::collectors() const {
    const std::lock_guard lock(mutex_);
    return collectors_;
}

} // namespace coffer::host
