#pragma once

#include "sdk/shared/SqliteTransaction.h"

#include <functional>

namespace coffer::detail {

/// Runs the closure of one write() in the transaction that is under way, and then `recorder` for each event
/// that it recorded. When this throws, what was done must be taken back.
/// @throws what the closure and the recorder throw; ConstraintViolation when references dangle; Problem when
///         SQLite took the transaction back by itself
void runChange(SqliteConnection& connection, SqliteTransaction& transaction,
               const std::function<void(Transaction&)>& closure,
               const std::function<void(Transaction&, const AuditEvent&)>& recorder);

///@{
/// A savepoint around runChange(), which keeps the transaction when the change is taken back: one of the last
/// two ends it, and must follow. @throws Problem when the database does not answer
void beginChange(SqliteConnection& connection);
void keepChange(SqliteConnection& connection);
void takeBackChange(SqliteConnection& connection) noexcept;
///@}

} // namespace coffer::detail
