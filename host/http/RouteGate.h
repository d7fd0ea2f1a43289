#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace coffer::host {

/// Counts the requests that are under way in the handlers of one owner (a plugin, or a part of the host), and
/// refuses new ones once it is closed. Shared by its owner and the routes; any thread; enter() and leave()
/// take no lock.
class RouteGate {
public:
    RouteGate() = default;
    RouteGate(const RouteGate&) = delete;
    RouteGate& operator=(const RouteGate&) = delete;

    /// @returns false when it is closed; otherwise leave() must follow
    [[nodiscard]] bool enter() noexcept;
    void leave() noexcept;

    /// No request enters from now on; those inside go on.
    void close() noexcept;
    /// Lets requests in again. Only its owner calls it, with nobody inside.
    void open() noexcept;
    [[nodiscard]] bool isClosed() const noexcept;
    /// Waits until nobody is inside. @returns false when somebody still is at the deadline
    [[nodiscard]] bool waitUntilIdle(std::chrono::steady_clock::time_point deadline);
    [[nodiscard]] std::uint64_t inFlight() const noexcept;

private:
    static constexpr std::uint64_t closedBit = std::uint64_t{1} << 63U;

    std::atomic<std::uint64_t> state_{0}; // the closed bit and the number of requests inside
    std::mutex mutex_;
    std::condition_variable idle_;
};

/// One request's stay behind a gate: movable, leaves when destroyed.
class RouteLease {
public:
    RouteLease() = default;
    /// Enters; the lease is empty when the gate is closed.
    explicit RouteLease(std::shared_ptr<RouteGate> gate) noexcept;
    RouteLease(RouteLease&&) noexcept = default;
    RouteLease& operator=(RouteLease&& other) noexcept;
    RouteLease(const RouteLease&) = delete;
    RouteLease& operator=(const RouteLease&) = delete;
    ~RouteLease();

    explicit operator bool() const noexcept { return gate_ != nullptr; }
    /// Whether the owner is stopping: what takes long ends itself.
    [[nodiscard]] bool isClosing() const noexcept { return gate_ && gate_->isClosed(); }

private:
    std::shared_ptr<RouteGate> gate_;
};

} // namespace coffer::host
