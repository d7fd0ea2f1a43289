#pragma once

namespace coffer::host {

/// Sets SQLite up for this process: how it guards itself, and enablePageErasure(). Comes before the first
/// database is opened, whoever opens it: SQLite takes no settings once it works. Any thread, any number of
/// times.
void setUpSqlite();

} // namespace coffer::host
