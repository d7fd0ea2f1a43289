#include "host/audit/AuditDelivery.h"

#include "host/audit/AuditStore.h"

#include <coffer/sdk/Problem.h>

#include <condition_variable>
#include <exception>
#include <stdexcept>

namespace coffer::host {

namespace {

constexpr int retryAfterSeconds = 5;

std::optional<Instant> timeOfFirstAfter(Transaction& transaction, std::int64_t position) {
    Rows rows = transaction.query(
        "SELECT time FROM audit_record WHERE sequence > ? ORDER BY sequence LIMIT 1", position);
    return rows.next() ? std::optional(rows.instant(0)) : std::nullopt;
}

} // namespace

AuditDelivery::AuditDelivery(Storage& storage, AuditLog& audit, Log& log, Metrics& metrics,
                             DeliveryOptions options)
    : storage_(storage), audit_(audit), log_(log), metrics_(metrics), options_(options) {}

AuditDelivery::~AuditDelivery() {
    audit_.setListener({});
    watcher_.request_stop();
}

void AuditDelivery::add(std::shared_ptr<AuditSink> sink, bool required) {
    const std::lock_guard lock(mutex_);
    const std::string name = sink->name();
    for (const Entry& entry : entries_)
        if (entry.feeder->name() == name)
            throw std::invalid_argument("an audit sink named " + name + " is there already");
    Gauge& lag = metrics_.gauge("coffer_audit_sink_lag_records",
                                "Records that an audit sink does not have yet", {{"sink", name}});
    entries_.push_back(
        {std::make_shared<SinkFeeder>(std::move(sink), storage_, log_, options_.feeder), required, &lag});
}

void AuditDelivery::remove(std::string_view name) {
    std::shared_ptr<SinkFeeder> removed;
    {
        const std::lock_guard lock(mutex_);
        const auto found =
            std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.feeder->name() == name; });
        if (found == entries_.end())
            return;
        found->lag->set(0);
        removed = std::move(found->feeder);
        entries_.erase(found);
    }
    // Stop the feeder now: measure() may still own it and would stop it later.
    removed->awaitStop(std::chrono::steady_clock::now());
}

void AuditDelivery::start() {
    audit_.setListener([this] {
        const std::lock_guard lock(mutex_);
        for (const Entry& entry : entries_)
            entry.feeder->wake();
    });
    watcher_ = std::jthread([this](const std::stop_token& token) { watch(token); });
}

void AuditDelivery::stop(std::chrono::steady_clock::time_point deadline) {
    watcher_.request_stop();
    if (watcher_.joinable())
        watcher_.join();
    recordHead();
    std::vector<Entry> entries;
    {
        const std::lock_guard lock(mutex_);
        entries.swap(entries_);
    }
    for (const Entry& entry : entries)
        entry.feeder->beginStop();
    for (const Entry& entry : entries)
        if (!entry.feeder->awaitStop(deadline))
            log_.warning(
                "an audit sink did not take everything in time; it will get the rest after the next start",
                {{"sink", entry.feeder->name()}});
}

void AuditDelivery::reopen() {
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_)
        entry.feeder->reopen();
}

void AuditDelivery::writeGate() const {
    if (refusing_ && !PassesWriteGate::here())
        mayReveal();
}

void AuditDelivery::mayReveal() const {
    if (!refusing_)
        return;
    throw Problem::unavailable("audit_sink_lagging", health().reason, retryAfterSeconds);
}

Health AuditDelivery::health() const {
    const std::lock_guard lock(mutex_);
    return health_;
}

void AuditDelivery::watch(const std::stop_token& token) {
    const PassesWriteGate pass;
    std::mutex mutex;
    std::condition_variable_any changed;
    auto headAt = std::chrono::steady_clock::now();
    while (!token.stop_requested()) {
        try {
            measure();
        } catch (const std::exception& error) {
            log_.warning("the lag of the audit sinks cannot be measured", {{"error", error.what()}});
        }
        if (std::chrono::steady_clock::now() - headAt >= options_.headEvery) {
            recordHead();
            headAt = std::chrono::steady_clock::now();
        }
        std::unique_lock lock(mutex);
        changed.wait_for(lock, token, options_.checkEvery, [] { return false; });
    }
}

void AuditDelivery::recordHead() noexcept {
    const PassesWriteGate pass;
    try {
        audit_.recordHead();
    } catch (const std::exception& error) {
        log_.warning("no head of the audit log could be recorded", {{"error", error.what()}});
    }
}

void AuditDelivery::measure() {
    // The writer takes the lock too: nothing is read from the database under it.
    const auto entries = [&] {
        const std::lock_guard lock(mutex_);
        return entries_;
    }();
    std::string text;
    bool refuse = false;
    storage_.read([&](Transaction& transaction) {
        const std::int64_t last = audit_store::last(transaction).sequence;
        text.clear();
        refuse = false;
        for (const Entry& entry : entries) {
            const std::string sentence = sentenceAbout(transaction, entry, last);
            if (sentence.empty())
                continue;
            text += text.empty() ? sentence : " " + sentence;
            refuse = refuse || entry.required;
        }
    });
    refuse = refuse && options_.onFailure == SinkFailure::refuse;
    const std::lock_guard lock(mutex_);
    health_ = {refuse         ? Health::State::failed
               : text.empty() ? Health::State::ok
                              : Health::State::degraded,
               text};
    refusing_ = refuse;
}

std::string AuditDelivery::sentenceAbout(Transaction& transaction, const Entry& entry,
                                         std::int64_t last) const {
    const SinkStatus status = entry.feeder->status();
    if (!status.known)
        return {};
    const std::int64_t missing = std::max<std::int64_t>(0, last - status.position);
    entry.lag->set(static_cast<double>(missing));
    const auto since = timeOfFirstAfter(transaction, status.position);
    const auto age = since ? currentTime() - *since : std::chrono::milliseconds{0};
    if (missing <= options_.largestLag && age <= options_.longestLag)
        return {};
    std::string sentence = "The audit sink " + entry.feeder->name() + " lacks " + std::to_string(missing) +
                           " records, the oldest for " +
                           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(age).count()) +
                           " s";
    return sentence += status.error.empty() ? "." : ": " + status.error + ".";
}

} // namespace coffer::host
