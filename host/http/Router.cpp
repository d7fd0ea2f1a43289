#include "host/http/Router.h"
#include "sdk/shared/MountedFactory.h"

#include <coffer/sdk/detail/RouteCheck.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace coffer::host {

namespace {

std::shared_ptr<RouteEntry> makeEntry(const std::string& owner, Route route,
                                      const std::shared_ptr<RouteGate>& gate) {
    detail::validateRoute(route);
    auto entry = std::make_shared<RouteEntry>();
    entry->owner = owner;
    entry->label = std::string(apiPrefix) + route.pattern;
    entry->parameters = detail::RoutePattern::parse(route.pattern).parameters();
    entry->gate = gate;
    entry->figures = std::make_shared<RouteFigures>(toString(route.method), entry->label);
    entry->route = std::move(route);
    return entry;
}

std::shared_ptr<RouteEntry> makeEntry(const std::string& owner, const detail::Mount& mount,
                                      const std::shared_ptr<RouteGate>& gate) {
    auto entry = std::make_shared<RouteEntry>();
    entry->owner = owner;
    entry->route = detail::mountedRoute(owner, mount);
    entry->label = entry->route.pattern;
    entry->gate = gate;
    entry->figures = std::make_shared<RouteFigures>("mounted", entry->label);
    entry->isMounted = true;
    return entry;
}

/// The same place without anything of its owner's.
std::shared_ptr<const RouteEntry> withdraw(const RouteEntry& entry, Withdrawal why) {
    auto left = std::make_shared<RouteEntry>();
    left->owner = entry.owner;
    left->label = entry.label;
    left->parameters = entry.parameters;
    left->figures = entry.figures;
    left->isMounted = entry.isMounted;
    left->isWithdrawn = true;
    left->isDisabled = why == Withdrawal::disabled;
    left->route.method = entry.route.method;
    left->route.pattern = entry.route.pattern;
    left->route.permission = entry.route.permission;
    left->route.bodyLimit = entry.route.bodyLimit;
    return left;
}

bool samePlace(const RouteEntry& one, const RouteEntry& other) {
    return one.isMounted == other.isMounted && one.route.method == other.route.method &&
           one.label == other.label;
}

} // namespace

RouteTable::RouteTable(std::vector<std::shared_ptr<const RouteEntry>> entries)
    : entries_(std::move(entries)) {
    for (const auto& entry : entries_) {
        const auto number = static_cast<std::size_t>(&entry - entries_.data());
        if (entry->isMounted) {
            if (index_.addBelow(entry->label, number))
                throw std::invalid_argument(entry->label + " is mounted already");
            continue;
        }
        if (const auto taken = index_.add(entry->route, number))
            throw std::invalid_argument("the route " + std::string(toString(entry->route.method)) + " " +
                                        entry->label + " of '" + entry->owner + "' is taken by '" +
                                        entries_[*taken]->owner + "'");
    }
}

RouteMatch RouteTable::find(std::string_view method, std::string_view path) const {
    auto found = path.starts_with(apiPrefix) ? index_.find(method, path.substr(apiPrefix.size()))
                                             : index_.findBelow(path);
    if (!found)
        return {};
    if (!found->route)
        return {nullptr, {}, std::move(found->allow), entries_[found->sibling]->label};
    return {entries_[*found->route], std::move(found->parameters), {}, {}};
}

Router::Router()
    : table_(std::make_shared<const RouteTable>(std::vector<std::shared_ptr<const RouteEntry>>{})) {}

void Router::install(std::string owner, std::vector<Route> routes, std::shared_ptr<RouteGate> gate,
                     std::vector<detail::Mount> mounts, const WhenStuck& whenStuck) {
    std::vector<std::shared_ptr<RouteEntry>> added;
    for (auto& route : routes)
        added.push_back(makeEntry(owner, std::move(route), gate));
    for (const auto& mount : mounts)
        added.push_back(makeEntry(owner, mount, gate));
    for (const auto& entry : added)
        entry->whenStuck = whenStuck;

    const std::lock_guard lock(changeMutex_);
    std::vector<std::shared_ptr<const RouteEntry>> entries;
    for (const auto& entry : table()->entries()) {
        const bool takenOver = entry->isWithdrawn &&
                               (entry->owner == owner || std::ranges::any_of(added, [&](const auto& fresh) {
                                    return samePlace(*fresh, *entry);
                                }));
        if (!takenOver)
            entries.push_back(entry);
    }
    std::ranges::move(added, std::back_inserter(entries));
    swap(std::make_shared<const RouteTable>(std::move(entries)));
}

void Router::revoke(std::string_view owner, Withdrawal why) {
    const std::lock_guard lock(changeMutex_);
    std::vector<std::shared_ptr<const RouteEntry>> entries;
    for (const auto& entry : table()->entries())
        entries.push_back(entry->owner == owner ? withdraw(*entry, why) : entry);
    swap(std::make_shared<const RouteTable>(std::move(entries)));
}

std::shared_ptr<const RouteTable> Router::table() const {
    const std::lock_guard lock(tableMutex_);
    return table_;
}

void Router::swap(std::shared_ptr<const RouteTable> table) {
    // The old table, and with it handlers of a plugin's, goes after the lock is let go.
    const std::lock_guard lock(tableMutex_);
    table_.swap(table);
}

} // namespace coffer::host
