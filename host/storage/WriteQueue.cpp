#include "host/storage/WriteQueue.h"

#include <coffer/sdk/Problem.h>

#include <algorithm>
#include <utility>

namespace coffer::host {

namespace {

Problem busy() {
    return Problem::unavailable("storage_busy",
                                "Too many changes wait for the database. Nothing was changed; try again.", 2);
}

Problem outcomeUnknown() {
    return Problem::unavailable(
        "outcome_unknown",
        "The disk did not answer in time: the change may have been made or not. Look before "
        "you repeat it.",
        30);
}

} // namespace

void WriteQueue::perform(const PendingWritePtr& write) {
    std::unique_lock lock(mutex_);
    if (stopping_)
        throw Problem::unavailable("storage_unavailable", "The daemon is stopping.", 5);
    if (waiting_.size() >= limits_.capacity)
        throw busy();
    waiting_.push_back(write);
    work_.notify_one();

    const auto settled = [&] { return write->state == PendingWrite::State::settled; };
    if (write->alone) {
        write->changed.wait(lock, settled);
    } else if (!write->changed.wait_until(lock, PendingWrite::Clock::now() + limits_.beginWithin, settled)) {
        if (write->state == PendingWrite::State::queued) {
            std::erase(waiting_, write);
            throw busy();
        }
        if (!write->changed.wait_until(lock, write->begunAt + limits_.settleWithin, settled)) {
            // What the closure refers to must outlive its run; the writer's watch bounds that run.
            write->callerLate = true;
            write->changed.wait(lock, [&] { return settled() || !write->running; });
            if (!settled()) {
                write->abandoned = true;
                throw outcomeUnknown();
            }
        }
    }
    const std::exception_ptr failure = std::exchange(write->failure, nullptr);
    lock.unlock();
    if (failure)
        std::rethrow_exception(failure);
}

bool WriteQueue::waitForWork() {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    return !waiting_.empty();
}

PendingWritePtr WriteQueue::claim(bool first) {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || (!first && waiting_.front()->alone))
        return nullptr;
    PendingWritePtr write = std::move(waiting_.front());
    waiting_.pop_front();
    write->state = PendingWrite::State::begun;
    write->begunAt = PendingWrite::Clock::now();
    return write;
}

bool WriteQueue::startRunning(PendingWrite& write) {
    const std::lock_guard lock(mutex_);
    if (write.abandoned)
        return false;
    write.running = true;
    if (!write.alone)
        setActivity(false, write.origin.principalName, write.origin.requestId);
    return true;
}

void WriteQueue::stopRunning(PendingWrite& write) {
    const std::lock_guard lock(mutex_);
    write.running = false;
    activity_.reset();
    if (write.callerLate)
        write.changed.notify_one();
}

void WriteQueue::startCommit() {
    const std::lock_guard lock(mutex_);
    setActivity(true, {}, {});
}

void WriteQueue::stopCommit() {
    const std::lock_guard lock(mutex_);
    activity_.reset();
}

void WriteQueue::setActivity(bool commits, std::string owner, std::string requestId) {
    activity_ = WriterActivity{PendingWrite::Clock::now(), commits, std::move(owner), std::move(requestId),
                               ++activities_};
}

void WriteQueue::settle(const std::vector<PendingWritePtr>& writes) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& write : writes)
            write->state = PendingWrite::State::settled;
    }
    // Whoever wakes up wants the lock.
    for (const auto& write : writes)
        write->changed.notify_one();
}

void WriteQueue::refuseWaiting(const std::function<std::exception_ptr()>& makeFailure) {
    const std::lock_guard lock(mutex_);
    for (const auto& write : std::exchange(waiting_, {})) {
        write->failure = makeFailure();
        write->state = PendingWrite::State::settled;
        write->changed.notify_one();
    }
}

void WriteQueue::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_one();
}

bool WriteQueue::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

std::size_t WriteQueue::length() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

std::optional<WriterActivity> WriteQueue::activity() const {
    const std::lock_guard lock(mutex_);
    return activity_;
}

} // namespace coffer::host
