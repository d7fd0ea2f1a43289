#include "host/storage/Sqlite.h"

#include "host/storage/PageErasure.h"

#include <sqlite3.h>

#include <mutex>

namespace coffer::host {

void setUpSqlite() {
    static std::once_flag done;
    std::call_once(done, [] {
        // One thread at a time uses a connection: SQLite need not guard each of its calls with a mutex. Where
        // it has begun to work already, as in tests, it goes on guarding them.
        (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        // Nobody asks how much memory it uses, and to count it costs a lock for each piece.
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        enablePageErasure();
    });
}

} // namespace coffer::host
