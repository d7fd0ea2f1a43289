#include "host/plugin/RouteClaims.h"

#include <stdexcept>

namespace coffer::host {

std::string nameOf(const Route& route) {
    return std::string(toString(route.method)) + " " + route.pattern;
}

std::string shapeOf(const Route& route) {
    std::string shape;
    bool withinName = false;
    for (const char c : nameOf(route)) {
        if (c == '}')
            withinName = false;
        if (!withinName)
            shape += c;
        if (c == '{')
            withinName = true;
    }
    return shape;
}

void RouteClaims::claim(const Route& route, const std::string& owner) {
    const std::lock_guard lock(mutex_);
    const auto [place, isNew] = owners_.emplace(shapeOf(route), owner);
    if (!isNew)
        throw std::invalid_argument("the route " + nameOf(route) + " is " +
                                    (place->second == owner
                                         ? "registered twice"
                                         : "registered by the plugin '" + place->second + "' already"));
}

void RouteClaims::release(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::erase_if(owners_, [&](const auto& entry) { return entry.second == owner; });
}

} // namespace coffer::host
