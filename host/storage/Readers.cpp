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
    explicit Lease(Readers& readers) : readers_(readers), reader_(readers.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { readers_.giveBack(std::move(reader_)); }
    [[nodiscard]] Reader& operator*() const noexcept { return *reader_; }

private:
    Readers& readers_;
    std::unique_ptr<Reader> reader_;
};

Readers::Readers(std::filesystem::path file, std::size_t limit, std::chrono::milliseconds deadline,
                 const std::atomic<std::uint64_t>& commits, Log& log, Metrics& metrics)
    : file_(std::move(file)), limit_(limit), deadline_(deadline), commits_(commits), log_(log),
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

void Readers::readSnapshot(Reader& reader, const std::function<void(Transaction&)>& closure) {
    static const Origin nobody;
    openSnapshot(reader);
    DatabaseConnection& connection = reader.connection;
    connection.setDeadline(DatabaseConnection::Clock::now() + deadline_);
    try {
        detail::SqliteTransaction transaction(connection, nobody, currentTime(), false, *reader.snapshot);
        closure(transaction);
    } catch (...) {
        endSnapshot(reader);
        throw;
    }
    connection.releaseStatements();
    connection.clearDeadline();
    if (connection.transactionLost())
        endSnapshot(reader);
}

void Readers::openSnapshot(Reader& reader) {
    // Looked at first: what is committed meanwhile may or may not be seen, and is looked for again next time.
    const auto commits = commits_.load();
    if (reader.snapshot == commits)
        return;
    endSnapshot(reader);
    if (const int code = reader.connection.begin("BEGIN"); code != SQLITE_OK)
        reader.connection.fail(code);
    reader.snapshot = commits;
}

void Readers::endSnapshot(Reader& reader) noexcept {
    reader.connection.releaseStatements();
    reader.connection.clearDeadline();
    reader.connection.rollback();
    reader.snapshot.reset();
}

void Readers::keepSnapshots(bool keep) {
    std::vector<std::unique_ptr<Reader>> idle;
    {
        const std::lock_guard lock(mutex_);
        keepsSnapshots_ = keep;
        if (!keep)
            idle.swap(free_);
    }
    for (auto& reader : idle)
        giveBack(std::move(reader));
}

std::unique_ptr<Readers::Reader> Readers::take() {
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
            auto reader = std::move(free_.back());
            free_.pop_back();
            return reader;
        }
        ++open_;
    }
    // Opened outside the lock: others go on reading meanwhile.
    try {
        return std::make_unique<Reader>(file_);
    } catch (const std::exception& failure) {
        log_.error("a reading connection to the database could not be opened", {{"error", failure.what()}});
        giveBack(nullptr);
        throw Problem::unavailable("storage_unavailable", "The database does not answer.", 10);
    }
}

void Readers::giveBack(std::unique_ptr<Reader> reader) noexcept {
    if (reader && !reader->connection.broken().empty()) {
        log_.error("a reading connection to the database failed and is replaced",
                   {{"error", reader->connection.broken()}});
        reader.reset();
    }
    std::unique_lock lock(mutex_);
    while (reader && reader->snapshot && !keepsSnapshots_) {
        lock.unlock();
        endSnapshot(*reader);
        lock.lock();
    }
    if (reader)
        free_.push_back(std::move(reader));
    else
        --open_;
    lock.unlock();
    cameFree_.notify_one();
}

} // namespace coffer::host
