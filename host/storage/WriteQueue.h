#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Storage.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coffer::host {

/// One write on its way: made by the caller, run by the writer. What it refers to is on the caller's stack,
/// so the writer touches it only between WriteQueue::startRunning() and stopRunning(), and the caller does
/// not leave in between. Each has a mutex of its own, so that the many who are woken at the end of a group do
/// not wait for one another, nor for the writer.
struct PendingWrite {
    using Clock = std::chrono::steady_clock;

    PendingWrite(const Origin& onBehalf, const std::function<void(Transaction&)>& run)
        : origin(onBehalf), closure(run) {}

    const Origin& origin;
    const std::function<void(Transaction&)>& closure;
    bool alone = false; ///< a migration: in a group of its own, without deadline
    // Written by the writer, read by the caller once it is settled.
    bool scrub = false; ///< what it deleted must be gone from the files
    std::exception_ptr failure;

    Clock::time_point begunAt{}; ///< guarded by the queue's mutex

    std::mutex mutex; ///< guards what follows; it may be taken after the queue's, never before
    std::condition_variable changed;
    bool settled = false;
    bool running = false;
    bool callerLate = false; ///< the caller waits only for the end of running
    bool abandoned = false;  ///< the caller has left
};
using PendingWritePtr = std::shared_ptr<PendingWrite>;

/// What the writer is doing, for its watch.
struct WriterActivity {
    PendingWrite::Clock::time_point since;
    bool commits;      ///< else it runs a closure, of:
    std::string owner; ///< principal name
    std::string requestId;
    std::uint64_t number; ///< tells one activity from the next
};

/// The writes that wait for the writer, and the places where callers wait for their outcome. Any thread.
class WriteQueue {
public:
    struct Limits {
        std::size_t capacity;
        std::chrono::milliseconds beginWithin;  ///< else the caller withdraws it
        std::chrono::milliseconds settleWithin; ///< counted from its begin; else the outcome is unknown
    };
    explicit WriteQueue(Limits limits) noexcept : limits_(limits) {}

    /// Queues it and waits for its outcome. @throws what the writer settled it with; Problem 503
    /// `storage_busy` when it has not begun in time (it then never runs), `outcome_unknown`,
    /// `storage_unavailable` while stopping
    void perform(const PendingWritePtr& write);

    /// The writer's side.
    /// Waits until something is queued. @returns false when stopping and nothing is
    [[nodiscard]] bool waitForWork();
    /// Takes the next one for the current group; nothing when there is none that may join.
    [[nodiscard]] PendingWritePtr claim(bool first);
    /// @returns false when its caller has left: it must not be run
    [[nodiscard]] bool startRunning(PendingWrite& write);
    void stopRunning(PendingWrite& write);
    void startCommit();
    void stopCommit();
    /// Wakes the caller of each; those without a failure have succeeded.
    void settle(const std::vector<PendingWritePtr>& writes);
    /// Settles everything that waits with a failure from `makeFailure`.
    void refuseWaiting(const std::function<std::exception_ptr()>& makeFailure);

    void stop();
    [[nodiscard]] bool stopping() const;
    [[nodiscard]] std::size_t length() const;
    [[nodiscard]] std::optional<WriterActivity> activity() const;

private:
    void push(const PendingWritePtr& write);
    /// Takes it out of the queue, unless the writer has begun it. @returns when that was
    [[nodiscard]] std::optional<PendingWrite::Clock::time_point> withdraw(const PendingWritePtr& write);
    static void settleOne(PendingWrite& write);
    void setActivity(bool commits, std::string owner, std::string requestId);

    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable work_;
    std::deque<PendingWritePtr> waiting_;
    std::optional<WriterActivity> activity_;
    std::uint64_t activities_ = 0;
    bool stopping_ = false;
};

} // namespace coffer::host
