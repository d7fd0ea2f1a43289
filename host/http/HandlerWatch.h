#pragma once

#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>

namespace coffer::host {

/// How long a handler may take.
struct HandlerLimits {
    std::chrono::milliseconds mayTake; ///< it is named in the log then
    std::chrono::milliseconds mustEnd; ///< it is given up then, if somebody gives it up
};

/// Looks after handlers while they run: says in the log which is late, and gives up those that are so late
/// that they will hardly return. Nobody interrupts them. Any thread.
class HandlerWatch {
public:
    /// Answers in the place of a handler that does not return, and does without its thread. Called once, on
    /// the watch's thread, and only while the handler runs. Must neither throw nor block.
    using GiveUp = std::function<void(std::chrono::milliseconds took)>;

    /// @param interval  how often it looks
    HandlerWatch(Log& log, std::chrono::milliseconds interval);
    HandlerWatch(const HandlerWatch&) = delete;
    HandlerWatch& operator=(const HandlerWatch&) = delete;
    ~HandlerWatch();

    /// Whether a handler runs that was given up.
    [[nodiscard]] bool hasGivenUp() const;

    /// One run of a handler, watched while it exists. Lies on the stack of the thread that runs it; texts and
    /// function outlive it.
    class Run {
    public:
        /// @param giveUp  empty for one that is never given up
        Run(HandlerWatch& watch, std::string_view route, std::string_view requestId, HandlerLimits limits,
            const GiveUp& giveUp);
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run();

    private:
        friend class HandlerWatch;
        HandlerWatch& watch_;
        std::string_view route_;
        std::string_view requestId_;
        std::chrono::steady_clock::time_point since_;
        HandlerLimits limits_;
        const GiveUp& giveUp_;
        bool isReported_ = false;
        bool isGivenUp_ = false;
        Run* previous_ = nullptr;
        Run* next_ = nullptr;
    };

private:
    void look();
    void lookAt(Run& run, std::chrono::milliseconds took);

    Log& log_;
    mutable std::mutex mutex_; // guards the list, and wakes the thread at the end
    Run* first_ = nullptr;
    std::condition_variable_any stopped_;
    std::jthread thread_;
};

} // namespace coffer::host
