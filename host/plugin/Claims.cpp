#include "host/plugin/Claims.h"

#include <stdexcept>

namespace coffer::host {

void Claims::claim(const std::string& key, const std::string& name, const std::string& owner) {
    const std::lock_guard lock(mutex_);
    const auto [place, isNew] = owners_.emplace(key, owner);
    if (!isNew)
        throw std::invalid_argument(name + " is " +
                                    (place->second == owner
                                         ? "registered twice"
                                         : "registered by the plugin '" + place->second + "' already"));
}

void Claims::release(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::erase_if(owners_, [&](const auto& entry) { return entry.second == owner; });
}

} // namespace coffer::host
