#include "host/plugin/ServiceRegistry.h"

#include "sdk/shared/Registrations.h"

#include <algorithm>

namespace coffer::host {

void ServiceRegistry::publish(std::string_view id, int version, const std::string& owner, void* instance) {
    detail::requireService(id, version, instance);
    const std::lock_guard lock(mutex_);
    const std::pair key{std::string(id), version};
    const auto found = services_.find(key);
    if (found == services_.end()) {
        services_.emplace(key, std::make_shared<PublishedService>(key.first, version, owner, instance));
        return;
    }
    PublishedService& service = *found->second;
    if (service.isOffered_ || service.owner() != owner)
        throw detail::publishedAlready(key.first, version, service.owner());
    service.instance_ = instance;
    service.isOffered_ = true;
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

void ServiceRegistry::open(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, service] : services_)
        if (service->owner() == owner && service->isOffered_)
            service->calls_.open();
}

std::vector<std::shared_ptr<PublishedService>> ServiceRegistry::rest(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<PublishedService>> resting;
    for (const auto& [name, service] : services_) {
        if (service->owner() != owner)
            continue;
        service->calls_.close();
        service->isOffered_ = false;
        resting.push_back(service);
    }
    return resting;
}

void ServiceRegistry::revoke(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::erase_if(services_, [&](const auto& entry) {
        if (entry.second->owner() != owner)
            return false;
        entry.second->calls_.close();
        return true;
    });
}

} // namespace coffer::host
