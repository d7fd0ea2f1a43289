#pragma once

#include "host/audit/AuditChain.h"

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace coffer::host {

/// The audit log: appends each event to the chain, in the transaction of what it tells about.
///
/// One object for the life of the daemon. append() runs on the database's writer, which makes the order; the
/// rest on any thread. Nothing of the chain is kept in memory, so that a change undone leaves no trace in it.
class AuditLog {
public:
    /// The tables are there: migrate first.
    AuditLog(Storage& storage, const KeyRing& keys, Metrics& metrics);

    /// Runs the hooks, chains the event and stores it: the Database's recorder.
    /// @throws std::logic_error when before or after is not a JSON object: a mistake of its author's
    void append(Transaction& transaction, const AuditEvent& event);

    /// See detail::recordable().
    void addHook(std::shared_ptr<AuditHook> hook);
    void removeHook(const AuditHook* hook);

    /// Called after each append(), on the writer's thread and before the commit: a hint to look soon. When
    /// setListener() returns, the one before is not called any more.
    void setListener(std::function<void()> listener);

    /// The chain's end as it is now, signed.
    [[nodiscard]] AuditHead head(Transaction& transaction) const;

    /// Records the head as `audit.head`, unless nothing but a head was recorded since the last one, so that
    /// it reaches every sink. @returns whether it did
    bool recordHead();

    [[nodiscard]] const AuditChain& chain() const noexcept { return chain_; }

private:
    using Hooks = std::vector<std::shared_ptr<AuditHook>>;

    [[nodiscard]] std::shared_ptr<const Hooks> hooks() const;

    Storage& storage_;
    AuditChain chain_;
    std::vector<Counter*> records_;
    std::mutex listenerMutex_;
    std::function<void()> listener_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Hooks> hooks_;
};

} // namespace coffer::host
