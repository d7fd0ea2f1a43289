#include "host/audit/AuditLog.h"

#include "host/audit/AuditStore.h"

#include <rapidjson/reader.h>

#include <stdexcept>

namespace coffer::host {

namespace {

using Hooks = std::vector<std::shared_ptr<AuditHook>>;

constexpr std::string_view headAction = "audit.head";

bool isJsonObject(const std::string& json) {
    const auto first = json.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || json[first] != '{' || json.find('\0') != std::string::npos)
        return false;
    rapidjson::BaseReaderHandler<> handler;
    rapidjson::StringStream stream(json.c_str());
    return !rapidjson::Reader().Parse<rapidjson::kParseIterativeFlag>(stream, handler).IsError();
}

void requireObject(const std::string& json, const AuditEvent& event) {
    // A line break inside would end the line that sinks write.
    if (!json.empty() && (!isJsonObject(json) || json.find('\n') != std::string::npos))
        throw std::logic_error("before and after of the audit event " + event.action +
                               " must each be a JSON object on one line");
}

} // namespace

AuditLog::AuditLog(Storage& storage, const KeyRing& keys, Metrics& metrics)
    : storage_(storage),
      chain_(keys, storage.read([](Transaction& transaction) { return audit_store::chainId(transaction); })),
      hooks_(std::make_shared<const Hooks>()) {
    for (const AuditResult result : {AuditResult::success, AuditResult::refused, AuditResult::failed})
        records_.push_back(&metrics.counter("coffer_audit_records_total",
                                            "Events appended to the audit log since the start",
                                            {{"result", std::string(toString(result))}}));
}

void AuditLog::append(Transaction& transaction, const AuditEvent& event) {
    AuditRecord record;
    record.event = hooked(event);
    requireObject(record.event.before, record.event);
    requireObject(record.event.after, record.event);
    const auto last = audit_store::last(transaction);
    record.sequence = last.sequence + 1;
    record.time = transaction.now();
    record.origin = transaction.origin();
    const std::string previous = last.sequence == 0 ? chain_.beginning() : last.mac;
    audit_store::insert(transaction, record, chain_.mac(record, previous));
    records_[static_cast<std::size_t>(record.event.result)]->add();
    const std::lock_guard lock(listenerMutex_);
    if (listener_)
        listener_();
}

AuditEvent AuditLog::hooked(const AuditEvent& event) const {
    const auto hooks = [&] {
        const std::lock_guard lock(mutex_);
        return hooks_;
    }();
    if (hooks->empty())
        return event;
    AuditEvent changed = event;
    for (const auto& hook : *hooks)
        hook->before(changed);
    AuditEvent result = event;
    result.reason = std::move(changed.reason);
    result.before = std::move(changed.before);
    result.after = std::move(changed.after);
    return result;
}

void AuditLog::addHook(std::shared_ptr<AuditHook> hook) {
    const std::lock_guard lock(mutex_);
    auto hooks = std::make_shared<Hooks>(*hooks_);
    hooks->push_back(std::move(hook));
    hooks_ = std::move(hooks);
}

void AuditLog::removeHook(const AuditHook* hook) {
    const std::lock_guard lock(mutex_);
    auto hooks = std::make_shared<Hooks>(*hooks_);
    std::erase_if(*hooks, [&](const auto& one) { return one.get() == hook; });
    hooks_ = std::move(hooks);
}

void AuditLog::setListener(std::function<void()> listener) {
    const std::lock_guard lock(listenerMutex_);
    listener_ = std::move(listener);
}

AuditHead AuditLog::head(Transaction& transaction) const {
    const auto last = audit_store::last(transaction);
    return chain_.sign(last.sequence, last.sequence == 0 ? chain_.beginning() : last.mac, currentTime());
}

bool AuditLog::recordHead() {
    const bool changed = storage_.read([](Transaction& transaction) {
        const auto last = audit_store::last(transaction);
        return last.sequence > 0 && last.action != headAction;
    });
    if (changed)
        storage_.write(Origin::system("audit"), [&](Transaction& transaction) {
            AuditEvent event;
            event.action = headAction;
            event.objectType = "audit-log";
            event.objectId = chain_.id();
            event.after = toJson(head(transaction));
            transaction.record(std::move(event));
        });
    return changed;
}

} // namespace coffer::host
