#pragma once

#include <coffer/sdk/Storage.h>

#include <memory>
#include <string_view>

struct sqlite3_stmt;

namespace coffer::detail {

class SqliteConnection;

/// A prepared statement of one SqliteConnection, which owns it and keeps it for the next use.
class SqliteStatement final : public Statement {
public:
    /// @throws std::logic_error when `sql` is not exactly one statement, Problem when the database does not
    /// answer
    SqliteStatement(SqliteConnection& connection, std::string_view sql);
    SqliteStatement(const SqliteStatement&) = delete;
    SqliteStatement& operator=(const SqliteStatement&) = delete;

    void bindNull(int index) override;
    void bind(int index, std::int64_t value) override;
    void bind(int index, double value) override;
    void bind(int index, std::string_view text) override;
    void bind(int index, std::span<const std::byte> blob) override;
    bool step() override;
    [[nodiscard]] bool isNull(int column) const override;
    [[nodiscard]] std::int64_t integer(int column) const override;
    [[nodiscard]] double real(int column) const override;
    [[nodiscard]] std::string_view text(int column) const override;
    [[nodiscard]] std::span<const std::byte> blob(int column) const override;
    void release() noexcept override;

    [[nodiscard]] bool inUse() const noexcept { return inUse_; }
    void take() noexcept;
    /// Steps past every check, for the host's own statements. @returns SQLite's extended result code
    int stepUnchecked() noexcept;

private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    void check(int code);

    SqliteConnection& connection_;
    std::unique_ptr<sqlite3_stmt, Finalizer> handle_;
    bool inUse_ = false;
    bool finished_ = false;
};

} // namespace coffer::detail
