#pragma once

#include "host/audit/AuditLog.h"
#include "host/audit/SinkFeeder.h"

#include <coffer/sdk/Plugin.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace coffer::host {

/// `audit.sink_failure`: what happens when a required sink lags too far.
enum class SinkFailure {
    buffer, ///< health says so; everything goes on, and the sink gets its records later
    refuse, ///< changes and secret reads are refused with 503 until it has caught up
};

struct DeliveryOptions {
    SinkFailure onFailure = SinkFailure::buffer;
    std::chrono::milliseconds longestLag{60'000}; ///< age of the oldest record that a sink does not have
    std::int64_t largestLag = 10'000;             ///< records that a sink does not have
    std::chrono::milliseconds headEvery{60'000};  ///< a signed head, when something was recorded since
    std::chrono::milliseconds checkEvery{1000};   ///< how often lag is looked at
    FeederOptions feeder;
};

/// Carries the audit log to its sinks, and says when one lags too far. Sinks can be late, and never have a
/// hole: each is fed from the stored log by a SinkFeeder. None of them can hold up the daemon.
///
/// One object for the life of the daemon; any thread.
class AuditDelivery {
public:
    AuditDelivery(Storage& storage, AuditLog& audit, Log& log, Metrics& metrics, DeliveryOptions options);
    AuditDelivery(const AuditDelivery&) = delete;
    AuditDelivery& operator=(const AuditDelivery&) = delete;
    ~AuditDelivery(); ///< stop(), without waiting for sinks

    /// Adds a sink and feeds it from now on, from where it was. `required` ones can make writeGate() refuse.
    /// @throws std::invalid_argument when one with that name is there
    void add(std::shared_ptr<AuditSink> sink, bool required);
    /// Removes a sink. It receives no record made after the call. A sink that hangs is abandoned.
    void remove(std::string_view name);

    /// Begins to look at lag and to record heads. Call it when the recorder is set.
    void start();
    /// Records a last head, gives the sinks until `deadline` to take what is stored, and ends.
    void stop(std::chrono::steady_clock::time_point deadline);
    /// SIGHUP.
    void reopen();

    /// The Database's write gate. @throws Problem 503 `audit_sink_lagging`
    void writeGate() const;
    /// The same for reading a secret, before it is opened. @throws Problem 503 `audit_sink_lagging`
    void mayReveal() const;

    /// Degraded while a sink lags too far, failed while that refuses changes.
    [[nodiscard]] Health health() const;

private:
    struct Entry {
        std::shared_ptr<SinkFeeder> feeder;
        bool required;
        Gauge* lag;
    };
    void watch(const std::stop_token& token);
    void measure();
    void recordHead() noexcept;
    [[nodiscard]] std::string sentenceAbout(Transaction& transaction, const Entry& entry,
                                            std::int64_t last) const;

    Storage& storage_;
    AuditLog& audit_;
    Log& log_;
    Metrics& metrics_;
    const DeliveryOptions options_;
    mutable std::mutex mutex_; ///< the members up to the next blank line
    std::vector<Entry> entries_;
    Health health_;

    std::atomic<bool> refusing_ = false;
    std::jthread watcher_;
};

} // namespace coffer::host
