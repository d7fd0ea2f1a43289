#include "host/storage/Maintenance.h"

#include "host/storage/FileLock.h"
#include "host/storage/Files.h"
#include "host/storage/Sqlite.h"
#include "sdk/shared/Migrations.h"
#include "sdk/shared/SqliteErrors.h"

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <stdexcept>

namespace coffer::host {

namespace {

struct Closer {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, Closer>;

constexpr int busyMilliseconds = 10'000;

Handle open(const std::filesystem::path& file, int flags) {
    setUpSqlite();
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    Handle handle(raw);
    if (code != SQLITE_OK)
        throw std::runtime_error("the database " + file.string() +
                                 " cannot be opened: " + (raw ? sqlite3_errmsg(raw) : sqlite3_errstr(code)));
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, busyMilliseconds);
    sqlite3_exec(raw, "PRAGMA cell_size_check = ON", nullptr, nullptr, nullptr);
    return handle;
}

// Runs a statement and calls `row` for each of its rows.
void forEach(sqlite3* handle, const char* sql, const std::function<void(sqlite3_stmt*)>& row) {
    sqlite3_stmt* raw = nullptr;
    int code = sqlite3_prepare_v2(handle, sql, -1, &raw, nullptr);
    const std::unique_ptr<sqlite3_stmt, Closer> statement(raw);
    while (code == SQLITE_OK && (code = sqlite3_step(raw)) == SQLITE_ROW) {
        row(raw);
        code = SQLITE_OK;
    }
    if (code != SQLITE_OK && code != SQLITE_DONE)
        throw std::runtime_error(sqlite3_errmsg(handle));
}

int number(sqlite3* handle, const char* sql) {
    int value = 0;
    forEach(handle, sql, [&](sqlite3_stmt* row) { value = sqlite3_column_int(row, 0); });
    return value;
}

std::string text(sqlite3_stmt* row, int column) {
    const auto* value = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return value ? value : "";
}

void requireOwn(sqlite3* handle, const std::filesystem::path& file) {
    int application = 0;
    int format = 0;
    int tables = 0;
    try {
        application = number(handle, "PRAGMA application_id");
        format = number(handle, "PRAGMA user_version");
        tables = number(handle, "SELECT count(*) FROM sqlite_schema");
    } catch (const std::runtime_error& failure) {
        throw std::runtime_error(file.string() +
                                 " cannot be read as a database of coffer: " + failure.what());
    }
    if (application == 0 && tables == 0)
        return;
    if (application != detail::applicationId)
        throw std::runtime_error(file.string() +
                                 " is a database, but not one of coffer: configure another file");
    if (format > detail::fileFormat)
        throw std::runtime_error("the database " + file.string() +
                                 " is newer than this program: its form is " + std::to_string(format) +
                                 ", and this program knows forms up to " +
                                 std::to_string(detail::fileFormat) + ". Run the newer program");
}

std::vector<std::string> problems(sqlite3* handle) {
    std::vector<std::string> found;
    try {
        forEach(handle, "PRAGMA integrity_check(100)", [&](sqlite3_stmt* row) {
            if (const std::string line = text(row, 0); line != "ok")
                found.push_back("the file is damaged: " + line);
        });
        forEach(handle, "PRAGMA foreign_key_check", [&](sqlite3_stmt* row) {
            if (found.size() < 200)
                found.push_back("row " + text(row, 1) + " of " + text(row, 0) + " refers to a row of " +
                                text(row, 2) + " that is not there");
        });
    } catch (const std::runtime_error& failure) {
        found.push_back(std::string("the file cannot be read to its end: ") + failure.what());
    }
    return found;
}

void requireSound(sqlite3* handle, const std::filesystem::path& file) {
    if (const auto found = problems(handle); !found.empty())
        throw std::runtime_error(file.string() + " is not sound: " + found.front());
}

void requireFile(const std::filesystem::path& file, const char* what) {
    if (!std::filesystem::is_regular_file(file))
        throw std::runtime_error(std::string("there is no ") + what + " at " + file.string());
}

// Copies every page as of one moment into a fresh file that needs no log beside it, and puts it on the disk.
void copyDatabase(sqlite3* source, const std::filesystem::path& destination) {
    {
        const Handle copy = open(destination, SQLITE_OPEN_READWRITE);
        sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", source, "main");
        if (!backup)
            throw std::runtime_error(sqlite3_errmsg(copy.get()));
        // In one go: a copy in steps starts again whenever another process writes.
        const int stepped = sqlite3_backup_step(backup, -1);
        const int finished = sqlite3_backup_finish(backup);
        if (stepped != SQLITE_DONE || finished != SQLITE_OK)
            throw std::runtime_error(
                "the copy to " + destination.string() +
                " failed: " + detail::describe(copy.get(), stepped == SQLITE_DONE ? finished : stepped));
        forEach(copy.get(), "PRAGMA journal_mode = DELETE", [](sqlite3_stmt*) {});
        requireSound(copy.get(), destination);
    }
    syncFile(destination);
}

} // namespace

void requireOwnDatabase(const std::filesystem::path& file) {
    if (std::filesystem::file_size(file) == 0)
        return;
    requireOwn(open(file, SQLITE_OPEN_READWRITE).get(), file);
}

std::vector<std::string> checkDatabase(const std::filesystem::path& file) {
    requireFile(file, "database");
    const Handle handle = open(file, SQLITE_OPEN_READWRITE);
    requireOwn(handle.get(), file);
    return problems(handle.get());
}

void backupDatabase(const std::filesystem::path& source, const std::filesystem::path& destination) {
    requireFile(source, "database");
    const Handle handle = open(source, SQLITE_OPEN_READWRITE);
    requireOwn(handle.get(), source);
    NewFile file(destination);
    copyDatabase(handle.get(), destination);
    syncFolder(destination);
    file.keep();
}

void restoreDatabase(const std::filesystem::path& backup, const std::filesystem::path& target) {
    requireFile(backup, "backup");
    const std::filesystem::path resolved = prepareFolder(target);
    if (std::filesystem::weakly_canonical(backup) == resolved)
        throw std::runtime_error("the backup and the database are the same file: " + resolved.string());
    const FileLock lock(resolved);
    const std::filesystem::path beside = resolved.string() + ".restoring";
    std::filesystem::remove(beside); // of a restore that was cut off; the lock says that none is under way
    NewFile fresh(beside);
    {
        const Handle source = open(backup, SQLITE_OPEN_READONLY);
        requireOwn(source.get(), backup);
        if (number(source.get(), "PRAGMA application_id") != detail::applicationId)
            throw std::runtime_error(backup.string() + " is an empty file, not a backup");
        requireSound(source.get(), backup);
        copyDatabase(source.get(), beside);
    }
    // The old log would be played into the new file, so it goes first; what it held goes into the old file
    // before, in case everything stops between here and the last step.
    try {
        if (std::filesystem::exists(resolved))
            forEach(open(resolved, SQLITE_OPEN_READWRITE).get(), "PRAGMA wal_checkpoint(TRUNCATE)",
                    [](sqlite3_stmt*) {});
    } catch (const std::runtime_error&) {
        // A damaged database is the very reason to restore one.
    }
    for (const char* suffix : {"-wal", "-shm", "-journal"})
        std::filesystem::remove(resolved.string() + suffix);
    syncFolder(resolved);
    std::filesystem::rename(beside, resolved);
    fresh.keep();
    syncFolder(resolved);
}

} // namespace coffer::host
