#include "sdk/shared/SqliteErrors.h"

#include <coffer/sdk/StorageError.h>

#include <sqlite3.h>

#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace coffer::detail {

namespace {

int primary(int code) {
    return code & 0xff;
}

bool diskFull(sqlite3* handle, int code) {
    if (primary(code) == SQLITE_FULL)
        return true;
    const int system = sqlite3_system_errno(handle);
    return primary(code) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT);
}

[[noreturn]] void throwConstraint(sqlite3* handle, int code) {
    using Kind = ConstraintViolation::Kind;
    std::string text = sqlite3_errmsg(handle);
    if (code == SQLITE_CONSTRAINT_TRIGGER)
        throw ConstraintViolation(Kind::trigger, std::move(text));
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
        throw ConstraintViolation(Kind::foreignKey, {});
    // "UNIQUE constraint failed: table.column"
    constexpr std::string_view middle = " constraint failed: ";
    if (const auto at = text.find(middle); at != std::string::npos)
        text.erase(0, at + middle.size());
    switch (code) {
    case SQLITE_CONSTRAINT_CHECK:
        throw ConstraintViolation(Kind::check, std::move(text));
    case SQLITE_CONSTRAINT_NOTNULL:
        throw ConstraintViolation(Kind::notNull, std::move(text));
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        throw ConstraintViolation(Kind::unique, std::move(text));
    default:
        throw std::logic_error("the database refused a change: " + text);
    }
}

} // namespace

bool isBroken(int code) noexcept {
    switch (primary(code)) {
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_PROTOCOL:
        return true;
    default:
        return false;
    }
}

std::string describe(sqlite3* handle, int code) {
    std::string text = std::string(sqlite3_errstr(code)) + " (SQLite " + std::to_string(code);
    if (const int system = sqlite3_system_errno(handle); system != 0 && isBroken(code))
        text += ", " + std::generic_category().message(system);
    return text + ")";
}

Problem unavailable(sqlite3* handle, int code) {
    if (diskFull(handle, code))
        return Problem::unavailable("storage_full", "The disk of the database is full. Nothing was changed.",
                                    30);
    switch (primary(code)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return Problem::unavailable("storage_busy", "The database is busy. Nothing was changed; try again.",
                                    1);
    case SQLITE_INTERRUPT:
        return Problem::unavailable(
            "storage_deadline", "The database took too long and was interrupted. Nothing was changed.", 5);
    default:
        return Problem::unavailable("storage_unavailable",
                                    "The database does not answer. Nothing was changed.", 10);
    }
}

void throwFailure(sqlite3* handle, int code, bool readOnly) {
    switch (primary(code)) {
    case SQLITE_CONSTRAINT:
        throwConstraint(handle, code);
    case SQLITE_READONLY:
        if (readOnly)
            throw std::logic_error("SQL that changes something was run in read()");
        throw unavailable(handle, code);
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_MISUSE:
    case SQLITE_AUTH:
        throw std::logic_error(std::string("this SQL does not work: ") + sqlite3_errmsg(handle));
    default:
        throw unavailable(handle, code);
    }
}

} // namespace coffer::detail
