#include "host/storage/Writer.h"

#include "host/storage/Checkpointer.h"
#include "sdk/shared/SqliteErrors.h"

#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace coffer::host {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t largestGroup = 64;
// A group takes in what arrives while it runs, but nobody's commit waits longer than this for others.
constexpr auto longestGroup = 20ms;

Counter& transactions(Metrics& metrics, const char* result) {
    return metrics.counter("coffer_storage_transactions_total",
                           "Transactions of the database, by kind and result.",
                           {{"kind", "write"}, {"result", result}});
}

} // namespace

Writer::Writer(WriterOptions options, std::unique_ptr<DatabaseConnection> connection,
               Checkpointer& checkpointer, std::atomic<std::uint64_t>& commits, Log& log, Metrics& metrics)
    : options_(std::move(options)), checkpointer_(checkpointer), commits_(commits), log_(log),
      succeeded_(transactions(metrics, "success")), failed_(transactions(metrics, "failure")),
      busy_(transactions(metrics, "busy")),
      groups_(metrics.counter("coffer_storage_write_groups_total",
                              "Commits; each makes the writes of one group durable together.")),
      queued_(metrics.gauge("coffer_storage_write_queue_length",
                            "Writes that wait for the writer or run on it.")),
      seconds_(metrics.histogram("coffer_storage_write_seconds", "From asking for a write to its outcome.")),
      recorder_([](Transaction&, const AuditEvent&) {
          throw std::logic_error("an audit event was recorded before there is an audit log");
      }),
      connection_(std::move(connection)), queue_(options_.limits), thread_([this] { loop(); }),
      watch_([this] { watch(); }) {}

Writer::~Writer() {
    queue_.stop();
    thread_.join();
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
    watch_.join();
}

void Writer::setRecorder(WriteGroup::Recorder recorder) {
    recorder_ = std::move(recorder);
}

void Writer::write(const Origin& origin, const std::function<void(Transaction&)>& closure, bool alone) {
    if (std::this_thread::get_id() == thread_.get_id())
        throw std::logic_error("write() was called inside a write(): use the Transaction that is there");
    const auto asked = std::chrono::steady_clock::now();
    const auto observe = [&] {
        queued_.add(-1);
        seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count());
    };
    const auto pending = std::make_shared<PendingWrite>(origin, closure);
    pending->alone = alone;
    queued_.add(1);
    try {
        queue_.perform(pending);
    } catch (const Problem& problem) {
        (problem.code() == "storage_busy" ? busy_ : failed_).add();
        observe();
        throw;
    } catch (...) {
        failed_.add();
        observe();
        throw;
    }
    succeeded_.add();
    observe();
}

void Writer::loop() {
    while (queue_.waitForWork()) {
        {
            const GroupTurn::Group turn(checkpointer_.turn());
            if (begin())
                runGroup();
        }
        replaceBroken();
    }
    connection_.reset();
}

bool Writer::begin() {
    if (!connection_)
        replaceBroken();
    const auto refuse = [&](const Problem& problem, std::string reason) {
        setFailing(std::move(reason));
        queue_.refuseWaiting([&] { return std::make_exception_ptr(problem); });
        return false;
    };
    if (!connection_)
        return refuse(Problem::unavailable("storage_unavailable", "The database cannot be opened.", 10),
                      "the database cannot be opened");
    if (connection_->fileMoved())
        return refuse(Problem::unavailable("storage_unavailable", "The database is gone from its place.", 10),
                      "the database file is no longer at " + options_.file.string() +
                          ": put it back, or restart the daemon");
    const int code = connection_->begin("BEGIN IMMEDIATE");
    if (code == SQLITE_OK) {
        busySince_ = std::chrono::steady_clock::time_point::max();
        return true;
    }
    // While another process holds the file, those who wait give up by themselves, each at its own deadline.
    if ((code & 0xff) == SQLITE_BUSY && !queue_.stopping()) {
        // For a while it may be the checkpoint that empties the log.
        const auto now = std::chrono::steady_clock::now();
        busySince_ = std::min(busySince_, now);
        if (now - busySince_ >= options_.limits.beginWithin)
            setFailing("another process holds the database file");
        return false;
    }
    busySince_ = std::chrono::steady_clock::time_point::max();
    connection_->note(code);
    return refuse(detail::unavailable(connection_->handle(), code),
                  detail::describe(connection_->handle(), code));
}

void Writer::runGroup() {
    WriteGroup group(*connection_, queue_, recorder_, options_.deadline);
    const auto begun = std::chrono::steady_clock::now();
    while (PendingWritePtr write = queue_.claim(group.size() == 0)) {
        const bool alone = write->alone;
        group.add(std::move(write));
        if (alone || group.size() >= largestGroup || std::chrono::steady_clock::now() - begun >= longestGroup)
            break;
    }
    const int code = group.commit();
    // Also after a failure: what came of it is not known then.
    if (group.changedSomething() || code != SQLITE_OK)
        ++commits_;
    if (code == SQLITE_OK) {
        groups_.add();
        setFailing({});
        if (group.changedSomething())
            checkpointer_.grown(connection_->walPages());
        if (group.scrubAsked())
            checkpointer_.scrub();
    } else {
        connection_->note(code);
        setFailing(detail::describe(connection_->handle(), code));
    }
    queue_.settle(group.takeAll());
}

void Writer::replaceBroken() {
    if (connection_ && connection_->broken().empty())
        return;
    if (connection_)
        log_.error("the writing connection to the database failed and is replaced",
                   {{"error", connection_->broken()}});
    connection_.reset();
    try {
        connection_ = std::make_unique<DatabaseConnection>(options_.file, DatabaseConnection::Use::write);
    } catch (const std::exception& failure) {
        log_.error("the database cannot be opened for writing", {{"error", failure.what()}});
    }
}

void Writer::setFailing(std::string reason) {
    const std::lock_guard lock(mutex_);
    if (reason == failing_)
        return;
    if (reason.empty())
        log_.information("the database takes changes again");
    else
        log_.error("the database takes no changes", {{"reason", reason}});
    failing_ = std::move(reason);
}

void Writer::watch() {
    const auto interval = std::clamp<std::chrono::milliseconds>(options_.stuckAfter / 4, 10ms, 1000ms);
    std::unique_lock lock(mutex_);
    while (!stopped_.wait_for(lock, interval, [&] { return stopping_; })) {
        lock.unlock();
        const auto activity = queue_.activity();
        lock.lock();
        if (activity && PendingWrite::Clock::now() - activity->since >= options_.stuckAfter)
            look(*activity);
        else
            stuck_.clear();
    }
}

void Writer::look(const WriterActivity& activity) {
    const auto held = PendingWrite::Clock::now() - activity.since;
    const bool commits = activity.commits;
    stuck_ = commits ? "the disk does not finish a commit"
                     : "a change of " + activity.owner + " holds the database";
    if (reported_ != activity.number) {
        reported_ = activity.number;
        log_.error(commits ? "the disk does not finish a commit"
                           : "a closure is stuck on the database's writer",
                   {{"owner", activity.owner}, {"request", activity.requestId}});
    }
    // Another process would meet the same disk; only a stuck closure is cured by a restart.
    if (!commits && held >= options_.endAfter && ended_ != activity.number) {
        ended_ = activity.number;
        log_.error("the daemon ends: a closure never gave the database's writer back",
                   {{"owner", activity.owner}, {"request", activity.requestId}});
        options_.end();
    }
}

Health Writer::health() const {
    const std::lock_guard lock(mutex_);
    if (!stuck_.empty())
        return {Health::State::failed, stuck_};
    if (!failing_.empty())
        return {Health::State::failed, "the database takes no changes: " + failing_};
    return {};
}

} // namespace coffer::host
