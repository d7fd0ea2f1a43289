#include "sdk/shared/Migrations.h"

#include <Poco/Data/SQLite/Utility.h>
#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace coffer::detail {

namespace {

std::string checksum(std::string_view sql) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(sql.data(), sql.size());
    return Poco::DigestEngine::digestToHex(engine.digest());
}

void run(SqliteConnection& connection, const char* sql) {
    if (const int code = connection.control(sql); code != SQLITE_OK)
        connection.fail(code);
}

} // namespace

void prepareFile(SqliteConnection& connection) {
    if (const int code = connection.begin("BEGIN IMMEDIATE"); code != SQLITE_OK)
        connection.fail(code);
    run(connection, ("PRAGMA application_id = " + std::to_string(applicationId)).c_str());
    run(connection, ("PRAGMA user_version = " + std::to_string(fileFormat)).c_str());
    run(connection, "CREATE TABLE IF NOT EXISTS schema_migration ("
                    "owner TEXT NOT NULL, version INTEGER NOT NULL, description TEXT NOT NULL,"
                    "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL,"
                    "PRIMARY KEY (owner, version)) STRICT, WITHOUT ROWID");
    if (const int code = connection.commit(); code != SQLITE_OK)
        connection.fail(code);
}

Migrations::Migrations(std::string_view owner, std::span<const Migration> steps)
    : owner_(owner), steps_(steps) {
    int expected = 0;
    for (const Migration& step : steps_)
        if (step.version != ++expected)
            throw std::logic_error("the migrations of '" + owner_ +
                                   "' are not numbered 1, 2, 3...: " + std::to_string(step.version) +
                                   " stands where " + std::to_string(expected) + " should");
}

std::span<const Migration> Migrations::missing(Transaction& transaction) const {
    auto rows = transaction.query(
        "SELECT version, checksum FROM schema_migration WHERE owner = ? ORDER BY version", owner_);
    std::size_t applied = 0;
    while (rows.next()) {
        const auto version = rows.integer(0);
        if (version > static_cast<std::int64_t>(steps_.size()))
            throw std::runtime_error("the database is newer than this program: '" + owner_ +
                                     "' stands at version " + std::to_string(version) +
                                     " there, and this program knows versions up to " +
                                     std::to_string(steps_.size()) +
                                     ". Run the newer program, or restore a backup that the older one made");
        if (rows.text(1) != checksum(steps_[static_cast<std::size_t>(version - 1)].sqlite))
            throw std::runtime_error(
                "version " + std::to_string(version) + " of '" + owner_ +
                "' was made in the database by other SQL than this program has. Run the program "
                "that made it, or restore a backup");
        if (version != static_cast<std::int64_t>(++applied))
            throw std::runtime_error("version " + std::to_string(applied) + " of '" + owner_ +
                                     "' is missing in the database, although version " +
                                     std::to_string(version) + " is there. Restore a backup");
    }
    return steps_.subspan(applied);
}

void Migrations::apply(Transaction& transaction, const Migration& step) const {
    sqlite3* handle = Poco::Data::SQLite::Utility::dbHandle(transaction.session());
    const std::string sql(step.sqlite);
    if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error("version " + std::to_string(step.version) + " of '" + owner_ +
                                 "' cannot be made in the database: " + sqlite3_errmsg(handle));
    transaction.execute("INSERT INTO schema_migration (owner, version, description, checksum, applied_at) "
                        "VALUES (?, ?, ?, ?, ?)",
                        owner_, step.version, step.description, checksum(step.sqlite), transaction.now());
}

} // namespace coffer::detail
