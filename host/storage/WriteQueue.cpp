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
    push(write);
    std::unique_lock lock(write->mutex);
    const auto settled = [&] { return write->settled; };
    if (write->alone) {
        write->changed.wait(lock, settled);
    } else if (!write->changed.wait_until(lock, PendingWrite::Clock::now() + limits_.beginWithin, settled)) {
        lock.unlock();
        const auto begun = withdraw(write);
        if (!begun)
            throw busy();
        lock.lock();
        if (!write->changed.wait_until(lock, *begun + limits_.settleWithin, settled)) {
            // What the closure refers to must outlive its run; the writer's watch bounds that run.
            write->callerLate = true;
            write->changed.wait(lock, [&] { return settled() || !write->running; });
            if (!settled()) {
                write->abandoned = true;
                throw outcomeUnknown();
            }
        }
    }
    lock.unlock();
    if (const auto failure = std::exchange(write->failure, nullptr))
        std::rethrow_exception(failure);
}

void WriteQueue::push(const PendingWritePtr& write) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_)
            throw Problem::unavailable("storage_unavailable", "The daemon is stopping.", 5);
        if (waiting_.size() >= limits_.capacity)
            throw busy();
        waiting_.push_back(write);
    }
    work_.notify_one();
}

std::optional<PendingWrite::Clock::time_point> WriteQueue::withdraw(const PendingWritePtr& write) {
    const std::lock_guard lock(mutex_);
    if (std::erase(waiting_, write) > 0)
        return std::nullopt;
    return write->begunAt;
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
    write->begunAt = PendingWrite::Clock::now();
    return write;
}

bool WriteQueue::startRunning(PendingWrite& write) {
    {
        const std::lock_guard lock(write.mutex);
        if (write.abandoned)
            return false;
        write.running = true;
    }
    const std::lock_guard lock(mutex_);
    if (!write.alone)
        setActivity(false, write.origin.principalName, write.origin.requestId);
    return true;
}

void WriteQueue::stopRunning(PendingWrite& write) {
    {
        const std::lock_guard lock(mutex_);
        activity_.reset();
    }
    const std::lock_guard lock(write.mutex);
    write.running = false;
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
    for (const auto& write : writes)
        settleOne(*write);
}

void WriteQueue::settleOne(PendingWrite& write) {
    {
        const std::lock_guard lock(write.mutex);
        write.settled = true;
    }
    write.changed.notify_one();
}

void WriteQueue::refuseWaiting(const std::function<std::exception_ptr()>& makeFailure) {
    const std::lock_guard lock(mutex_);
    for (const auto& write : std::exchange(waiting_, {})) {
        write->failure = makeFailure();
        settleOne(*write);
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
