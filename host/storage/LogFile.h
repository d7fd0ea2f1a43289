#pragma once

#include <sqlite3.h>

namespace coffer::host {

/// SQLite writes each page into its write-ahead log with two calls to the system, some thirty pages for a
/// small change. A log that is opened here gathers what is written one behind the other and writes it with
/// one call, at the latest when SQLite syncs. Nobody else looks for a frame before that: SQLite tells of it
/// after the sync, which every commit with `synchronous = FULL` has.
/// @param system  where the file lies; `file` has room for logFileSize() bytes
/// @returns SQLite's result code
[[nodiscard]] int openLogFile(sqlite3_vfs& system, const char* name, sqlite3_file* file, int flags,
                              int* givenFlags) noexcept;
[[nodiscard]] int logFileSize(const sqlite3_vfs& system) noexcept;

} // namespace coffer::host
