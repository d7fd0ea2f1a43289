#include "sdk/shared/SqliteStatement.h"

#include "sdk/shared/SqliteConnection.h"

#include <coffer/sdk/Problem.h>

#include <sqlite3.h>

#include <stdexcept>

namespace coffer::detail {

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(SqliteConnection& connection, std::string_view sql)
    : connection_(connection) {
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    handle_.reset(statement);
    if (code != SQLITE_OK)
        connection.fail(code);
    const std::string_view remainder(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
    if (!statement || remainder.find_first_not_of("; \t\r\n") != std::string_view::npos)
        throw std::logic_error("this is not exactly one SQL statement: " + std::string(sql));
}

void SqliteStatement::check(int code) {
    if (code != SQLITE_OK)
        connection_.fail(code);
}

void SqliteStatement::bindNull(int index) {
    check(sqlite3_bind_null(handle_.get(), index));
}

void SqliteStatement::bind(int index, std::int64_t value) {
    check(sqlite3_bind_int64(handle_.get(), index, value));
}

void SqliteStatement::bind(int index, double value) {
    check(sqlite3_bind_double(handle_.get(), index, value));
}

void SqliteStatement::bind(int index, std::string_view text) {
    // An empty view may hold a null pointer, which SQLite would take for NULL.
    check(sqlite3_bind_text64(handle_.get(), index, text.empty() ? "" : text.data(), text.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
}

void SqliteStatement::bind(int index, std::span<const std::byte> blob) {
    if (blob.empty())
        check(sqlite3_bind_zeroblob(handle_.get(), index, 0));
    else
        check(sqlite3_bind_blob64(handle_.get(), index, blob.data(), blob.size(), SQLITE_TRANSIENT));
}

bool SqliteStatement::step() {
    // SQLite would start the statement once more.
    if (finished_)
        return false;
    if (connection_.transactionLost())
        throw Problem::unavailable(
            "storage_unavailable",
            "The change was taken back by the database before it was complete. Try again.", 1);
    if (sqlite3_stmt_readonly(handle_.get()) == 0)
        connection_.noteChange();
    const int code = stepUnchecked();
    if (code == SQLITE_ROW)
        return true;
    finished_ = true;
    if (code != SQLITE_DONE)
        connection_.fail(code);
    return false;
}

int SqliteStatement::stepUnchecked() noexcept {
    return sqlite3_step(handle_.get());
}

bool SqliteStatement::isNull(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

double SqliteStatement::real(int column) const {
    return sqlite3_column_double(handle_.get(), column);
}

std::string_view SqliteStatement::text(int column) const {
    sqlite3_value* const value = sqlite3_column_value(handle_.get(), column);
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    if (!text)
        return {};
    return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::span<const std::byte> SqliteStatement::blob(int column) const {
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(handle_.get(), column));
    if (!bytes)
        return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

void SqliteStatement::take() noexcept {
    inUse_ = true;
    finished_ = false;
}

void SqliteStatement::release() noexcept {
    if (!inUse_)
        return;
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
    inUse_ = false;
    std::erase(connection_.inUse_, this);
}

} // namespace coffer::detail
