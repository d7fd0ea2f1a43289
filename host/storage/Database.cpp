#include "host/storage/Database.h"

#include "host/storage/Checkpointer.h"
#include "host/storage/FileLock.h"
#include "host/storage/Files.h"
#include "host/storage/Maintenance.h"
#include "host/storage/Readers.h"
#include "host/storage/Writer.h"
#include "sdk/shared/Migrations.h"

#include <utility>

namespace coffer::host {

namespace {

WriterOptions writerOptions(const DatabaseOptions& options, const std::filesystem::path& file) {
    return {.file = file,
            .limits = {options.queuedWrites, options.writeDeadline, options.endAfter},
            .deadline = options.writeDeadline,
            .stuckAfter = options.stuckAfter,
            .endAfter = options.endAfter,
            .end = options.end};
}

void collectLogSize(Metrics& metrics, const std::filesystem::path& file) {
    // By value: the metrics may be asked for after the database is gone.
    metrics.collector("coffer_storage_wal_bytes", "Size of the database's write-ahead log.",
                      [log = std::filesystem::path(file.string() + "-wal")]() -> std::vector<Sample> {
                          std::error_code missing;
                          const auto size = std::filesystem::file_size(log, missing);
                          return {{{}, missing ? 0.0 : static_cast<double>(size)}};
                      });
}

} // namespace

Database::Database(DatabaseOptions options, Log& log, Metrics& metrics) : file_(prepareFolder(options.file)) {
    lock_ = std::make_unique<FileLock>(file_);
    makePrivate(file_);
    requireOwnDatabase(file_);
    auto connection = std::make_unique<DatabaseConnection>(file_, DatabaseConnection::Use::create);
    detail::prepareFile(*connection);
    readers_ =
        std::make_unique<Readers>(file_, options.readers, options.readDeadline, commits_, log, metrics);
    checkpointer_ = std::make_unique<Checkpointer>(file_, *readers_, options.scrubAfter, log, metrics);
    // What the last process was asked to scrub, it may not have come to.
    checkpointer_->scrub();
    writer_ = std::make_unique<Writer>(writerOptions(options, file_), std::move(connection), *checkpointer_,
                                       commits_, log, metrics);
    collectLogSize(metrics, file_);
}

Database::~Database() {
    writer_.reset();
    checkpointer_.reset();
    readers_.reset();
}

void Database::read(const std::function<void(Transaction&)>& closure) {
    readers_->run(closure);
}

void Database::write(const Origin& origin, const std::function<void(Transaction&)>& closure) {
    if (gate_)
        gate_();
    writer_->write(origin, closure, false);
}

void Database::setRecorder(Recorder recorder) {
    writer_->setRecorder(std::move(recorder));
}

void Database::setWriteGate(std::function<void()> gate) {
    gate_ = std::move(gate);
}

void Database::migrate(std::string_view owner, std::span<const Migration> steps) {
    const detail::Migrations migrations(owner, steps);
    std::span<const Migration> missing;
    read([&](Transaction& transaction) { missing = migrations.missing(transaction); });
    for (const Migration& step : missing)
        writer_->write(
            Origin::system("migration"),
            [&](Transaction& transaction) { migrations.apply(transaction, step); }, true);
}

Health Database::health() const {
    if (Health health = writer_->health(); health.state != Health::State::ok)
        return health;
    return checkpointer_->health();
}

} // namespace coffer::host
