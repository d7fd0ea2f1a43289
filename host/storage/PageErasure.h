#pragma once

#include <span>

namespace coffer::host {

/// secure_delete overwrites cells that are freed, but not the copies that SQLite leaves in the unused middle
/// of a page when it moves cells to another one. From this call on, every database file that this process
/// opens gets that space zeroed as its pages are written (docs: "Database File Format", B-tree Pages). Pages
/// in memory and in the write-ahead log are left alone: the log is emptied by the Checkpointer. Logs are
/// written as LogFile.h says. Any thread, any number of times.
void enablePageErasure();

/// The unused space between a b-tree page's cell pointers and its cells; empty when `page` is of another
/// kind, or not what it should be. @param first whether it is the file's first page, which begins with the
/// file's header
[[nodiscard]] std::span<const char> unusedSpace(std::span<const char> page, bool first) noexcept;

} // namespace coffer::host
