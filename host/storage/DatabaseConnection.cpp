#include "host/storage/DatabaseConnection.h"

#include "host/storage/Sqlite.h"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Exception.h>

#include <sqlite3.h>

#include <stdexcept>

namespace coffer::host {

namespace {

// What a group of changes touches must fit, or SQLite writes pages out before the commit and reads them
// again.
constexpr const char* writerCache = "PRAGMA cache_size = -16384"; // KiB
constexpr int writerBusyMilliseconds = 250;
constexpr int readerBusyMilliseconds = 1000;
/// Poco tries to open a file again and again for so long. A request waits for it, and other connections may
/// be free.
constexpr std::size_t openRetrySeconds = 0;

std::unique_ptr<Poco::Data::Session> openSession(const std::filesystem::path& file, bool create) {
    std::error_code missing;
    if (!create && (std::filesystem::file_size(file, missing) == 0 || missing))
        throw std::runtime_error("the database " + file.string() +
                                 " is gone: put it back, or restore a backup");
    static std::once_flag registered;
    std::call_once(registered, [] {
        setUpSqlite();
        Poco::Data::SQLite::Connector::registerConnector();
    });
    try {
        return std::make_unique<Poco::Data::Session>("SQLite", file.string(), openRetrySeconds);
    } catch (const Poco::Exception& failure) {
        throw std::runtime_error("the database " + file.string() + " cannot be opened: " + failure.message() +
                                 "; make the file and its folder readable and writable for this user");
    }
}

} // namespace

DatabaseConnection::DatabaseConnection(const std::filesystem::path& file, Use use)
    : SqliteConnection(openSession(file, use == Use::create)) {
    const bool writes = use == Use::write || use == Use::create;
    sqlite3_busy_timeout(handle(), use == Use::read ? readerBusyMilliseconds : writerBusyMilliseconds);
    if (writes)
        useWriteAheadLog();
    set("PRAGMA synchronous = FULL");
    set("PRAGMA wal_autocheckpoint = 0");
    if (use == Use::read)
        setReadOnly(true);
    if (writes) {
        set(writerCache);
        commitOnlyWhenAsked();
        sqlite3_wal_hook(handle(), &DatabaseConnection::onWal, this);
    }
}

void DatabaseConnection::useWriteAheadLog() {
    set("PRAGMA journal_mode = WAL");
    auto& mode = prepare("PRAGMA journal_mode");
    const bool wal = mode.step() && mode.text(0) == "wal";
    mode.release();
    if (!wal)
        throw std::runtime_error(
            "the database cannot keep a write-ahead log: its file system does not share memory "
            "between processes; put it on a local disk");
}

bool DatabaseConnection::fileMoved() const noexcept {
    int moved = 0;
    return sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

int DatabaseConnection::onWal(void* self, sqlite3* /*handle*/, const char* /*name*/, int pages) noexcept {
    static_cast<DatabaseConnection*>(self)->walPages_ = pages;
    return SQLITE_OK;
}

} // namespace coffer::host
