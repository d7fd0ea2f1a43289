#pragma once

#include "host/storage/WriteQueue.h"
#include "sdk/shared/SqliteConnection.h"

#include <functional>
#include <vector>

namespace coffer::host {

/// The writes that share one transaction and one commit, of which one that fails takes only itself back.
/// Lives on the writer's thread, for one transaction.
///
/// Savepoints cost more than most changes: SQLite copies each page before it changes, and the search index
/// writes out what it gathers. So writes run without one until the first fails with something changed, which
/// is rare: then the transaction begins anew, what had been kept runs again, and each from there on has a
/// savepoint of its own.
class WriteGroup {
public:
    using Recorder = std::function<void(Transaction&, const AuditEvent&)>;

    /// The connection has begun the transaction already.
    WriteGroup(detail::SqliteConnection& connection, WriteQueue& queue, const Recorder& recorder,
               std::chrono::milliseconds deadline) noexcept
        : connection_(connection), queue_(queue), recorder_(recorder), deadline_(deadline) {}

    /// Runs it. When that costs the whole transaction (an interrupted change, a full disk), a new one is
    /// begun and what had been kept runs again.
    void add(PendingWritePtr write);

    /// Commits, and puts the outcome into every write. @returns SQLite's result code
    int commit();

    [[nodiscard]] std::size_t size() const noexcept { return kept_.size() + refused_.size(); }
    /// All of them, their outcomes known after commit().
    [[nodiscard]] std::vector<PendingWritePtr> takeAll();
    [[nodiscard]] bool changedSomething() const noexcept { return !kept_.empty(); }
    [[nodiscard]] bool scrubAsked() const noexcept;

private:
    bool run(PendingWrite& write);
    void runChange(PendingWrite& write);
    void undoChange() noexcept;
    void takeBack(int code);

    detail::SqliteConnection& connection_;
    WriteQueue& queue_;
    const Recorder& recorder_;
    const std::chrono::milliseconds deadline_;
    std::vector<PendingWritePtr> kept_;
    std::vector<PendingWritePtr> refused_;
    int beginCode_ = 0;       ///< why the transaction could not be begun again
    bool savepoints_ = false; ///< each write runs in one of its own
};

} // namespace coffer::host
