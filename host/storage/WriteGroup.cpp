#include "host/storage/WriteGroup.h"

#include "sdk/shared/SqliteChange.h"
#include "sdk/shared/SqliteErrors.h"

#include <sqlite3.h>

#include <deque>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace coffer::host {

void WriteGroup::add(PendingWritePtr write) {
    std::deque<PendingWritePtr> toRun{std::move(write)};
    while (!toRun.empty()) {
        PendingWritePtr next = std::move(toRun.front());
        toRun.pop_front();
        if (beginCode_ != SQLITE_OK) {
            kept_.push_back(std::move(next)); // commit() tells it why
            continue;
        }
        (run(*next) ? kept_ : refused_).push_back(std::move(next));
        if (connection_.transactionLost()) {
            toRun.insert(toRun.begin(), std::make_move_iterator(kept_.begin()),
                         std::make_move_iterator(kept_.end()));
            kept_.clear();
            beginCode_ = connection_.begin("BEGIN IMMEDIATE");
        }
    }
}

bool WriteGroup::run(PendingWrite& write) {
    if (!queue_.startRunning(write))
        return false;
    bool kept = false;
    try {
        if (!write.alone)
            connection_.setDeadline(detail::SqliteConnection::Clock::now() + deadline_);
        runChange(write);
        kept = true;
    } catch (...) {
        write.failure = std::current_exception();
    }
    connection_.clearDeadline();
    if (!kept)
        undoChange();
    queue_.stopRunning(write);
    return kept;
}

void WriteGroup::runChange(PendingWrite& write) {
    detail::SqliteTransaction transaction(connection_, write.origin, currentTime(), true);
    connection_.forgetChanges();
    if (savepoints_)
        detail::beginChange(connection_);
    detail::runChange(connection_, transaction, write.closure, recorder_);
    if (savepoints_)
        detail::keepChange(connection_);
    write.scrub = transaction.scrubAsked();
}

void WriteGroup::undoChange() noexcept {
    if (savepoints_) {
        detail::takeBackChange(connection_);
        return;
    }
    connection_.releaseStatements();
    if (!connection_.hasChanged())
        return;
    connection_.loseTransaction();
    savepoints_ = true;
}

int WriteGroup::commit() {
    int code = beginCode_;
    if (code == SQLITE_OK) {
        queue_.startCommit();
        code = connection_.commit();
        queue_.stopCommit();
    }
    if (code != SQLITE_OK)
        takeBack(code);
    return code;
}

void WriteGroup::takeBack(int code) {
    const Problem problem =
        code == SQLITE_IOERR_FSYNC
            ? Problem::unavailable("outcome_unknown",
                                   "The disk failed while the change was being made durable: it "
                                   "may have been made or not. Look before you repeat it.",
                                   30)
            : detail::unavailable(connection_.handle(), code);
    // Those refused before were refused on the strength of changes that are gone now.
    for (auto* writes : {&kept_, &refused_})
        for (const auto& write : *writes)
            write->failure = std::make_exception_ptr(problem);
    connection_.rollback();
}

std::vector<PendingWritePtr> WriteGroup::takeAll() {
    std::vector<PendingWritePtr> all = std::exchange(kept_, {});
    std::ranges::move(std::exchange(refused_, {}), std::back_inserter(all));
    return all;
}

bool WriteGroup::scrubAsked() const noexcept {
    return std::ranges::any_of(kept_, [](const auto& write) { return write->scrub; });
}

} // namespace coffer::host
