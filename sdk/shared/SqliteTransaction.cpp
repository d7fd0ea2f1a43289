#include "sdk/shared/SqliteTransaction.h"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace coffer::detail {

SqliteTransaction::SqliteTransaction(SqliteConnection& connection, const Origin& origin, Instant now,
                                     bool writable, std::uint64_t snapshot) noexcept
    : connection_(connection), origin_(origin), now_(now), snapshot_(snapshot), writable_(writable) {}

std::int64_t SqliteTransaction::lastInsertId() const {
    return sqlite3_last_insert_rowid(connection_.handle());
}

std::int64_t SqliteTransaction::changes() const {
    return sqlite3_changes64(connection_.handle());
}

void SqliteTransaction::record(AuditEvent event) {
    if (!writable_)
        throw std::logic_error("an audit event was recorded in read(): record it in write()");
    if (eventsClosed_)
        throw std::logic_error("an audit event was recorded while events are being written");
    events_.push_back(std::move(event));
}

void SqliteTransaction::scrub() {
    if (!writable_)
        throw std::logic_error("scrub() was asked for in read(): ask in write()");
    scrub_ = true;
}

Poco::Data::Session& SqliteTransaction::session() {
    connection_.noteChange(); // what is done with it is not seen
    return connection_.session();
}

Statement& SqliteTransaction::prepare(std::string_view sql) {
    return connection_.prepare(sql);
}

std::vector<AuditEvent> SqliteTransaction::closeEvents() noexcept {
    eventsClosed_ = true;
    return std::exchange(events_, {});
}

} // namespace coffer::detail
