#pragma once

#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace coffer::host {

class Checkpointer;
class FileLock;
class Readers;
class Writer;

struct DatabaseOptions {
    std::filesystem::path file;
    std::size_t readers = 8;                       ///< connections that read; opened when first needed
    std::chrono::milliseconds readDeadline{2000};  ///< waiting for a reader, and then again for its SQL
    std::chrono::milliseconds writeDeadline{5000}; ///< waiting to begin, and then again for the closure's SQL
    std::chrono::milliseconds stuckAfter{30'000};  ///< a closure that holds the writer this long: not healthy
    std::chrono::milliseconds endAfter{60'000};    ///< and this long: the process ends
    std::size_t queuedWrites = 1024;               ///< that wait; more are refused at once
    std::chrono::milliseconds scrubAfter{5000};    ///< how long requests to scrub are gathered
    /// Ends the process when a closure never gives the writer back: exit status 70 for its supervisor, unless
    /// a test puts something else here.
    std::function<void()> end = [] { std::_Exit(70); };
};

/// The daemon's SQLite file: WAL, synchronous=FULL, one writer that commits in groups, and a pool of readers.
///
/// The constructor makes the file (0600) and its folder (0700) where there are none, takes the lock
/// `<file>.lock` for as long as the object lives, and starts the threads of the writer, of its watch and of
/// the checkpoints. Any thread may call, after the set functions. The destructor finishes the writes that
/// wait.
class Database final : public Storage {
public:
    using Recorder = std::function<void(Transaction&, const AuditEvent&)>;

    /// @throws std::runtime_error with a sentence: locked by another process, not a database of coffer, made
    /// by a newer program, not readable
    Database(DatabaseOptions options, Log& log, Metrics& metrics);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() override;

    using Storage::read;
    using Storage::write;
    /// @throws Problem 503 `storage_busy`, `storage_deadline` or `storage_unavailable`, and what the closure
    /// throws
    void read(const std::function<void(Transaction&)>& closure) override;
    /// @throws Problem 503 `storage_busy` (it has not begun and never will), `storage_deadline`,
    /// `storage_full`, `storage_unavailable`, or `outcome_unknown` (the disk did not answer in time, it may
    /// or may not be there), ConstraintViolation, and what the closure, the recorder and the gate throw
    void write(const Origin& origin, const std::function<void(Transaction&)>& closure) override;

    /// Called on the writer's thread for each event that a closure recorded, in order, after the closure
    /// returned and in its transaction. What it throws undoes the change. Set it before the first write().
    void setRecorder(Recorder recorder);
    /// Called on the caller's thread before a write is queued; throws a Problem to refuse it. Set it before
    /// others call write().
    void setWriteGate(std::function<void()> gate);

    /// Brings `owner`'s tables up to date, each step in a transaction of its own. Runs past the gate and
    /// without deadline. @throws std::runtime_error when the file is newer than the program, or a step that
    /// was applied has been changed since; std::logic_error when steps are not numbered 1, 2, 3...
    void migrate(std::string_view owner, std::span<const Migration> steps);

    /// Failed: a closure is stuck, or the last commit failed. Degraded: what was deleted could not be
    /// scrubbed in time.
    [[nodiscard]] Health health() const;

    /// Grows with each commit that changed something, before whoever asked for the change is told of it: what
    /// was read stays true for as long as this stays what it was before the reading.
    [[nodiscard]] std::uint64_t commits() const noexcept { return commits_; }

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

private:
    std::filesystem::path file_;
    std::function<void()> gate_;
    std::atomic<std::uint64_t> commits_ = 1; // 0 names no snapshot
    std::unique_ptr<FileLock> lock_;
    std::unique_ptr<Readers> readers_;
    std::unique_ptr<Checkpointer> checkpointer_;
    std::unique_ptr<Writer> writer_;
};

} // namespace coffer::host
