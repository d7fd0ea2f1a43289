#pragma once

#include "host/plugin/DisabledPlugins.h"
#include "host/plugin/PluginHost.h"
#include "tests/host/plugin/PluginHouse.h"

#include <string>

namespace coffer::test {

/// Whoever switches plugins in tests.
inline const Origin anna{7, "anna", "127.0.0.1", "request-1"};

[[nodiscard]] inline std::string stateOf(const host::PluginHost& host, const std::string& id) {
    return std::string(toString(host.status(id).value().state));
}

/// `409 plugin_disabled`, or `ok`.
template <class Action>
[[nodiscard]] std::string outcomeOf(Action action) {
    try {
        (void)action();
    } catch (const Problem& problem) {
        return std::to_string(problem.status()) + " " + problem.code();
    }
    return "ok";
}
[[nodiscard]] inline std::string disabling(host::PluginHost& host, const std::string& id) {
    return outcomeOf([&] { return host.disable(id, anna); });
}
[[nodiscard]] inline std::string enabling(host::PluginHost& host, const std::string& id) {
    return outcomeOf([&] { return host.enable(id, anna); });
}

/// The plugins that the database keeps as disabled.
[[nodiscard]] inline std::string kept(PluginHouse& house) {
    std::string text;
    for (const auto& [id, disabling] : house.database.read(host::disabled_plugins::all))
        text += id + " by " + disabling.by + ", ";
    return text;
}

[[nodiscard]] inline bool answersDisabled(const PluginHouse& house, const std::string& path) {
    const auto match = house.router.table()->find("GET", path);
    return match.entry && match.entry->isDisabled;
}

} // namespace coffer::test
