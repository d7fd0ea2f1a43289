#pragma once

#include "host/storage/DatabaseConnection.h"
#include "host/storage/WriteGroup.h"
#include "host/storage/WriteQueue.h"

#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace coffer::host {

class Checkpointer;

struct WriterOptions {
    std::filesystem::path file;
    WriteQueue::Limits limits;
    std::chrono::milliseconds deadline;   ///< of a closure's SQL
    std::chrono::milliseconds stuckAfter; ///< a closure that runs this long is reported
    std::chrono::milliseconds endAfter;   ///< and this long: `end` is called
    std::function<void()> end;
};

/// The one connection that changes the database, the thread that runs the closures on it, and a second thread
/// that watches the first.
class Writer {
public:
    /// `connection` is for writing; `checkpointer` and `commits` outlive the writer, who counts in it.
    Writer(WriterOptions options, std::unique_ptr<DatabaseConnection> connection, Checkpointer& checkpointer,
           std::atomic<std::uint64_t>& commits, Log& log, Metrics& metrics);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    /// Finishes what waits.
    ~Writer();

    void setRecorder(WriteGroup::Recorder recorder);
    /// @throws see Database::write(). `alone`: without deadline, in a transaction of its own
    void write(const Origin& origin, const std::function<void(Transaction&)>& closure, bool alone);
    [[nodiscard]] Health health() const;

private:
    void loop();
    bool begin();
    void runGroup();
    void replaceBroken();
    void setFailing(std::string reason);
    void watch();
    void look(const WriterActivity& activity);

    const WriterOptions options_;
    Checkpointer& checkpointer_;
    std::atomic<std::uint64_t>& commits_;
    Log& log_;
    Counter& succeeded_;
    Counter& failed_;
    Counter& busy_;
    Counter& groups_;
    Gauge& queued_;
    Histogram& seconds_;
    WriteGroup::Recorder recorder_;
    std::unique_ptr<DatabaseConnection> connection_; ///< of the writer's thread
    std::chrono::steady_clock::time_point busySince_ =
        std::chrono::steady_clock::time_point::max(); ///< likewise
    WriteQueue queue_;
    mutable std::mutex mutex_; ///< guards what follows
    std::condition_variable stopped_;
    std::string failing_;        ///< why the last transaction did not commit; empty when it did
    std::string stuck_;          ///< who holds the writer for too long
    std::uint64_t reported_ = 0; ///< number of the activity that the log has named
    std::uint64_t ended_ = 0;    ///< and of the one for which the process was to end
    bool stopping_ = false;
    std::thread thread_;
    std::thread watch_;
};

} // namespace coffer::host
