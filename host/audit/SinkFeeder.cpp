#include "host/audit/SinkFeeder.h"

#include "host/audit/AuditStore.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace coffer::host {

namespace {
thread_local int passes = 0;
} // namespace

PassesWriteGate::PassesWriteGate() noexcept {
    ++passes;
}
PassesWriteGate::~PassesWriteGate() {
    --passes;
}
bool PassesWriteGate::here() noexcept {
    return passes > 0;
}

/// What feeder and thread share. The thread keeps it alive when it is left behind.
class SinkFeeder::Feed : public std::enable_shared_from_this<Feed> {
public:
    Feed(std::shared_ptr<AuditSink> sink, std::string name, Storage& storage, Log& log, FeederOptions options)
        : sink_(std::move(sink)), name_(std::move(name)), options_(options), storage_(&storage), log_(&log) {}

    void start() {
        std::thread([self = shared_from_this()] { self->run(); }).detach();
    }

    void ask(bool Feed::*what) {
        {
            const std::lock_guard lock(mutex_);
            this->*what = true;
        }
        changed_.notify_all();
    }

    bool awaitEnd(std::chrono::steady_clock::time_point deadline) {
        bool ended = false;
        {
            std::unique_lock lock(mutex_);
            stopping_ = abandonRetries_ = true;
            changed_.notify_all();
            ended = changed_.wait_until(lock, deadline, [this] { return ended_; });
        }
        const std::lock_guard lock(hostMutex_);
        storage_ = nullptr;
        log_ = nullptr;
        return ended;
    }

    [[nodiscard]] SinkStatus status() const {
        const std::lock_guard lock(mutex_);
        return status_;
    }

    bool woken_ = true;
    bool reopen_ = false;
    bool stopping_ = false;

private:
    /// Uses the host, unless this thread has been left behind. @throws what `use` throws
    template <class Use>
    bool withHost(Use use) {
        const std::lock_guard lock(hostMutex_);
        if (storage_ == nullptr)
            return false;
        use(*storage_, *log_);
        return true;
    }

    void run() {
        const PassesWriteGate pass;
        while (stepOrPause()) {
        }
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }

    /// Goes on after whatever was thrown: a feeder that ended would leave its sink behind in silence.
    /// @returns whether to go on
    bool stepOrPause() {
        try {
            return step();
        } catch (const std::exception& error) {
            complain(error.what());
        } catch (...) {
            complain("something that is no std::exception was thrown");
        }
        return pauseAfterFailure();
    }

    void complain(const char* error) noexcept {
        try {
            withHost([&](Storage&, Log& log) {
                log.warning("the feeder of an audit sink failed and tries again",
                            {{"sink", name_}, {"error", error}});
            });
        } catch (...) { // out of memory for the line; the next try comes all the same
        }
    }

    /// Waits for a hint and delivers what there is. @returns whether to go on
    bool step() {
        bool last = false;
        bool reopen = false;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, options_.poll, [this] { return woken_ || reopen_ || stopping_; });
            if (woken_ && !stopping_)
                changed_.wait_for(lock, options_.settle, [this] { return stopping_; });
            last = stopping_;
            woken_ = false;
            reopen = std::exchange(reopen_, false);
        }
        if (reopen)
            attempt([this] { sink_->reopen(); });
        while (deliverBatch()) {
        }
        if (last || !keepingFailed_ || isTimeToKeep())
            keepPosition();
        return !last;
    }

    /// @returns whether there may be more
    bool deliverBatch() {
        std::size_t count = 0;
        const bool delivered = attempt([&] {
            const auto records = next();
            count = records.size();
            if (records.empty())
                return;
            sink_->deliver(records);
            const std::lock_guard lock(mutex_);
            status_.position = records.back().sequence;
        });
        if (!delivered)
            return pauseAfterFailure();
        retry_ = options_.firstRetry;
        if (isTimeToKeep())
            keepPosition();
        return count == options_.batch;
    }

    std::vector<AuditRecord> next() {
        std::vector<AuditRecord> records;
        withHost([&](Storage& storage, Log&) {
            storage.read([&](Transaction& transaction) {
                if (!positionKnown_)
                    kept_ = audit_store::position(transaction, name_);
                records = audit_store::after(transaction, positionKnown_ ? status().position : kept_,
                                             options_.batch);
            });
        });
        if (!positionKnown_) {
            const std::lock_guard lock(mutex_);
            status_.position = kept_;
            status_.known = positionKnown_ = true;
        }
        return records;
    }

    [[nodiscard]] bool isTimeToKeep() const {
        return std::chrono::steady_clock::now() - keptAt_ >= options_.keepPosition;
    }

    /// While it cannot be kept, some records are sent once more after a restart.
    void keepPosition() {
        const std::int64_t position = status().position;
        if (!positionKnown_ || position == kept_)
            return;
        keptAt_ = std::chrono::steady_clock::now();
        keepingFailed_ = true;
        try {
            withHost([&](Storage& storage, Log&) {
                storage.write(Origin::system("audit"), [&](Transaction& transaction) {
                    audit_store::setPosition(transaction, name_, position);
                });
            });
            kept_ = position;
            keepingFailed_ = false;
        } catch (const std::exception& error) {
            withHost([&](Storage&, Log& log) {
                log.warning("the position of an audit sink could not be kept",
                            {{"sink", name_}, {"error", error.what()}});
            });
        }
    }

    template <class Act>
    bool attempt(Act act) {
        try {
            act();
            note({});
            return true;
        } catch (const std::exception& error) {
            note(error.what());
        } catch (...) {
            note("it threw something that is no std::exception");
        }
        return false;
    }

    void note(const std::string& error) {
        bool news = false;
        {
            const std::lock_guard lock(mutex_);
            news = status_.failing != !error.empty();
            status_.failing = !error.empty();
            status_.error = error;
        }
        if (news)
            withHost([&](Storage&, Log& log) {
                if (error.empty())
                    log.information("an audit sink takes records again", {{"sink", name_}});
                else
                    log.warning("an audit sink takes no records; they wait",
                                {{"sink", name_}, {"error", error}});
            });
    }

    /// @returns whether to try again
    bool pauseAfterFailure() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, retry_, [this] { return abandonRetries_ || stopping_; });
        retry_ = std::min(retry_ * 2, options_.longestRetry);
        return !stopping_;
    }

    const std::shared_ptr<AuditSink> sink_;
    const std::string name_;
    const FeederOptions options_;
    // The host's parts, while they are there. Held during calls into the host, never during calls of the
    // sink.
    std::mutex hostMutex_;
    Storage* storage_;
    Log* log_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    SinkStatus status_;
    bool abandonRetries_ = false;
    bool ended_ = false;
    // Of the thread alone.
    bool positionKnown_ = false;
    std::int64_t kept_ = 0;
    bool keepingFailed_ = false;
    std::chrono::steady_clock::time_point keptAt_ = std::chrono::steady_clock::now();
    std::chrono::milliseconds retry_ = options_.firstRetry;
};

SinkFeeder::SinkFeeder(std::shared_ptr<AuditSink> sink, Storage& storage, Log& log, FeederOptions options)
    : name_(sink->name()), feed_(std::make_shared<Feed>(std::move(sink), name_, storage, log, options)) {
    feed_->start();
}

SinkFeeder::~SinkFeeder() {
    awaitStop(std::chrono::steady_clock::now());
}

void SinkFeeder::wake() {
    feed_->ask(&Feed::woken_);
}

void SinkFeeder::reopen() {
    feed_->ask(&Feed::reopen_);
}

void SinkFeeder::beginStop() {
    feed_->ask(&Feed::stopping_);
}

bool SinkFeeder::awaitStop(std::chrono::steady_clock::time_point deadline) {
    return feed_->awaitEnd(deadline);
}

SinkStatus SinkFeeder::status() const {
    return feed_->status();
}

} // namespace coffer::host
