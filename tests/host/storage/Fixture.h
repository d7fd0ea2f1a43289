#pragma once

#include "host/storage/Database.h"
#include "tests/host/storage/PatientOptions.h"
#include "tests/support/Eventually.h"
#include "tests/support/Telemetry.h"
#include "tests/support/TemporaryFolder.h"

#include <array>
#include <string>

namespace coffer::test {

/// A database in a folder of its own, with one small table and a recorder that writes into another.
class StorageFixture {
public:
    static constexpr std::array<Migration, 1> schema{
        {{1, "a table for tests",
          "CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, payload BLOB,"
          " size INTEGER NOT NULL DEFAULT 0 CONSTRAINT size_is_small CHECK (size < 1000));"
          "CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item (id),"
          " later INTEGER REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED);"
          "CREATE TABLE recorded (sequence INTEGER PRIMARY KEY, action TEXT NOT NULL, object TEXT NOT NULL);"
          "CREATE TRIGGER item_frozen BEFORE UPDATE OF name ON item WHEN old.name = 'frozen'"
          " BEGIN SELECT raise(ABORT, 'item_is_frozen'); END;"}}};

    [[nodiscard]] std::string file() const { return folder / "coffer.db"; }
    [[nodiscard]] host::DatabaseOptions options() const { return patientOptions(file()); }
    [[nodiscard]] std::unique_ptr<host::Database> open(host::DatabaseOptions with) {
        auto database = std::make_unique<host::Database>(std::move(with), log, metrics);
        database->setRecorder([](Transaction& transaction, const AuditEvent& event) {
            transaction.execute("INSERT INTO recorded (action, object) VALUES (?, ?)", event.action,
                                event.objectId);
        });
        database->migrate("test", schema);
        return database;
    }
    [[nodiscard]] std::unique_ptr<host::Database> open() { return open(options()); }

    TemporaryFolder folder;
    RecordingLog log;
    NoMetrics metrics;
    Origin origin{7, "ada", "127.0.0.1", "request-1"};
};

inline std::int64_t count(Storage& storage, std::string_view sql) {
    return storage.read([&](Transaction& transaction) {
        auto rows = transaction.query(sql);
        return rows.next() ? rows.integer(0) : -1;
    });
}

inline std::int64_t insertItem(Transaction& transaction, const std::string& name) {
    transaction.execute("INSERT INTO item (name) VALUES (?)", name);
    return transaction.lastInsertId();
}

inline AuditEvent itemEvent(std::string action, std::string id) {
    AuditEvent event;
    event.action = std::move(action);
    event.objectType = "item";
    event.objectId = std::move(id);
    return event;
}

/// The code of the Problem that `action` throws; empty when it throws none.
template <class Action>
std::string problemOf(Action action) {
    try {
        action();
    } catch (const Problem& problem) {
        return problem.code();
    }
    return {};
}

/// As problemOf(), of a write with a short deadline: it is asked for again when the writer came to it too
/// late.
template <class Action>
std::string outcomeOnceBegun(Action action) {
    std::string code;
    (void)eventually([&] {
        code = problemOf(action);
        return code != "storage_busy";
    });
    return code;
}

/// The sentence of the std::exception that `action` throws; empty when it throws none.
template <class Action>
std::string sentenceOf(Action action) {
    try {
        action();
    } catch (const std::exception& failure) {
        return failure.what();
    }
    return {};
}

} // namespace coffer::test
