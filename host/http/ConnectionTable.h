#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace coffer::host {

class Connection;

/// The open connections of a server, by the number under which epoll knows them. Any thread. Its lock may be
/// taken while a connection's is held, never the other way round.
class ConnectionTable {
public:
    using Clock = std::chrono::steady_clock;

    void insert(std::uint64_t id, std::shared_ptr<Connection> connection);
    void remove(std::uint64_t id);
    [[nodiscard]] std::shared_ptr<Connection> find(std::uint64_t id) const;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::vector<std::shared_ptr<Connection>> all() const;
    /// Those whose deadline has passed.
    [[nodiscard]] std::vector<std::shared_ptr<Connection>> overdue(Clock::time_point now) const;
    /// @returns false when some are still open at the deadline
    [[nodiscard]] bool waitUntilEmpty(Clock::time_point deadline) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable emptied_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
};

} // namespace coffer::host
