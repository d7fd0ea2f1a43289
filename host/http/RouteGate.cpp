#include "host/http/RouteGate.h"

namespace coffer::host {

bool RouteGate::enter() noexcept {
    std::uint64_t state = state_.load(std::memory_order_acquire);
    while ((state & closedBit) == 0) {
        if (state_.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel))
            return true;
    }
    return false;
}

void RouteGate::leave() noexcept {
    if (state_.fetch_sub(1, std::memory_order_acq_rel) == closedBit + 1) {
        // Under the mutex, so that a waiter that has just looked does not miss it.
        const std::lock_guard lock(mutex_);
        idle_.notify_all();
    }
}

void RouteGate::close() noexcept {
    state_.fetch_or(closedBit, std::memory_order_acq_rel);
}

void RouteGate::open() noexcept {
    state_.fetch_and(~closedBit, std::memory_order_acq_rel);
}

bool RouteGate::isClosed() const noexcept {
    return (state_.load(std::memory_order_acquire) & closedBit) != 0;
}

std::uint64_t RouteGate::inFlight() const noexcept {
    return state_.load(std::memory_order_acquire) & ~closedBit;
}

bool RouteGate::waitUntilIdle(std::chrono::steady_clock::time_point deadline) {
    // Only the last one out of a closed gate rings; an open one is looked at now and then.
    constexpr std::chrono::milliseconds glance{20};
    std::unique_lock lock(mutex_);
    while (inFlight() != 0) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline)
            return false;
        idle_.wait_until(lock, isClosed() ? deadline : std::min(deadline, now + glance));
    }
    return true;
}

RouteLease::RouteLease(std::shared_ptr<RouteGate> gate) noexcept {
    if (gate && gate->enter())
        gate_ = std::move(gate);
}

RouteLease& RouteLease::operator=(RouteLease&& other) noexcept {
    std::swap(gate_, other.gate_);
    return *this;
}

RouteLease::~RouteLease() {
    if (gate_)
        gate_->leave();
}

} // namespace coffer::host
