#include "host/audit/AuditLog.h"

#include "host/audit/AuditStore.h"
#include "sdk/shared/AuditCheck.h"

namespace coffer::host {

namespace {

constexpr std::string_view headAction = "audit.head";

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
    record.event = detail::recordable(event, *hooks());
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

std::shared_ptr<const AuditLog::Hooks> AuditLog::hooks() const {
    const std::lock_guard lock(mutex_);
    return hooks_;
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
