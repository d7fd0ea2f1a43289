#include "host/http/LanePool.h"

#include <coffer/sdk/Problem.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace coffer::host {

namespace {

constexpr LaneAccount nobody = 0;
constexpr int retryAfterSeconds = 5;

std::size_t quarter(std::size_t all, bool fair) {
    return fair ? std::max<std::size_t>(1, all / 4) : std::numeric_limits<std::size_t>::max();
}

} // namespace

LanePool::LanePool(const std::string& name, LaneSize size, bool fair, Metrics& metrics)
    : size_(size), placesEach_(quarter(size.workers + size.queue, fair)),
      workersEach_(quarter(size.workers, fair)),
      queued_(metrics.gauge("coffer_http_lane_queued", "Requests that wait for a worker, by lane.",
                            {{"lane", name}})),
      running_(metrics.gauge("coffer_http_lane_running", "Requests whose handler runs, by lane.",
                             {{"lane", name}})),
      refused_(metrics.counter("coffer_http_lane_refused_total",
                               "Requests refused because their lane was full, by lane.", {{"lane", name}})) {
    metrics.gauge("coffer_http_lane_workers", "Workers, by lane.", {{"lane", name}})
        .set(static_cast<double>(size.workers));
    for (std::size_t i = 0; i < size.workers; ++i)
        workers_.emplace_back([this] { work(); });
}

LanePool::~LanePool() {
    (void)stop(std::chrono::steady_clock::now());
    for (auto& worker : workers_)
        worker.join();
}

void LanePool::submit(LaneAccount account, Task task) {
    std::unique_lock lock(mutex_);
    const bool full = stopping_ || queue_.size() + busy_ >= size_.workers + size_.queue;
    const auto used = uses_.find(account);
    const bool ownShare = account != nobody && used != uses_.end() && used->second.places >= placesEach_;
    if (full || ownShare) {
        lock.unlock();
        refuse(ownShare && !full);
    }
    queue_.push_back({account, std::move(task)});
    ++uses_[account].places;
    show();
    ready_.notify_one();
}

void LanePool::refuse(bool ownShare) {
    refused_.add();
    throw Problem::unavailable("lane_full",
                               ownShare
                                   ? "Your organization has as many of these requests under way as it may; "
                                     "wait for some of them to end."
                                   : "Too many of these requests are under way; try again in a moment.",
                               retryAfterSeconds);
}

std::deque<LanePool::Waiting>::iterator LanePool::next() {
    return std::ranges::find_if(queue_, [&](const Waiting& waiting) {
        return waiting.account == nobody || uses_[waiting.account].workers < workersEach_;
    });
}

void LanePool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        auto found = queue_.end();
        ready_.wait(lock, [&] {
            found = next();
            return found != queue_.end() || (stopping_ && queue_.empty());
        });
        if (found == queue_.end())
            return;
        Waiting mine = std::move(*found);
        queue_.erase(found);
        ++busy_;
        ++uses_[mine.account].workers;
        show();
        lock.unlock();

        Place place(*this, mine.account);
        mine.task(place);
        mine.task = nullptr; // what it holds goes before the place does

        lock.lock();
        leave(place.account_);
    }
}

void LanePool::leave(LaneAccount account) noexcept {
    --busy_;
    const auto use = uses_.find(account);
    --use->second.workers;
    if (--use->second.places == 0)
        uses_.erase(use);
    show();
    // More than one may go on: somebody's next, and whoever waits for the end.
    ready_.notify_all();
    if (queue_.empty() && busy_ == 0)
        idle_.notify_all();
}

void LanePool::Place::charge(LaneAccount account) noexcept {
    if (account == account_)
        return;
    const std::lock_guard lock(pool_.mutex_);
    auto& other = pool_.uses_[account];
    ++other.places;
    ++other.workers;
    const auto use = pool_.uses_.find(account_);
    --use->second.workers;
    if (--use->second.places == 0)
        pool_.uses_.erase(use);
    account_ = account;
    pool_.ready_.notify_one();
}

bool LanePool::stop(std::chrono::steady_clock::time_point deadline) {
    std::deque<Waiting> dropped; // ends after the lock: its tasks hold connections
    std::unique_lock lock(mutex_);
    stopping_ = true;
    ready_.notify_all();
    const bool ended = idle_.wait_until(lock, deadline, [&] { return queue_.empty() && busy_ == 0; });
    dropped.swap(queue_);
    ready_.notify_all();
    return ended;
}

void LanePool::show() noexcept {
    queued_.set(static_cast<double>(queue_.size()));
    running_.set(static_cast<double>(busy_));
}

} // namespace coffer::host
