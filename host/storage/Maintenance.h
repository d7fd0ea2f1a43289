#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace coffer::host {

/// What `cofferd storage` does to database files as a whole, and what the daemon asks of a file before it
/// opens it. Each works on connections of its own, past Database.

/// Whether the file is one that this program may open: a database of coffer, in a form it knows, or still
/// empty. Changes nothing. @throws std::runtime_error with a sentence
void requireOwnDatabase(const std::filesystem::path& file);

/// Looks at every page, index, constraint and reference. Works beside a running daemon, too. @returns what is
/// wrong, a sentence each; empty when all is well. @throws std::runtime_error when there is no such file
[[nodiscard]] std::vector<std::string> checkDatabase(const std::filesystem::path& file);

/// Writes a copy of the database as of one moment, mode 0600, checked and on the disk when it returns. Works
/// beside a running daemon, too. Leaves nothing behind when it fails. @throws std::runtime_error with a
/// sentence, also when `destination` exists
void backupDatabase(const std::filesystem::path& source, const std::filesystem::path& destination);

/// Puts a backup in the place of a database, which no daemon may be using. The backup is checked first; the
/// old file is there until the new one, complete and on the disk, replaces it in one step.
/// @throws std::runtime_error with a sentence; then nothing has changed
void restoreDatabase(const std::filesystem::path& backup, const std::filesystem::path& target);

} // namespace coffer::host
