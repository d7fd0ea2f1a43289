#pragma once

#include "host/storage/DatabaseConnection.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace coffer::host {

/// The connections that read. Each is opened when it is first needed and stays open. While no further one can
/// be opened, as without a free descriptor, those that are open serve all reads. A snapshot is kept for the
/// next closure as long as nothing is committed: to begin and to end one costs four system calls. Any thread.
class Readers {
public:
    /// @param commits  grows with each commit, after it and before anybody is told of it; outlives the object
    Readers(std::filesystem::path file, std::size_t limit, std::chrono::milliseconds deadline,
            const std::atomic<std::uint64_t>& commits, Log& log, Metrics& metrics);

    /// Runs `closure` on one snapshot. @throws Problem 503 `storage_busy` when no connection came free,
    /// `storage_deadline`, `storage_unavailable` when none is open and none can be opened, and what the
    /// closure throws
    void run(const std::function<void(Transaction&)>& closure);

    /// While one exists, no snapshot outlives its closure: the log cannot be emptied past one.
    class Pause {
    public:
        explicit Pause(Readers& readers) : readers_(readers) { readers_.keepSnapshots(false); }
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;
        ~Pause() { readers_.keepSnapshots(true); }

    private:
        Readers& readers_;
    };

private:
    struct Reader {
        explicit Reader(const std::filesystem::path& file)
            : connection(file, DatabaseConnection::Use::read) {}
        DatabaseConnection connection;
        std::optional<std::uint64_t> snapshot; ///< the commits that it holds, while it is open
    };
    class Lease;

    using Clock = std::chrono::steady_clock;

    std::unique_ptr<Reader> take();
    /// Under the lock.
    [[nodiscard]] bool mayOpen() const;
    /// Opens the connection that `open_` counts already. @returns null when it cannot be opened and others
    /// are open
    std::unique_ptr<Reader> tryOpen();
    void giveBack(std::unique_ptr<Reader> reader) noexcept;
    void openSnapshot(Reader& reader);
    static void endSnapshot(Reader& reader) noexcept;
    void readSnapshot(Reader& reader, const std::function<void(Transaction&)>& closure);
    void keepSnapshots(bool keep);

    const std::filesystem::path file_;
    const std::size_t limit_;
    const std::chrono::milliseconds deadline_;
    const std::atomic<std::uint64_t>& commits_;
    Log& log_;
    Counter& succeeded_;
    Counter& failed_;
    Counter& busy_;
    std::mutex mutex_;
    std::condition_variable cameFree_;
    std::vector<std::unique_ptr<Reader>> free_;
    std::size_t open_ = 0;        ///< free ones and those in use
    Clock::time_point openAgain_; ///< no further one is opened before
    bool keepsSnapshots_ = true;
};

} // namespace coffer::host
