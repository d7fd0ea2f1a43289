#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace coffer::host {

/// The threads that pull BodyProducers, one piece at a time and in turn, so that many downloads share few
/// threads. Any thread.
class ServerProducers {
public:
    ServerProducers() = default;
    ServerProducers(const ServerProducers&) = delete;
    ServerProducers& operator=(const ServerProducers&) = delete;
    ~ServerProducers() { stop(); }

    void start(std::size_t threads);
    /// Runs `pull` later; never waits. Nothing runs after stop().
    void schedule(std::function<void()> pull);
    /// Waits for what is running; what is queued is dropped.
    void stop();

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

} // namespace coffer::host
