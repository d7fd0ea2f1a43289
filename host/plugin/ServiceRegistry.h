#pragma once

#include "host/http/RouteGate.h"
#include "host/plugin/RouteClaims.h"

#include <coffer/sdk/Service.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::host {

/// One published service and the calls under way in it. Leases of other plugins hold it; it never dies before
/// them. Any thread; calls take no lock.
class PublishedService final : public ServiceGate {
public:
    PublishedService(std::string id, int version, std::string owner, std::shared_ptr<void> keeper,
                     void* instance)
        : id_(std::move(id)), version_(version), owner_(std::move(owner)), keeper_(std::move(keeper)),
          instance_(instance) {}

    bool enter() noexcept override { return calls_.enter(); }
    void leave() noexcept override { calls_.leave(); }
    [[nodiscard]] void* instance() const noexcept override { return instance_; }
    [[nodiscard]] std::string_view id() const noexcept override { return id_; }

    [[nodiscard]] int version() const noexcept { return version_; }
    [[nodiscard]] const std::string& owner() const noexcept { return owner_; }
    /// No call begins from now on.
    void close() noexcept { calls_.close(); }
    [[nodiscard]] bool waitUntilIdle(std::chrono::steady_clock::time_point deadline) {
        return calls_.waitUntilIdle(deadline);
    }

private:
    const std::string id_;
    const int version_;
    const std::string owner_;
    const std::shared_ptr<void> keeper_;
    void* const instance_;
    RouteGate calls_;
};

/// Which service is published by whom, by id and major version. Any thread.
class ServiceRegistry {
public:
    /// @throws std::invalid_argument a sentence when one with this id and version is published already
    void publish(std::shared_ptr<PublishedService> service);
    /// Nothing when nobody publishes it.
    [[nodiscard]] std::shared_ptr<PublishedService> find(std::string_view id, int version) const;
    /// Whether it is published in any version.
    [[nodiscard]] bool has(std::string_view id) const;
    /// Takes back everything that `owner` published and closes it. @returns what that was
    std::vector<std::shared_ptr<PublishedService>> revoke(std::string_view owner);

private:
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, int>, std::shared_ptr<PublishedService>> services_;
};

/// What all plugins share: who has what.
struct PluginRegistry {
    ServiceRegistry services;
    RouteClaims routes;
};

} // namespace coffer::host
