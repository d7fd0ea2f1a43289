#pragma once

#include "sdk/shared/SqliteConnection.h"

#include <coffer/sdk/Snapshot.h>
#include <coffer/sdk/Storage.h>

#include <vector>

namespace coffer::detail {

/// What a closure is given: one transaction of one connection. Lives on the stack of the thread that runs the
/// closure.
class SqliteTransaction final : public Transaction, public Snapshot {
public:
    /// `origin` must outlive it. @param snapshot  see Snapshot::number()
    SqliteTransaction(SqliteConnection& connection, const Origin& origin, Instant now, bool writable,
                      std::uint64_t snapshot = 0) noexcept;

    [[nodiscard]] std::int64_t lastInsertId() const override;
    [[nodiscard]] Instant now() const noexcept override { return now_; }
    [[nodiscard]] const Origin& origin() const noexcept override { return origin_; }
    [[nodiscard]] bool writable() const noexcept override { return writable_; }
    [[nodiscard]] std::uint64_t number() const noexcept override { return snapshot_; }
    void record(AuditEvent event) override;
    void scrub() override;
    [[nodiscard]] Poco::Data::Session& session() override;
    [[nodiscard]] Statement& prepare(std::string_view sql) override;

    /// What was recorded so far; nothing more can be.
    [[nodiscard]] std::vector<AuditEvent> closeEvents() noexcept;
    [[nodiscard]] bool scrubAsked() const noexcept { return scrub_; }

protected:
    [[nodiscard]] std::int64_t changes() const override;

private:
    SqliteConnection& connection_;
    const Origin& origin_;
    Instant now_;
    std::vector<AuditEvent> events_;
    std::uint64_t snapshot_;
    bool writable_;
    bool eventsClosed_ = false;
    bool scrub_ = false;
};

} // namespace coffer::detail
