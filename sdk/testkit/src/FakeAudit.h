#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace coffer::testkit {

/// The audit log in memory. Any thread.
class FakeAudit {
public:
    explicit FakeAudit(Log& log) noexcept : log_(log) {}

    /// From here on hooks are asked and sinks are fed.
    void serve(std::vector<std::shared_ptr<AuditHook>> hooks, std::vector<std::shared_ptr<AuditSink>> sinks);
    void close();

    /// The record that the event becomes if its transaction is kept, as number `ahead` after the last one
    /// kept.
    [[nodiscard]] AuditRecord prepare(const Transaction& transaction, const AuditEvent& event,
                                      std::size_t ahead) const;
    /// Their transaction was kept.
    void keep(std::vector<AuditRecord> records);
    /// Gives the sinks what they do not have yet. What one throws is logged, and the same is sent again the
    /// next time.
    void deliver();

    [[nodiscard]] std::vector<AuditRecord> records() const;

private:
    struct Feed {
        std::shared_ptr<AuditSink> sink;
        std::size_t position = 0; ///< how many records it has
    };
    [[nodiscard]] std::vector<AuditRecord> after(std::size_t position) const;
    void failed(const std::string& why);

    Log& log_;
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<AuditHook>> hooks_;
    std::vector<AuditRecord> records_;
    std::recursive_mutex deliveryMutex_;
    bool delivering_ = false; ///< a sink that writes does not feed itself
    std::vector<Feed> feeds_;
};

} // namespace coffer::testkit
