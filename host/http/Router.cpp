#include "host/http/Router.h"
#include "host/http/MountedFactory.h"

#include <coffer/sdk/detail/RouteCheck.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace coffer::host {

namespace {

std::optional<Method> methodFromString(std::string_view text) noexcept {
    for (const auto method : {Method::get, Method::post, Method::put, Method::patch, Method::remove})
        if (text == toString(method))
            return method;
    return text == "HEAD" ? std::optional(Method::get) : std::nullopt;
}

std::size_t placeOf(Method method) noexcept {
    return static_cast<std::size_t>(method);
}

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

std::shared_ptr<RouteEntry> makeEntry(const std::string& owner, Mount mount,
                                      const std::shared_ptr<RouteGate>& gate) {
    auto entry = std::make_shared<RouteEntry>();
    entry->owner = owner;
    entry->label = "/plugins/" + owner + "/" + mount.prefix;
    if (!detail::RoutePattern::parse(entry->label).parameters().empty())
        throw std::invalid_argument("the mount " + entry->label + " cannot have parameters");
    if (!isPermission(mount.permission))
        throw std::invalid_argument("the mount " + entry->label +
                                    " needs a permission such as 'backup-credentials:read'");
    if (!mount.factory)
        throw std::invalid_argument("the mount " + entry->label + " needs a factory");
    entry->gate = gate;
    entry->figures = std::make_shared<RouteFigures>("mounted", entry->label);
    entry->isMounted = true;
    entry->route.pattern = entry->label;
    entry->route.permission = std::move(mount.permission);
    entry->route.handler = mountedHandler(std::move(mount.factory));
    entry->route.lane = Lane::slow; // nobody declared what it waits for
    entry->route.bodyLimit = mountedBodyLimit;
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

std::string allowed(const std::array<std::shared_ptr<const RouteEntry>, 5>& methods) {
    std::string allow;
    for (const auto& entry : methods) {
        if (!entry)
            continue;
        (allow += toString(entry->route.method)) += ", ";
        if (entry->route.method == Method::get)
            allow += "HEAD, ";
    }
    return allow + "OPTIONS";
}

} // namespace

RouteTable::RouteTable(std::vector<std::shared_ptr<const RouteEntry>> entries)
    : entries_(std::move(entries)) {
    for (const auto& entry : entries_) {
        if (entry->isMounted) {
            const auto taken =
                std::ranges::find(mounted_, entry->label, [](const auto& other) { return other->label; });
            if (taken != mounted_.end())
                throw std::invalid_argument(entry->label + " is mounted already");
            mounted_.push_back(entry);
            continue;
        }
        const auto place = patterns_.add(detail::RoutePattern::parse(entry->route.pattern));
        if (place == places_.size())
            places_.emplace_back();
        auto& slot = places_[place][placeOf(entry->route.method)];
        if (slot)
            throw std::invalid_argument("the route " + std::string(toString(entry->route.method)) + " " +
                                        entry->label + " of '" + entry->owner + "' is taken by '" +
                                        slot->owner + "'");
        slot = entry;
    }
    // The longest comes first, so that the first that fits is the right one.
    std::ranges::sort(mounted_, std::greater{}, [](const auto& entry) { return entry->label.size(); });
}

RouteMatch RouteTable::find(std::string_view method, std::string_view path) const {
    if (!path.starts_with(apiPrefix))
        return findMounted(path);
    auto found = patterns_.find(path.substr(apiPrefix.size()));
    if (!found)
        return {};
    const Methods& methods = places_[found->place];
    RouteMatch match;
    if (const auto known = methodFromString(method))
        match.entry = methods[placeOf(*known)];
    if (match.entry) {
        match.parameters = std::move(found->parameters);
    } else {
        match.allow = allowed(methods);
        match.label =
            (*std::ranges::find_if(methods, [](const auto& entry) { return entry != nullptr; }))->label;
    }
    return match;
}

RouteMatch RouteTable::findMounted(std::string_view path) const {
    RouteMatch match;
    for (const auto& entry : mounted_) {
        const bool below = path.starts_with(entry->label) &&
                           (path.size() == entry->label.size() || path[entry->label.size()] == '/');
        if (below && detail::splitPath(path.ends_with('/') ? path.substr(0, path.size() - 1) : path)) {
            match.entry = entry;
            return match;
        }
    }
    return match;
}

Router::Router()
    : table_(std::make_shared<const RouteTable>(std::vector<std::shared_ptr<const RouteEntry>>{})) {}

void Router::install(std::string owner, std::vector<Route> routes, std::shared_ptr<RouteGate> gate,
                     std::vector<Mount> mounts, const WhenStuck& whenStuck) {
    std::vector<std::shared_ptr<RouteEntry>> added;
    for (auto& route : routes)
        added.push_back(makeEntry(owner, std::move(route), gate));
    for (auto& mount : mounts)
        added.push_back(makeEntry(owner, std::move(mount), gate));
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
