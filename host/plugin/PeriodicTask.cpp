#include "host/plugin/PeriodicTask.h"

#include "host/plugin/AbandonableCall.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace coffer::host {

struct PeriodicTask::State {
    const std::string name;
    const std::chrono::milliseconds interval;
    const std::function<void(std::stop_token)> task;
    const std::shared_ptr<Log> log;
    std::stop_source stop;
    std::mutex mutex;
    std::condition_variable_any changed;
    bool ended = false;

    State(std::string name_, std::chrono::milliseconds interval_, std::function<void(std::stop_token)> task_,
          std::shared_ptr<Log> log_)
        : name(std::move(name_)), interval(interval_), task(std::move(task_)), log(std::move(log_)) {}

    /// @returns false when it shall stop
    [[nodiscard]] bool rest() {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, stop.get_token(), interval, [] { return false; });
        return !stop.stop_requested();
    }

    void run() {
        // Also when pthread_exit() unwinds the thread.
        const std::unique_ptr<State, void (*)(State*)> atTheEnd(this, [](State* state) { state->end(); });
        while (rest())
            runOnce();
    }

    void runOnce() {
        try {
            withStandardExceptions("", [this] { task(stop.get_token()); });
        } catch (const std::exception&) {
            log->warning("a periodic task failed; it runs again after its interval",
                         {{"task", name}, {"reason", describeCurrentException()}});
        }
    }

    void end() {
        const std::lock_guard lock(mutex);
        ended = true;
        changed.notify_all();
    }
};

PeriodicTask::PeriodicTask(std::string name, std::chrono::milliseconds interval,
                           std::function<void(std::stop_token)> task, std::shared_ptr<Log> log)
    : state_(std::make_shared<State>(std::move(name), interval, std::move(task), std::move(log))),
      thread_([state = state_] { state->run(); }) {}

PeriodicTask::~PeriodicTask() {
    if (!thread_.joinable())
        return;
    requestStop();
    thread_.detach();
}

const std::string& PeriodicTask::name() const noexcept {
    return state_->name;
}

void PeriodicTask::requestStop() noexcept {
    state_->stop.request_stop();
}

bool PeriodicTask::waitUntilStopped(std::chrono::steady_clock::time_point deadline) {
    requestStop();
    std::unique_lock lock(state_->mutex);
    if (!state_->changed.wait_until(lock, deadline, [this] { return state_->ended; }))
        return false;
    lock.unlock();
    if (thread_.joinable())
        thread_.join();
    return true;
}

} // namespace coffer::host
