#include "FakeServices.h"

#include "sdk/shared/Registrations.h"

#include <algorithm>
#include <atomic>
#include <vector>

namespace coffer::testkit {

/// One name and version, whoever stands behind it at the moment: leases that were given out go on with the
/// next.
class FakeServices::Service final : public ServiceGate {
public:
    Service(std::string owner, std::string id) : owner_(std::move(owner)), id_(std::move(id)) {}
    [[nodiscard]] bool enter() noexcept override { return open_; }
    void leave() noexcept override {}
    [[nodiscard]] void* instance() const noexcept override { return instance_; }
    [[nodiscard]] std::string_view id() const noexcept override { return id_; }

    [[nodiscard]] const std::string& owner() const noexcept { return owner_; }
    [[nodiscard]] bool isOpen() const noexcept { return open_; }
    void open(std::shared_ptr<void> keeper, void* instance) {
        keepers_.push_back(std::move(keeper));
        instance_ = instance;
        open_ = true;
    }
    void close() noexcept { open_ = false; }

private:
    const std::string owner_;
    const std::string id_;
    std::vector<std::shared_ptr<void>> keepers_; // of earlier ones too: a call may be under way in them
    std::atomic<void*> instance_ = nullptr;
    std::atomic<bool> open_ = false;
};

void FakeServices::publish(const std::string& owner, std::string_view id, int version,
                           std::shared_ptr<void> keeper, void* instance) {
    detail::requireService(id, version, instance);
    const std::lock_guard lock(mutex_);
    auto& service = services_[{std::string(id), version}];
    if (!service)
        service = std::make_shared<Service>(owner, std::string(id));
    else if (service->isOpen() || service->owner() != owner)
        throw detail::publishedAlready(id, version, service->owner());
    service->open(std::move(keeper), instance);
}

std::shared_ptr<ServiceGate> FakeServices::find(std::string_view id, int version) const {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find({std::string(id), version});
    return found == services_.end() ? nullptr : found->second;
}

bool FakeServices::has(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(
        services_, [&](const auto& entry) { return entry.first.first == id && entry.second->isOpen(); });
}

void FakeServices::withdraw(std::string_view id, int version) {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find({std::string(id), version});
    if (found == services_.end() || !found->second->isOpen())
        throw std::invalid_argument("nobody publishes the service '" + std::string(id) + "' version " +
                                    std::to_string(version));
    found->second->close();
}

void FakeServices::withdrawAll(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, service] : services_)
        if (service->owner() == owner)
            service->close();
}

} // namespace coffer::testkit
