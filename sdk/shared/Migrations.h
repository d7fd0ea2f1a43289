#pragma once

#include "sdk/shared/SqliteConnection.h"

#include <coffer/sdk/Storage.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace coffer::detail {

/// PRAGMA application_id of every database of coffer: `COFR`.
inline constexpr int applicationId = 0x434F4652;
/// PRAGMA user_version: the form of the file itself. A program refuses what it does not know.
inline constexpr int fileFormat = 1;

/// Marks a fresh file as coffer's and makes the table in which applied steps are kept; changes nothing in one
/// that has both. @throws Problem when the database does not answer
void prepareFile(SqliteConnection& connection);

/// What one owner's tables need to be up to date with the program.
class Migrations {
public:
    /// `steps` must outlive it. @throws std::logic_error when they are not numbered 1, 2, 3...
    Migrations(std::string_view owner, std::span<const Migration> steps);

    /// Reads which steps the file has. @throws std::runtime_error when it has more than the program knows, or
    /// one that differs
    [[nodiscard]] std::span<const Migration> missing(Transaction& transaction) const;
    /// Runs one step and notes it. @throws std::runtime_error that names the step when its SQL fails
    void apply(Transaction& transaction, const Migration& step) const;

private:
    std::string owner_;
    std::span<const Migration> steps_;
};

} // namespace coffer::detail
