#pragma once

#include <coffer/sdk/Problem.h>

#include <string>

struct sqlite3;

namespace coffer::detail {

/// Whether a connection that met this code should be replaced: its file cannot be trusted or reached.
[[nodiscard]] bool isBroken(int code) noexcept;

/// For the log: SQLite's words and code, and the system's error where there is one. Holds no stored value.
[[nodiscard]] std::string describe(sqlite3* handle, int code);

/// What a caller is told when the database does not answer: `storage_full`, `storage_busy`,
/// `storage_deadline` or `storage_unavailable`.
[[nodiscard]] Problem unavailable(sqlite3* handle, int code);

/// @throws ConstraintViolation for a constraint, std::logic_error for SQL that is wrong, else unavailable()
[[noreturn]] void throwFailure(sqlite3* handle, int code, bool readOnly);

} // namespace coffer::detail
