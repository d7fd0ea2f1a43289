#pragma once

#include "host/storage/DatabaseConnection.h"
#include "host/storage/GroupTurn.h"
#include "host/storage/Readers.h"

#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/Telemetry.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace coffer::host {

/// Moves what is in the write-ahead log into the database file, on a thread of its own: now and then, so that
/// the log stays bounded, and until the log is empty, when deleted bytes have to be gone.
class Checkpointer {
public:
    /// @param readers  outlive the object
    Checkpointer(std::filesystem::path file, Readers& readers, std::chrono::milliseconds scrubAfter, Log& log,
                 Metrics& metrics);
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;
    /// Scrubs what was asked for, if the readers let it.
    ~Checkpointer();

    /// Old bytes must leave the files; called after the commit that replaced them. Any thread.
    void scrub();
    /// How many pages the log holds after a commit. Any thread.
    void grown(int pages);
    /// Each group of writes runs in a turn of its own.
    [[nodiscard]] GroupTurn& turn() noexcept { return turn_; }
    /// Degraded when a scrub is overdue. Any thread.
    [[nodiscard]] Health health() const;

private:
    using Clock = std::chrono::steady_clock;

    void loop();
    void work(std::unique_lock<std::mutex>& lock);
    bool checkpoint(int mode, std::chrono::milliseconds patience);
    bool startLogAnew(int mode, std::chrono::milliseconds patience);

    const std::filesystem::path file_;
    Readers& readers_;
    const std::chrono::milliseconds scrubAfter_;
    Log& log_;
    Counter& scrubs_;
    GroupTurn turn_;
    std::unique_ptr<DatabaseConnection> connection_; ///< of the thread
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Clock::time_point> scrubAsked_; ///< when the oldest request that is not yet met was made
    std::chrono::milliseconds patience_{0};       ///< how long the next attempt waits for readers
    int pages_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace coffer::host
