#include "FakeStorage.h"

#include "sdk/shared/Migrations.h"
#include "sdk/shared/SqliteChange.h"

#include <coffer/sdk/Problem.h>

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/Session.h>

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace coffer::testkit {

namespace {

std::unique_ptr<Poco::Data::Session> openInMemory() {
    Poco::Data::SQLite::Connector::registerConnector();
    return std::make_unique<Poco::Data::Session>("SQLite", ":memory:");
}

} // namespace

/// The connection, for one closure at a time.
class FakeStorage::Turn {
public:
    explicit Turn(FakeStorage& storage) : storage_(storage) {
        if (storage.closed_)
            throw Problem::unavailable("plugin_stopped", "The plugin that would do this has stopped.", 5);
        if (storage.inside_ == std::this_thread::get_id())
            throw std::logic_error("a closure called read() or write(): it has its Transaction, and must not "
                                   "wait for another");
        lock_ = std::unique_lock(storage.mutex_);
        storage.inside_ = std::this_thread::get_id();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        storage_.connection_.releaseStatements();
        storage_.connection_.rollback(); // without effect after a commit
        storage_.inside_ = std::thread::id();
    }

private:
    FakeStorage& storage_;
    std::unique_lock<std::mutex> lock_;
};

FakeStorage::FakeStorage(FakeAudit& audit)
    : audit_(audit), connection_(openInMemory()), now_(*parseRfc3339("2026-01-02T03:04:05Z")) {
    connection_.commitOnlyWhenAsked();
    detail::prepareFile(connection_);
}

void FakeStorage::require(int code) {
    if (code != SQLITE_OK)
        connection_.fail(code);
}

void FakeStorage::read(const std::function<void(Transaction&)>& closure) {
    static const Origin unknown;
    const Turn turn(*this);
    connection_.setReadOnly(true);
    require(connection_.begin("BEGIN"));
    detail::SqliteTransaction transaction(connection_, unknown, now_, false, commits_);
    closure(transaction);
}

void FakeStorage::write(const Origin& origin, const std::function<void(Transaction&)>& closure) {
    {
        const Turn turn(*this);
        connection_.setReadOnly(false);
        commitChange(origin, closure);
    }
    audit_.deliver();
}

void FakeStorage::commitChange(const Origin& origin, const std::function<void(Transaction&)>& closure) {
    require(connection_.begin("BEGIN IMMEDIATE"));
    if (twice_) {
        (void)runOnce(origin, closure);
        detail::takeBackChange(connection_);
    }
    auto records = runOnce(origin, closure);
    detail::keepChange(connection_);
    require(connection_.commit());
    ++commits_;
    audit_.keep(std::move(records));
}

std::vector<AuditRecord> FakeStorage::runOnce(const Origin& origin,
                                              const std::function<void(Transaction&)>& closure) {
    std::vector<AuditRecord> records;
    detail::SqliteTransaction transaction(connection_, origin, now_, true);
    detail::beginChange(connection_);
    detail::runChange(connection_, transaction, closure, [&](Transaction& within, const AuditEvent& event) {
        records.push_back(audit_.prepare(within, event, records.size() + 1));
    });
    return records;
}

void FakeStorage::migrate(std::string_view owner, std::span<const Migration> steps) {
    const detail::Migrations migrations(owner, steps);
    std::span<const Migration> missing;
    read([&](Transaction& transaction) { missing = migrations.missing(transaction); });
    for (const Migration& step : missing)
        write(Origin::system("migration"),
              [&](Transaction& transaction) { migrations.apply(transaction, step); });
}

} // namespace coffer::testkit
