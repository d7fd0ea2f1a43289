#include "host/plugin/ServiceRegistry.h"

#include <algorithm>
#include <stdexcept>

namespace coffer::host {

void ServiceRegistry::publish(std::shared_ptr<PublishedService> service) {
    if (service->id().empty() || service->version() < 1 || service->instance() == nullptr)
        throw std::invalid_argument("a service has an id, a major version from 1 on, and an object");
    const std::lock_guard lock(mutex_);
    const std::pair key{std::string(service->id()), service->version()};
    const auto [place, isNew] = services_.emplace(key, std::move(service));
    if (!isNew)
        throw std::invalid_argument("the service '" + key.first + "' version " + std::to_string(key.second) +
                                    " is published by the plugin '" + place->second->owner() + "' already");
}

std::shared_ptr<PublishedService> ServiceRegistry::find(std::string_view id, int version) const {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find({std::string(id), version});
    return found == services_.end() ? nullptr : found->second;
}

bool ServiceRegistry::has(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(services_, [&](const auto& entry) { return entry.first.first == id; });
}

std::vector<std::shared_ptr<PublishedService>> ServiceRegistry::revoke(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<PublishedService>> revoked;
    std::erase_if(services_, [&](const auto& entry) {
        if (entry.second->owner() != owner)
            return false;
        entry.second->close();
        revoked.push_back(entry.second);
        return true;
    });
    return revoked;
}

} // namespace coffer::host
