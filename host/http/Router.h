#pragma once

#include "host/http/RouteFigures.h"
#include "host/http/RouteGate.h"
#include "sdk/shared/Registrations.h"
#include "sdk/shared/RouteIndex.h"

#include <coffer/sdk/Http.h>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// Below it lie the routes; below `/plugins` what is mounted.
inline constexpr std::string_view apiPrefix = "/api/v1";

/// Told with a sentence that a handler of its owner's was given up. Any thread; neither throws nor blocks.
/// Handlers of an owner that is not told are never given up.
using WhenStuck = std::function<void(const std::string& sentence)>;

/// One route as it is served. Immutable but for its figures and gate; it lives as long as a table or a
/// request needs it.
struct RouteEntry {
    Route route;
    std::string owner;
    std::string label; ///< the whole pattern, `/api/v1` included: metrics and logs name the route by it
    std::vector<std::string> parameters; ///< names, from left to right
    std::shared_ptr<RouteGate> gate;
    std::shared_ptr<RouteFigures> figures;
    WhenStuck whenStuck;
    bool isMounted = false;   ///< its handler reads the raw body and answers what it likes
    bool isWithdrawn = false; ///< its owner stopped: it answers 503, and has no handler
    bool isDisabled = false;  ///< it is withdrawn because an administrator disabled its owner
};

/// Where a request goes.
struct RouteMatch {
    std::shared_ptr<const RouteEntry> entry; ///< null: 404, or 405 when `allow` says what would be right
    std::vector<std::string> parameters;     ///< values, from left to right
    std::string allow; ///< methods of the path, `GET, HEAD, OPTIONS`; empty: no such path
    std::string label; ///< the pattern of the path, also when the method does not fit
};

/// All routes at one moment. Immutable, read by any thread.
class RouteTable {
public:
    /// @throws std::invalid_argument when two entries are the same method on the same path
    explicit RouteTable(std::vector<std::shared_ptr<const RouteEntry>> entries);

    [[nodiscard]] RouteMatch find(std::string_view method, std::string_view path) const;
    [[nodiscard]] std::span<const std::shared_ptr<const RouteEntry>> entries() const noexcept {
        return entries_;
    }

private:
    std::vector<std::shared_ptr<const RouteEntry>> entries_;
    detail::RouteIndex index_;
};

/// Why an owner's routes are taken back.
enum class Withdrawal { stopped, disabled };

/// What is served at the moment: a table that is replaced whole when an owner comes or goes, so that no
/// request ever waits for one. Any thread.
class Router {
public:
    Router();

    /// Serves `routes` (and `mounts`) on behalf of `owner`, all or none. An owner may install several times.
    /// What was withdrawn before is taken over, and what it had itself before and no longer has is gone.
    /// @throws std::invalid_argument with a sentence when a route is incomplete or taken
    void install(std::string owner, std::vector<Route> routes, std::shared_ptr<RouteGate> gate,
                 std::vector<detail::Mount> mounts = {}, const WhenStuck& whenStuck = {});
    /// Lets go of everything of `owner`'s, handlers included (once the requests inside have ended). Its paths
    /// answer 503 from now on: `plugin_unavailable`, or `plugin_disabled`.
    void revoke(std::string_view owner, Withdrawal why = Withdrawal::stopped);

    [[nodiscard]] std::shared_ptr<const RouteTable> table() const;

private:
    mutable std::mutex tableMutex_; // held to copy or swap the pointer, for nothing else
    std::shared_ptr<const RouteTable> table_;
    std::mutex changeMutex_; // one change at a time
    void swap(std::shared_ptr<const RouteTable> table);
};

} // namespace coffer::host
