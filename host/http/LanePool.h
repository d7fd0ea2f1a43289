#pragma once

#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace coffer::host {

struct LaneSize {
    std::size_t workers;
    std::size_t queue; ///< places for those that wait
};

/// On whose account a request takes a place: an organization's id; a principal's, negated, where the
/// organization is not known yet; 0 for nobody's.
using LaneAccount = std::int64_t;

/// Who pays for a place: whoever asks, and the organization that the request is about where that is another
/// account; 0 while it is not known.
struct LaneAccounts {
    LaneAccounts(LaneAccount who, LaneAccount about = 0)
        : caller(who), organization(about == who ? 0 : about) {}
    LaneAccount caller;
    LaneAccount organization;
};

/// The workers of one lane, each started when it is first needed, and the queue before them. With `fair`, no
/// account that holds a quarter of the places is given another one, and none with a quarter of the workers
/// begins another task: neither a caller with many organizations nor an organization with many callers fills
/// the lane. A place counts for both of its accounts until it is left. Any thread.
///
/// A worker whose task was given up is replaced, for as many of them as the lane has workers; when such a
/// task returns after all, the lane goes back to its size.
class LanePool {
public:
    /// Given to a task while it runs.
    class Place {
    public:
        Place(LanePool& pool, LaneAccounts accounts) : pool_(pool), accounts_(accounts) {}
        /// Charges the organization too, as soon as it is known whom the request is about, instead of the one
        /// before. The caller's account keeps the place. What runs goes on, also when the organization then
        /// has more than a quarter.
        /// @throws std::bad_alloc, and nothing has changed
        void charge(LaneAccount organization);
        /// The task will not return: the place is free for others. Any thread, while the task runs.
        void giveUp() noexcept;

    private:
        friend class LanePool;
        LanePool& pool_;
        LaneAccounts accounts_;
        bool isGivenUp_ = false;
    };
    using Task = std::function<void(Place&)>; ///< must not throw

    LanePool(const std::string& name, LaneSize size, bool fair, Metrics& metrics);
    LanePool(const LanePool&) = delete;
    LanePool& operator=(const LanePool&) = delete;
    ~LanePool();

    /// @throws Problem 503 `lane_full` with Retry-After
    void submit(LaneAccounts accounts, Task task);
    /// Takes no more, and waits until what was taken has run or was given up. @returns false when something
    /// still runs, at the deadline or given up; what had not begun then is dropped
    bool stop(std::chrono::steady_clock::time_point deadline);

private:
    struct Waiting {
        LaneAccounts accounts;
        Task task;
    };
    struct Use {
        std::size_t places = 0;
        std::size_t workers = 0;
    };

    void work();
    [[nodiscard]] std::deque<Waiting>::iterator next() noexcept;
    /// Sees to it that there is a worker for what may begin, if anything may. Whoever begins something calls
    /// it for what comes next, so that nobody wakes up for nothing.
    /// @returns whether to wake one, once the lock is given back: who wakes up wants it
    [[nodiscard]] bool wantsWaking() noexcept;
    /// @returns false where the lane has all that it may have, or the system gives it no thread
    bool startWorker() noexcept;
    void refuse(bool ownShare);
    [[nodiscard]] bool hasItsPlaces(LaneAccount account) const;
    [[nodiscard]] bool hasItsWorkers(LaneAccount account) const;
    void leave(const LaneAccounts& accounts) noexcept;
    /// @returns whether the worker of a task that was given up and has returned is needed again
    [[nodiscard]] bool comeBack() noexcept;
    void release(LaneAccount account) noexcept;
    void show() noexcept;

    const LaneSize size_;
    const std::size_t placesEach_;
    const std::size_t workersEach_;
    Gauge& queued_;
    Gauge& running_;
    Counter& refused_;

    std::mutex mutex_;
    std::condition_variable ready_;
    std::condition_variable idle_;
    std::deque<Waiting> queue_;
    std::unordered_map<LaneAccount, Use> uses_;
    std::size_t busy_ = 0;
    std::size_t lost_ = 0;    // workers whose task was given up and has not returned
    std::size_t serving_ = 0; // the others
    std::size_t resting_ = 0; // of those, who look for something to do or wait for it
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

} // namespace coffer::host
