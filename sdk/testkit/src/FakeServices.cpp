#include "FakeServices.h"

#include "sdk/shared/Registrations.h"

#include <algorithm>
#include <atomic>

namespace coffer::testkit {

class FakeServices::Service final : public ServiceGate {
public:
    Service(std::string owner, std::string id, std::shared_ptr<void> keeper, void* instance)
        : owner_(std::move(owner)), id_(std::move(id)), keeper_(std::move(keeper)), instance_(instance) {}
    [[nodiscard]] bool enter() noexcept override { return !gone_; }
    void leave() noexcept override {}
    [[nodiscard]] void* instance() const noexcept override { return instance_; }
    [[nodiscard]] std::string_view id() const noexcept override { return id_; }

    [[nodiscard]] const std::string& owner() const noexcept { return owner_; }
    void close() noexcept { gone_ = true; }

private:
    const std::string owner_;
    const std::string id_;
    const std::shared_ptr<void> keeper_;
    void* const instance_;
    std::atomic<bool> gone_ = false;
};

void FakeServices::publish(const std::string& owner, std::string_view id, int version,
                           std::shared_ptr<void> keeper, void* instance) {
    detail::requireService(id, version, instance);
    const std::lock_guard lock(mutex_);
    const auto [place, isNew] = services_.try_emplace({std::string(id), version}, nullptr);
    if (!isNew)
        throw detail::publishedAlready(id, version, place->second->owner());
    place->second = std::make_shared<Service>(owner, std::string(id), std::move(keeper), instance);
}

std::shared_ptr<ServiceGate> FakeServices::find(std::string_view id, int version) const {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find({std::string(id), version});
    return found == services_.end() ? nullptr : found->second;
}

bool FakeServices::has(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(services_, [&](const auto& entry) { return entry.first.first == id; });
}

void FakeServices::withdraw(std::string_view id, int version) {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find({std::string(id), version});
    if (found == services_.end())
        throw std::invalid_argument("nobody published the service '" + std::string(id) + "' version " +
                                    std::to_string(version));
    found->second->close();
    services_.erase(found);
}

void FakeServices::withdrawAll(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::erase_if(services_, [&](const auto& entry) {
        if (entry.second->owner() != owner)
            return false;
        entry.second->close();
        return true;
    });
}

} // namespace coffer::testkit
