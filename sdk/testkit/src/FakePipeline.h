#pragma once

#include <coffer/testkit/Answer.h>

#include "sdk/shared/Registrations.h"
#include "sdk/shared/RouteIndex.h"

#include <coffer/sdk/Http.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::testkit {

/// What a caller sends.
struct Sent {
    std::string_view method;
    std::string target;
    std::string body;
    const Headers& headers;
};

/// Where a plugin's routes are served: the daemon's pipeline without what the daemon adds. Any thread.
class FakePipeline {
public:
    /// References outlive it. @throws std::invalid_argument when what was registered does not fit together
    FakePipeline(std::string plugin, const detail::Registrations& registered, Storage& storage, Log& log);

    [[nodiscard]] Answer run(const Principal& principal, Sent sent);
    /// The plugin stops: every path of its own answers 503.
    void close() noexcept { closed_ = true; }

private:
    class Run;
    struct Entry {
        Route route;
        std::string label;
        std::vector<std::string> parameters;
        bool isMounted = false;
    };
    void serve(const detail::Mount& mount);

    const std::string plugin_;
    Storage& storage_;
    Log& log_;
    std::vector<Entry> entries_;
    detail::RouteIndex index_;
    std::atomic<int> requests_ = 0;
    std::atomic<bool> closed_ = false;
};

} // namespace coffer::testkit
