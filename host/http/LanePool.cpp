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
    metrics.gauge("coffer_http_lane_workers", "Workers that a lane may have, by lane.", {{"lane", name}})
        .set(static_cast<double>(size.workers));
}

LanePool::~LanePool() {
    (void)stop(std::chrono::steady_clock::now());
    for (auto& worker : workers_)
        worker.join();
}

void LanePool::submit(LaneAccounts accounts, Task task) {
    std::unique_lock lock(mutex_);
    const bool full = stopping_ || queue_.size() + busy_ >= size_.workers + size_.queue ||
                      (serving_ + lost_ == 0 && !startWorker());
    const bool ownShare = hasItsPlaces(accounts.caller) || hasItsPlaces(accounts.organization);
    if (full || ownShare) {
        lock.unlock();
        refuse(ownShare && !full);
    }
    queue_.push_back({accounts, std::move(task)});
    for (const LaneAccount account : {accounts.caller, accounts.organization})
        if (account != nobody)
            ++uses_[account].places;
    show();
    const bool wakes = wantsWaking();
    lock.unlock();
    if (wakes)
        ready_.notify_one();
}

bool LanePool::wantsWaking() noexcept {
    if (next() == queue_.end())
        return false;
    if (resting_ == 0)
        startWorker(); // without one it waits for those that are busy now
    return resting_ > 0;
}

bool LanePool::startWorker() noexcept {
    if (stopping_ || serving_ >= size_.workers || lost_ > size_.workers)
        return false;
    try {
        workers_.emplace_back([this] { work(); });
        ++serving_;
        ++resting_;
        return true;
    } catch (...) {
        return false;
    }
}

bool LanePool::hasItsPlaces(LaneAccount account) const {
    const auto use = uses_.find(account);
    return use != uses_.end() && use->second.places >= placesEach_;
}

bool LanePool::hasItsWorkers(LaneAccount account) const {
    const auto use = uses_.find(account);
    return use != uses_.end() && use->second.workers >= workersEach_;
}

void LanePool::refuse(bool ownShare) {
    refused_.add();
    throw Problem::unavailable(
        "lane_full",
        ownShare ? "You, or the organization that it is about, have as many of these requests "
                   "under way as one may; wait for some of them to end."
                 : "Too many of these requests are under way; try again in a moment.",
        retryAfterSeconds);
}

std::deque<LanePool::Waiting>::iterator LanePool::next() noexcept {
    return std::ranges::find_if(queue_, [&](const Waiting& waiting) {
        return !hasItsWorkers(waiting.accounts.caller) && !hasItsWorkers(waiting.accounts.organization);
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
        --resting_;
        Waiting mine = std::move(*found);
        queue_.erase(found);
        ++busy_;
        for (const LaneAccount account : {mine.accounts.caller, mine.accounts.organization})
            if (account != nobody)
                ++uses_[account].workers;
        show();
        const bool wakes = wantsWaking();
        lock.unlock();
        if (wakes)
            ready_.notify_one();

        Place place(*this, mine.accounts);
        mine.task(place);
        mine.task = nullptr; // what it holds goes before the place does

        lock.lock();
        if (!place.isGivenUp_)
            leave(place.accounts_);
        else if (!comeBack())
            return;
        ++resting_;
    }
}

bool LanePool::comeBack() noexcept {
    --lost_;
    if (serving_ >= size_.workers)
        return false;
    ++serving_;
    return true;
}

void LanePool::Place::giveUp() noexcept {
    const std::lock_guard lock(pool_.mutex_);
    isGivenUp_ = true;
    pool_.leave(accounts_);
    ++pool_.lost_;
    --pool_.serving_;
    if (pool_.wantsWaking())
        pool_.ready_.notify_one();
}

void LanePool::leave(const LaneAccounts& accounts) noexcept {
    --busy_;
    release(accounts.caller);
    release(accounts.organization);
    show();
    if (queue_.empty() && busy_ == 0)
        idle_.notify_all();
}

void LanePool::release(LaneAccount account) noexcept {
    if (account == nobody)
        return;
    const auto use = uses_.find(account);
    --use->second.workers;
    if (--use->second.places == 0)
        uses_.erase(use);
}

void LanePool::Place::charge(LaneAccount organization) {
    const LaneAccounts charged(accounts_.caller, organization);
    std::unique_lock lock(pool_.mutex_);
    if (isGivenUp_ || charged.organization == accounts_.organization)
        return;
    if (charged.organization != nobody) {
        auto& use = pool_.uses_[charged.organization];
        ++use.places;
        ++use.workers;
    }
    pool_.release(accounts_.organization);
    accounts_ = charged;
    const bool wakes = pool_.wantsWaking();
    lock.unlock();
    if (wakes)
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
    return ended && lost_ == 0;
}

void LanePool::show() noexcept {
    queued_.set(static_cast<double>(queue_.size()));
    running_.set(static_cast<double>(busy_));
}

} // namespace coffer::host
