#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace coffer::host {

struct FeederOptions {
    std::size_t batch = 500;                   ///< records handed over at once
    std::chrono::milliseconds poll{1000};      ///< looks for new records at least this often
    std::chrono::milliseconds settle{20};      ///< after a hint, for the commit it precedes
    std::chrono::milliseconds firstRetry{500}; ///< after a failure; doubles each time
    std::chrono::milliseconds longestRetry{60'000};
    std::chrono::milliseconds keepPosition{1000}; ///< writes the position at most this often while busy
};

/// How a sink is doing.
struct SinkStatus {
    bool known = false;        ///< whether its position has been read yet
    std::int64_t position = 0; ///< the last record it has stored
    bool failing = false;
    std::string error; ///< of the last failure; empty when the last delivery went well
};

/// Feeds one sink from the stored log, on a thread of its own, from the sink's own position: at least once,
/// in order, without a hole. Whatever the sink or the host throws is logged and tried again. A sink that
/// hangs keeps only this thread; it is abandoned when the feeder stops.
class SinkFeeder {
public:
    SinkFeeder(std::shared_ptr<AuditSink> sink, Storage& storage, Log& log, FeederOptions options);
    SinkFeeder(const SinkFeeder&) = delete;
    SinkFeeder& operator=(const SinkFeeder&) = delete;
    /// Abandons what has not ended.
    ~SinkFeeder();

    void wake();
    /// Asks the sink to reopen, on its own thread.
    void reopen();
    /// Asks to deliver what is stored now, and to end.
    void beginStop();
    /// Waits for that. When the deadline passes the thread is left behind; it touches nothing of the host any
    /// more. @returns whether it ended
    bool awaitStop(std::chrono::steady_clock::time_point deadline);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] SinkStatus status() const;

private:
    class Feed;
    std::string name_;
    std::shared_ptr<Feed> feed_;
};

/// While one exists on a thread, AuditDelivery::writeGate() lets this thread's writes pass: they are the
/// audit's own, which bring the lag down.
class PassesWriteGate {
public:
    PassesWriteGate() noexcept;
    PassesWriteGate(const PassesWriteGate&) = delete;
    PassesWriteGate& operator=(const PassesWriteGate&) = delete;
    ~PassesWriteGate();
    [[nodiscard]] static bool here() noexcept;
};

} // namespace coffer::host
