#include "host/plugin/RouteClaims.h"

#include "sdk/shared/RouteIndex.h"

#include <stdexcept>

namespace coffer::host {

void RouteClaims::claim(const Route& route, const std::string& owner) {
    const std::lock_guard lock(mutex_);
    const auto [place, isNew] = owners_.emplace(detail::shapeOf(route), owner);
    if (!isNew)
        throw std::invalid_argument("the route " + detail::nameOf(route) + " is " +
                                    (place->second == owner
                                         ? "registered twice"
                                         : "registered by the plugin '" + place->second + "' already"));
}

void RouteClaims::release(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::erase_if(owners_, [&](const auto& entry) { return entry.second == owner; });
}

} // namespace coffer::host
