#pragma once

#include "host/http/RouteGate.h"
#include "host/plugin/Claims.h"

#include <coffer/sdk/Service.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::host {

/// One published service and the calls under way in it. Leases of other plugins hold it; it never dies before
/// them, and outlives the plugin objects that stand behind it one after the other. Any thread; calls take no
/// lock.
class PublishedService final : public ServiceGate {
public:
    /// Closed: it can be found, and called once its plugin serves.
    PublishedService(std::string id, int version, std::string owner, void* instance)
        : id_(std::move(id)), version_(version), owner_(std::move(owner)), instance_(instance) {
        calls_.close();
    }

    bool enter() noexcept override { return calls_.enter(); }
    void leave() noexcept override { calls_.leave(); }
    [[nodiscard]] void* instance() const noexcept override { return instance_; }
    [[nodiscard]] std::string_view id() const noexcept override { return id_; }

    [[nodiscard]] int version() const noexcept { return version_; }
    [[nodiscard]] const std::string& owner() const noexcept { return owner_; }
    [[nodiscard]] bool waitUntilIdle(std::chrono::steady_clock::time_point deadline) {
        return calls_.waitUntilIdle(deadline);
    }

private:
    friend class ServiceRegistry;

    const std::string id_;
    const int version_;
    const std::string owner_;
    std::atomic<void*> instance_; // its plugin keeps it; changes while closed and idle only
    RouteGate calls_;
    bool isOffered_ = true; // by the plugin object of today; guarded by the registry
};

/// Which service is published by whom, by id and major version. Any thread.
class ServiceRegistry {
public:
    /// A service that its owner rests comes back under the same leases.
    /// @param instance  must outlive the registry and all leases
    /// @throws std::invalid_argument a sentence when one with this id and version is published already
    void publish(std::string_view id, int version, const std::string& owner, void* instance);
    /// Nothing when nobody publishes it. What rests is found: it may be called again later.
    [[nodiscard]] std::shared_ptr<PublishedService> find(std::string_view id, int version) const;
    /// Whether it is published in any version.
    [[nodiscard]] bool has(std::string_view id) const;
    /// Calls of what `owner` has published may begin.
    void open(std::string_view owner);
    /// No call of what `owner` published begins from now on; nobody else can publish it. Before the owner
    /// publishes again, all calls must have ended. @returns what that was
    std::vector<std::shared_ptr<PublishedService>> rest(std::string_view owner);
    /// As rest(), and forgets it: its leases never work again, and its name is free.
    void revoke(std::string_view owner);

private:
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, int>, std::shared_ptr<PublishedService>> services_;
};

/// What all plugins share: who has what.
struct PluginRegistry {
    ServiceRegistry services;
    Claims claims;
};

} // namespace coffer::host
