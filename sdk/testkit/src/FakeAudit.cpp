#include "FakeAudit.h"

#include "sdk/shared/AuditCheck.h"

#include <Poco/SHA2Engine.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace coffer::testkit {

void FakeAudit::serve(std::vector<std::shared_ptr<AuditHook>> hooks,
                      std::vector<std::shared_ptr<AuditSink>> sinks) {
    {
        const std::lock_guard lock(mutex_);
        hooks_ = std::move(hooks);
    }
    const std::lock_guard lock(deliveryMutex_);
    for (auto& sink : sinks)
        feeds_.push_back({std::move(sink)});
}

void FakeAudit::close() {
    {
        const std::lock_guard lock(mutex_);
        hooks_.clear();
    }
    const std::lock_guard lock(deliveryMutex_);
    feeds_.clear();
}

AuditRecord FakeAudit::prepare(const Transaction& transaction, const AuditEvent& event,
                               std::size_t ahead) const {
    AuditRecord record;
    std::vector<std::shared_ptr<AuditHook>> hooks;
    {
        const std::lock_guard lock(mutex_);
        hooks = hooks_;
        record.sequence = static_cast<std::int64_t>(records_.size() + ahead);
    }
    record.event = detail::recordable(event, hooks);
    record.time = transaction.now();
    record.origin = transaction.origin();
    return record;
}

void FakeAudit::keep(std::vector<AuditRecord> records) {
    const std::lock_guard lock(mutex_);
    for (auto& record : records) {
        // Nobody has a key here; it only has the form of one.
        Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
        engine.update((records_.empty() ? std::string() : records_.back().mac) + toJson(record));
        record.mac = Poco::DigestEngine::digestToHex(engine.digest());
        records_.push_back(std::move(record));
    }
}

std::vector<AuditRecord> FakeAudit::after(std::size_t position) const {
    const std::lock_guard lock(mutex_);
    return {std::next(records_.begin(), static_cast<std::ptrdiff_t>(position)), records_.end()};
}

void FakeAudit::deliver() {
    const std::lock_guard lock(deliveryMutex_);
    if (std::exchange(delivering_, true))
        return;
    for (auto& feed : feeds_) {
        try {
            for (auto records = after(feed.position); !records.empty(); records = after(feed.position)) {
                feed.sink->deliver(records);
                feed.position += records.size();
            }
        } catch (const std::exception& error) {
            failed(error.what());
        } catch (...) {
            failed("something that is no exception was thrown");
        }
    }
    delivering_ = false;
}

void FakeAudit::failed(const std::string& why) {
    log_.warning("an audit sink failed; the same records are sent again with the next", {{"error", why}});
}

std::vector<AuditRecord> FakeAudit::records() const {
    return after(0);
}

} // namespace coffer::testkit
