#include "host/storage/Readers.h"

#include "sdk/shared/SqliteErrors.h"
#include "sdk/shared/SqliteTransaction.h"

#include <sqlite3.h>

#include <utility>

namespace coffer::host {

namespace {

constexpr const char* transactionsName = "coffer_storage_transactions_total";
constexpr const char* transactionsHelp = "Transactions of the database, by kind and result.";

} // namespace

/// One connection in use, given back at the end of the scope.
class Readers::Lease {
public:
    explicit Lease(Readers& readers) : readers_(readers), connection_(readers.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { readers_.giveBack(std::move(connection_)); }
    [[nodiscard]] DatabaseConnection& operator*() const noexcept { return *connection_; }

private:
    Readers& readers_;
    std::unique_ptr<DatabaseConnection> connection_;
};

Readers::Readers(std::filesystem::path file, std::size_t limit, std::chrono::milliseconds deadline, Log& log,
                 Metrics& metrics)
    : file_(std::move(file)), limit_(limit), deadline_(deadline), log_(log),
      succeeded_(
          metrics.counter(transactionsName, transactionsHelp, {{"kind", "read"}, {"result", "success"}})),
      failed_(metrics.counter(transactionsName, transactionsHelp, {{"kind", "read"}, {"result", "failure"}})),
      busy_(metrics.counter(transactionsName, transactionsHelp, {{"kind", "read"}, {"result", "busy"}})) {}

void Readers::run(const std::function<void(Transaction&)>& closure) {
    const Lease lease(*this);
    try {
        readSnapshot(*lease, closure);
        succeeded_.add();
    } catch (...) {
        failed_.add();
        throw;
    }
}

void Readers::readSnapshot(DatabaseConnection& connection, const std::function<void(Transaction&)>& closure) {
    static const Origin nobody;
    if (const int code = connection.begin("BEGIN"); code != SQLITE_OK)
        connection.fail(code);
    connection.setDeadline(DatabaseConnection::Clock::now() + deadline_);
    const auto end = [&]() noexcept {
        connection.releaseStatements();
        connection.clearDeadline();
        connection.rollback();
    };
    try {
        detail::SqliteTransaction transaction(connection, nobody, currentTime(), false);
        closure(transaction);
    } catch (...) {
        end();
        throw;
    }
    end();
}

std::unique_ptr<DatabaseConnection> Readers::take() {
    {
        std::unique_lock lock(mutex_);
        const bool got =
            cameFree_.wait_for(lock, deadline_, [&] { return !free_.empty() || open_ < limit_; });
        if (!got) {
            busy_.add();
            throw Problem::unavailable("storage_busy", "Too many requests read at the same time. Try again.",
                                       1);
        }
        if (!free_.empty()) {
            auto connection = std::move(free_.back());
            free_.pop_back();
            return connection;
        }
        ++open_;
    }
    // Opened outside the lock: others go on reading meanwhile.
    try {
        return std::make_unique<DatabaseConnection>(file_, DatabaseConnection::Use::read);
    } catch (const std::exception& failure) {
        log_.error("a reading connection to the database could not be opened", {{"error", failure.what()}});
        giveBack(nullptr);
        throw Problem::unavailable("storage_unavailable", "The database does not answer.", 10);
    }
}

void Readers::giveBack(std::unique_ptr<DatabaseConnection> connection) noexcept {
    if (connection && !connection->broken().empty()) {
        log_.error("a reading connection to the database failed and is replaced",
                   {{"error", connection->broken()}});
        connection.reset();
    }
    {
        const std::lock_guard lock(mutex_);
        if (connection)
            free_.push_back(std::move(connection));
        else
            --open_;
    }
    cameFree_.notify_one();
}

} // namespace coffer::host
