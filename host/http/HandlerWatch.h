#pragma once

#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>

namespace coffer::host {

/// Says in the log which handler is late while it still runs; nobody interrupts it. Any thread.
class HandlerWatch {
public:
    /// @param interval  how often it looks
    HandlerWatch(Log& log, std::chrono::milliseconds interval);
    HandlerWatch(const HandlerWatch&) = delete;
    HandlerWatch& operator=(const HandlerWatch&) = delete;
    ~HandlerWatch();

    /// One run of a handler, watched while it exists. Lies on the stack of the thread that runs it; the texts
    /// outlive it.
    class Run {
    public:
        Run(HandlerWatch& watch, std::string_view route, std::string_view requestId,
            std::chrono::milliseconds mayTake);
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run();

    private:
        friend class HandlerWatch;
        HandlerWatch& watch_;
        std::string_view route_;
        std::string_view requestId_;
        std::chrono::steady_clock::time_point since_;
        std::chrono::milliseconds mayTake_;
        bool reported_ = false;
        Run* previous_ = nullptr;
        Run* next_ = nullptr;
    };

private:
    void look();

    Log& log_;
    std::mutex mutex_; // guards the list, and wakes the thread at the end
    Run* first_ = nullptr;
    std::condition_variable_any stopped_;
    std::jthread thread_;
};

} // namespace coffer::host
