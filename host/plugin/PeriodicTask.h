#pragma once

#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace coffer::host {

/// A task that a plugin registered with HostContext::every(), on a thread of its own. A thread that does not
/// end in time is left alone: everything it uses is shared with it. Used by one thread.
class PeriodicTask {
public:
    /// Starts it: first after `interval`, then again `interval` after it returned. What it throws is logged.
    /// @param log  must outlive the task's thread
    PeriodicTask(std::string name, std::chrono::milliseconds interval,
                 std::function<void(std::stop_token)> task, std::shared_ptr<Log> log);
    PeriodicTask(PeriodicTask&&) noexcept = default;
    PeriodicTask& operator=(PeriodicTask&&) = delete;
    PeriodicTask(const PeriodicTask&) = delete;
    PeriodicTask& operator=(const PeriodicTask&) = delete;
    /// Asks it to end, and leaves it alone if it was not waited for.
    ~PeriodicTask();

    [[nodiscard]] const std::string& name() const noexcept;
    /// Asks it to end, without waiting.
    void requestStop() noexcept;
    /// @returns false when it still runs at the deadline
    [[nodiscard]] bool waitUntilStopped(std::chrono::steady_clock::time_point deadline);

private:
    struct State;
    std::shared_ptr<State> state_;
    std::thread thread_;
};

} // namespace coffer::host
