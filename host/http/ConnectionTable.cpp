#include "host/http/ConnectionTable.h"

#include "host/http/Connection.h"

namespace coffer::host {

void ConnectionTable::insert(std::uint64_t id, std::shared_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    connections_.emplace(id, std::move(connection));
}

void ConnectionTable::remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    connections_.erase(id);
    if (connections_.empty())
        emptied_.notify_all();
}

std::shared_ptr<Connection> ConnectionTable::find(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second;
}

std::size_t ConnectionTable::size() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
}

std::vector<std::shared_ptr<Connection>> ConnectionTable::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Connection>> result;
    result.reserve(connections_.size());
    for (const auto& [id, connection] : connections_)
        result.push_back(connection);
    return result;
}

std::vector<std::shared_ptr<Connection>> ConnectionTable::overdue(Clock::time_point now) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Connection>> result;
    for (const auto& [id, connection] : connections_)
        if (connection->deadline() <= now)
            result.push_back(connection);
    return result;
}

bool ConnectionTable::waitUntilEmpty(Clock::time_point deadline) const {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [&] { return connections_.empty(); });
}

} // namespace coffer::host
