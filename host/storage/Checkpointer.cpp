#include "host/storage/Checkpointer.h"

#include "sdk/shared/SqliteErrors.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace coffer::host {

using namespace std::chrono_literals;

namespace {

// 4 MiB of pages: copied while everyone goes on. 32 MiB: the writer waits a moment, so that the log is
// written from its beginning again. Its file keeps its size: to grow it costs more than to write over it.
constexpr int pagesToCopy = 1000;
constexpr int pagesToRestart = 8000;
// 64 MiB: what was written while a reader did not end is given back to the disk.
constexpr int pagesToKeep = 2 * pagesToRestart;

// To start the log anew holds the writer while readers are waited for: not for long where it is for the log's
// size alone, and longer each time where deleted bytes must go.
constexpr auto patienceForSize = 20ms;
constexpr auto firstPatience = 100ms;
constexpr auto longestPatience = 3000ms;
constexpr auto pause = 250ms; // between two rounds, whatever is asked for meanwhile
constexpr auto overdue = 60s;

} // namespace

Checkpointer::Checkpointer(std::filesystem::path file, Readers& readers, std::chrono::milliseconds scrubAfter,
                           Log& log, Metrics& metrics)
    : file_(std::move(file)), readers_(readers), scrubAfter_(scrubAfter), log_(log),
      scrubs_(metrics.counter("coffer_storage_scrubs_total",
                              "Times the write-ahead log was emptied so that deleted bytes are gone.")),
      patience_(firstPatience), thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Checkpointer::scrub() {
    const std::lock_guard lock(mutex_);
    if (!scrubAsked_) {
        scrubAsked_ = Clock::now();
        changed_.notify_one();
    }
}

void Checkpointer::grown(int pages) {
    const std::lock_guard lock(mutex_);
    const bool wake = pages >= pagesToCopy && pages_ < pagesToCopy;
    pages_ = pages;
    if (wake)
        changed_.notify_one();
}

Health Checkpointer::health() const {
    const std::lock_guard lock(mutex_);
    if (scrubAsked_ && Clock::now() - *scrubAsked_ > overdue)
        return {Health::State::degraded,
                "deleted data could not be removed from the database's log for over a "
                "minute: a reader does not end"};
    return {};
}

void Checkpointer::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto due = [&] { return scrubAsked_ && Clock::now() >= *scrubAsked_ + scrubAfter_; };
        if (pages_ >= pagesToCopy || due())
            work(lock);
        else if (scrubAsked_)
            changed_.wait_until(lock, *scrubAsked_ + scrubAfter_);
        else
            changed_.wait(lock);
    }
    if (scrubAsked_) {
        lock.unlock();
        checkpoint(SQLITE_CHECKPOINT_TRUNCATE, longestPatience);
    }
    connection_.reset();
}

void Checkpointer::work(std::unique_lock<std::mutex>& lock) {
    const auto now = Clock::now();
    const bool scrubDue = scrubAsked_ && now >= *scrubAsked_ + scrubAfter_;
    const bool anew = scrubDue || pages_ >= pagesToRestart;
    const int mode =
        scrubDue || pages_ > pagesToKeep ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
    // What is asked for from here on may be committed too late for this round.
    const auto asked = scrubDue ? std::exchange(scrubAsked_, std::nullopt) : std::nullopt;
    const auto patience = scrubDue ? patience_ : std::chrono::milliseconds(patienceForSize);
    pages_ = 0;
    lock.unlock();
    bool done = checkpoint(SQLITE_CHECKPOINT_PASSIVE, 0ms);
    if (anew)
        done = startLogAnew(mode, patience);
    if (done && asked)
        scrubs_.add();
    lock.lock();
    if (!done && asked)
        scrubAsked_ = asked;
    if (scrubDue)
        patience_ = done ? firstPatience : std::min(2 * patience, longestPatience);
    // A reader that does not end must not cost the writer more than a third of its time.
    changed_.wait_for(lock, done || !anew ? pause : std::max<std::chrono::milliseconds>(pause, 2 * patience),
                      [&] { return stopping_; });
}

bool Checkpointer::startLogAnew(int mode, std::chrono::milliseconds patience) {
    // The log was copied without holding anyone, and what was written meanwhile is too: next to nothing is
    // left to be copied while the writer waits.
    (void)checkpoint(SQLITE_CHECKPOINT_PASSIVE, 0ms);
    const GroupTurn::Between turn(turn_, longestPatience); // holds nobody before the group has ended
    if (turn.came())
        return checkpoint(mode, patience);
    // Retry even if no further commit arrives: the WAL is still too long.
    const std::lock_guard lock(mutex_);
    pages_ = std::max(pages_, pagesToRestart);
    return false;
}

bool Checkpointer::checkpoint(int mode, std::chrono::milliseconds patience) {
    const Readers::Pause pause(readers_);
    try {
        if (!connection_)
            connection_ = std::make_unique<DatabaseConnection>(file_, DatabaseConnection::Use::checkpoint);
        sqlite3_busy_timeout(connection_->handle(), static_cast<int>(patience.count()));
        const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), "main", mode, nullptr, nullptr);
        if (code == SQLITE_OK)
            return true;
        if ((code & 0xff) == SQLITE_BUSY)
            return false;
        log_.error("the database's log could not be checkpointed",
                   {{"error", detail::describe(connection_->handle(), code)}});
    } catch (const std::exception& failure) {
        log_.error("the database's log could not be checkpointed", {{"error", failure.what()}});
    }
    connection_.reset();
    return false;
}

} // namespace coffer::host
