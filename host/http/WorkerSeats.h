#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace coffer::host {

/// Lets only as many workers run as the machine has processors: more of them would take turns in the midst of
/// their requests, and wait for each other's locks. A worker that is busy with one request for several
/// milliseconds most likely waits for something, and while it does another one runs in its place. Any thread.
class WorkerSeats {
public:
    /// One worker's: taken when made, left at the end of the scope. Used by its thread alone.
    class Seat {
    public:
        /// Waits until the worker may run. @param seats  outlive the object
        explicit Seat(WorkerSeats& seats);
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        ~Seat();

        /// Before the worker waits for events. Waits itself for as long as others are enough.
        void rest();
        /// Behind each event, and between two requests.
        void work() noexcept;
        /// The worker is about to wait for something else than a processor: another one runs in its place at
        /// once, until it works or rests again.
        void wait();
        /// Whether another worker waits for events, so that this one need not look for them.
        [[nodiscard]] bool othersRest() const noexcept { return seats_.resting_ > 0; }
        /// Room for what is read; whoever puts bytes into it wipes them.
        [[nodiscard]] std::span<char> scratch() noexcept { return scratch_; }

    private:
        friend class WorkerSeats;
        static constexpr std::uint64_t atRest = 0;
        static constexpr std::uint64_t longAgo = 1;

        WorkerSeats& seats_;
        std::atomic<std::uint64_t> busySince_ = atRest; ///< in ticks
        std::array<char, 16384> scratch_{};
    };

    /// @param running  how many workers run at once while none of them waits for something
    /// @param tick     how often the clock looks for late workers; the clock sleeps while all workers rest
    explicit WorkerSeats(std::size_t running, std::chrono::milliseconds tick = std::chrono::milliseconds(2));
    WorkerSeats(const WorkerSeats&) = delete;
    WorkerSeats& operator=(const WorkerSeats&) = delete;
    ~WorkerSeats();

    /// The workers shall end: none waits for a seat any more.
    void end();
    /// Advances the clock by one tick. For tests.
    void elapse();

private:
    [[nodiscard]] bool isFree() const noexcept { return ended_ || taken_.size() < running_ + late_; }
    void run();
    /// Counts those that are late. @returns whether anybody is busy
    [[nodiscard]] bool look();

    const std::size_t running_;
    const std::chrono::milliseconds tick_;
    std::atomic<std::uint64_t> now_ = 10; ///< grows by one with each tick
    std::atomic<int> resting_ = 0;
    std::atomic<bool> sleeps_ = false;  ///< no tick comes before somebody asks for it
    std::atomic<bool> tooMany_ = false; ///< more are taken than should run

    std::mutex mutex_; ///< guards what follows
    std::condition_variable cameFree_;
    std::condition_variable awoken_;
    std::vector<Seat*> taken_;
    std::size_t late_ = 0;
    bool ended_ = false;
    std::thread clock_;
};

} // namespace coffer::host
