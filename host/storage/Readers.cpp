#include "host/storage/Readers.h"

#include "sdk/shared/SqliteErrors.h"
#include "sdk/shared/SqliteTransaction.h"

#include <sqlite3.h>

#include <utility>

namespace coffer::host {

namespace {

constexpr const char* transactionsName = "coffer_storage_transactions_total";
constexpr const char* transactionsHelp = "Transactions of the database, by kind and result.";

/// How long no further connection is opened after one could not be: a shortage is no reason to try, and to
/// log, with each request.
constexpr std::chrono::seconds pauseAfterFailure{1};

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
    const auto deadline = Clock::now() + deadline_;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            if (!cameFree_.wait_until(lock, deadline, [&] { return !free_.empty() || mayOpen(); })) {
                busy_.add();
                throw Problem::unavailable("storage_busy",
                                           "Too many requests read at the same time. Try again.", 1);
            }
            if (!free_.empty()) {
                auto reader = std::move(free_.back());
                free_.pop_back();
                return reader;
            }
            ++open_;
        }
        if (auto reader = tryOpen())
            return reader;
    }
}

bool Readers::mayOpen() const {
    return open_ < limit_ && (open_ == 0 || Clock::now() >= openAgain_);
}

std::unique_ptr<Readers::Reader> Readers::tryOpen() {
    // Opened outside the lock: others go on reading meanwhile.
    std::string error;
    try {
        return std::make_unique<Reader>(file_);
    } catch (const std::exception& failure) {
        error = failure.what();
    }
    std::size_t others = 0;
    {
        const std::lock_guard lock(mutex_);
        others = --open_;
        openAgain_ = Clock::now() + pauseAfterFailure;
    }
    cameFree_.notify_all();
    if (others > 0) {
        log_.warning(
            "a reading connection to the database could not be opened; the open ones serve all reads",
            {{"error", error}, {"open", std::to_string(others)}});
        return nullptr;
    }
    log_.error("a reading connection to the database could not be opened", {{"error", error}});
    throw Problem::unavailable("storage_unavailable", "The database does not answer.", 10);
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
