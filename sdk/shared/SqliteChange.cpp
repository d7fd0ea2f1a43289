#include "sdk/shared/SqliteChange.h"

#include <coffer/sdk/Problem.h>
#include <coffer/sdk/StorageError.h>

#include <sqlite3.h>

namespace coffer::detail {

namespace {

void require(SqliteConnection& connection, std::string_view sql) {
    if (const int code = connection.control(sql); code != SQLITE_OK)
        connection.fail(code);
}

bool referencesDangle(sqlite3* handle) {
    int unresolved = 0;
    int highest = 0;
    sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &highest, 0);
    return unresolved != 0;
}

} // namespace

void runChange(SqliteConnection& connection, SqliteTransaction& transaction,
               const std::function<void(Transaction&)>& closure,
               const std::function<void(Transaction&, const AuditEvent&)>& recorder) {
    closure(transaction);
    for (const AuditEvent& event : transaction.closeEvents())
        recorder(transaction, event);
    connection.releaseStatements();
    if (connection.transactionLost())
        throw Problem::unavailable(
            "storage_unavailable",
            "The change was taken back by the database before it was complete. Try again.", 1);
    if (referencesDangle(connection.handle()))
        throw ConstraintViolation(ConstraintViolation::Kind::foreignKey, {});
}

void beginChange(SqliteConnection& connection) {
    require(connection, "SAVEPOINT coffer_write");
}

void keepChange(SqliteConnection& connection) {
    require(connection, "RELEASE coffer_write");
}

void takeBackChange(SqliteConnection& connection) noexcept {
    connection.releaseStatements();
    if (connection.transactionLost())
        return;
    const int back = connection.control("ROLLBACK TO coffer_write");
    if (back != SQLITE_OK || connection.control("RELEASE coffer_write") != SQLITE_OK)
        connection.loseTransaction();
}

} // namespace coffer::detail
