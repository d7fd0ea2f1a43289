#pragma once

#include "host/storage/DatabaseConnection.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace coffer::host {

/// The connections that read. Any thread.
class Readers {
public:
    Readers(std::filesystem::path file, std::size_t limit, std::chrono::milliseconds deadline, Log& log,
            Metrics& metrics);

    /// Runs `closure` on one snapshot. @throws Problem 503 `storage_busy` when no connection came free,
    /// `storage_deadline`, `storage_unavailable`, and what the closure throws
    void run(const std::function<void(Transaction&)>& closure);

private:
    class Lease;

    std::unique_ptr<DatabaseConnection> take();
    void giveBack(std::unique_ptr<DatabaseConnection> connection) noexcept;
    void readSnapshot(DatabaseConnection& connection, const std::function<void(Transaction&)>& closure);

    const std::filesystem::path file_;
    const std::size_t limit_;
    const std::chrono::milliseconds deadline_;
    Log& log_;
    Counter& succeeded_;
    Counter& failed_;
    Counter& busy_;
    std::mutex mutex_;
    std::condition_variable cameFree_;
    std::vector<std::unique_ptr<DatabaseConnection>> free_;
    std::size_t open_ = 0; ///< free ones and those in use
};

} // namespace coffer::host
