#pragma once

#include "sdk/shared/SqliteTransaction.h"

#include <functional>

namespace coffer::detail {

/// Runs the closure of one write() in a savepoint of the transaction that is under way, and then `recorder`
/// for each event that it recorded. When this throws, takeBackChange() must follow.
/// @throws what the closure and the recorder throw; ConstraintViolation when references dangle; Problem when
///         SQLite took the transaction back by itself
void runChange(SqliteConnection& connection, SqliteTransaction& transaction,
               const std::function<void(Transaction&)>& closure,
               const std::function<void(Transaction&, const AuditEvent&)>& recorder);

/// Undoes what runChange() did, whether it threw or not; the transaction around it goes on unless it is lost.
void takeBackChange(SqliteConnection& connection) noexcept;

} // namespace coffer::detail
