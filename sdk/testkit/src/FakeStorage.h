#pragma once

#include "FakeAudit.h"

#include "sdk/shared/SqliteConnection.h"

#include <coffer/sdk/Storage.h>

#include <atomic>
#include <mutex>
#include <span>
#include <thread>

namespace coffer::testkit {

/// SQLite in memory, with one connection: reads and writes wait for each other. Any thread.
class FakeStorage final : public Storage {
public:
    explicit FakeStorage(FakeAudit& audit);

    using Storage::read;
    using Storage::write;
    void read(const std::function<void(Transaction&)>& closure) override;
    void write(const Origin& origin, const std::function<void(Transaction&)>& closure) override;

    void migrate(std::string_view owner, std::span<const Migration> steps);
    /// Nothing works any more: the plugin has stopped.
    void close() noexcept { closed_ = true; }

    void setTime(Instant now) noexcept { now_ = now; }
    [[nodiscard]] Instant now() const noexcept { return now_; }
    void runWritesTwice(bool twice) noexcept { twice_ = twice; }

private:
    class Turn;

    void commitChange(const Origin& origin, const std::function<void(Transaction&)>& closure);
    [[nodiscard]] std::vector<AuditRecord> runOnce(const Origin& origin,
                                                   const std::function<void(Transaction&)>& closure);
    void require(int code);

    FakeAudit& audit_;
    detail::SqliteConnection connection_;
    std::mutex mutex_;
    std::atomic<std::thread::id> inside_{}; ///< whose closure runs
    std::atomic<Instant> now_;
    std::uint64_t commits_ = 1; ///< guarded by `mutex_`
    std::atomic<bool> twice_ = false;
    std::atomic<bool> closed_ = false;
};

} // namespace coffer::testkit
