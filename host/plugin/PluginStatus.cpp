#include "host/plugin/PluginStatus.h"

namespace coffer::host {

std::string_view toString(PluginState state) noexcept {
    switch (state) {
    case PluginState::loaded:
        return "loaded";
    case PluginState::initialized:
        return "initialized";
    case PluginState::running:
        return "running";
    case PluginState::disabled:
        return "disabled";
    case PluginState::stopped:
        return "stopped";
    case PluginState::quarantined:
        return "quarantined";
    }
    return "";
}

std::string_view toString(Health::State state) noexcept {
    switch (state) {
    case Health::State::ok:
        return "ok";
    case Health::State::degraded:
        return "degraded";
    case Health::State::failed:
        return "failed";
    }
    return "";
}

} // namespace coffer::host
