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

/// The workers of one lane, and the queue before them. With `fair`, no account holds more than a quarter of
/// the places, nor of the workers. Any thread.
class LanePool {
public:
    /// Given to a task while it runs.
    class Place {
    public:
        Place(LanePool& pool, LaneAccount account) : pool_(pool), account_(account) {}
        /// Moves the place to another account, as soon as it is known whom the request is about.
        void charge(LaneAccount account) noexcept;

    private:
        friend class LanePool;
        LanePool& pool_;
        LaneAccount account_;
    };
    using Task = std::function<void(Place&)>; ///< must not throw

    LanePool(const std::string& name, LaneSize size, bool fair, Metrics& metrics);
    LanePool(const LanePool&) = delete;
    LanePool& operator=(const LanePool&) = delete;
    ~LanePool();

    /// @throws Problem 503 `lane_full` with Retry-After
    void submit(LaneAccount account, Task task);
    /// Takes no more, and waits until what was taken has run. @returns false when it has not at the deadline;
    /// what had not begun then is dropped
    bool stop(std::chrono::steady_clock::time_point deadline);

private:
    struct Waiting {
        LaneAccount account;
        Task task;
    };
    struct Use {
        std::size_t places = 0;
        std::size_t workers = 0;
    };

    void work();
    [[nodiscard]] std::deque<Waiting>::iterator next();
    void refuse(bool ownShare);
    void leave(LaneAccount account) noexcept;
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
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

} // namespace coffer::host
