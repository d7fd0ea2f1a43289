#pragma once

#include <coffer/sdk/Service.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace coffer::testkit {

/// What the plugin publishes, and what the test provides. Any thread.
class FakeServices {
public:
    /// @throws std::invalid_argument as in the daemon
    void publish(const std::string& owner, std::string_view id, int version, std::shared_ptr<void> keeper,
                 void* instance);
    [[nodiscard]] std::shared_ptr<ServiceGate> find(std::string_view id, int version) const;
    [[nodiscard]] bool has(std::string_view id) const;
    /// Leases throw until it is published again. @throws std::invalid_argument when nobody publishes it
    void withdraw(std::string_view id, int version);
    void withdrawAll(std::string_view owner);

private:
    class Service;

    mutable std::mutex mutex_;
    std::map<std::pair<std::string, int>, std::shared_ptr<Service>> services_;
};

} // namespace coffer::testkit
