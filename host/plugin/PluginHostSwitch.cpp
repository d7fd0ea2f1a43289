// The half of PluginHost that takes plugins out of service and back while the daemon serves.
#include "host/plugin/PluginHost.h"

#include <coffer/sdk/Json.h>

#include <algorithm>
#include <utility>

namespace coffer::host {

namespace {

std::string stateJson(PluginState state) {
    JsonWriter json;
    json.beginObject().member("state", toString(state)).endObject();
    return json.take();
}

AuditEvent switchEvent(std::string_view action, std::string_view plugin, PluginState from, PluginState to) {
    AuditEvent event;
    event.action = action;
    event.objectType = "plugin";
    event.objectId = plugin;
    event.before = stateJson(from);
    event.after = stateJson(to);
    return event;
}

[[noreturn]] void refuse(const PluginStatus& plugin) {
    const std::string name = "The plugin '" + plugin.id + "' ";
    switch (plugin.state) {
    case PluginState::running:
        throw Problem::conflict("plugin_enabled", "The plugin is enabled already", name + "is running.");
    case PluginState::disabled:
        throw Problem::conflict("plugin_disabled", "The plugin is disabled already",
                                name + "is disabled already; enable it with POST /api/v1/plugins/" +
                                    plugin.id + "/enable.");
    case PluginState::quarantined:
        throw Problem::conflict("plugin_quarantined", "The plugin is quarantined",
                                name + "is quarantined: " + plugin.reason +
                                    ". Correct what it says, then restart the daemon.");
    default:
        throw Problem::unavailable("stopping", name + "is " + std::string(toString(plugin.state)) + ".", 30);
    }
}

} // namespace

PluginHost::Member& PluginHost::memberToSwitch(std::string_view id, PluginState wanted) {
    if (isStopping_)
        throw Problem::unavailable("stopping", "The daemon is stopping.", 30);
    const auto member = std::ranges::find(members_, id, &Member::id);
    if (member == members_.end())
        throw Problem::notFound();
    if (const auto status = this->status(id).value(); status.state != wanted)
        refuse(status);
    return *member;
}

PluginStatus PluginHost::disable(std::string_view id, const Origin& origin) {
    const std::lock_guard lock(lifecycleMutex_);
    Member& member = memberToSwitch(id, PluginState::running);
    const auto disabling = services_.storage.write(origin, [&](Transaction& transaction) {
        transaction.record(switchEvent("plugin.disable", id, PluginState::running, PluginState::disabled));
        return disabled_plugins::add(transaction, id);
    });
    const auto deadline = std::chrono::steady_clock::now() + member.instance->limits().stop;
    if (stopOne(member, deadline, Withdrawal::disabled)) {
        setDisabled(member, disabling);
        record(member, "plugin.stop", AuditResult::success);
    }
    return switched(member, "It stays disabled after a restart.");
}

PluginStatus PluginHost::enable(std::string_view id, const Origin& origin) {
    const std::lock_guard lock(lifecycleMutex_);
    Member& member = memberToSwitch(id, PluginState::disabled);
    services_.storage.write(
        origin, std::function<void(Transaction&)>([&](Transaction& transaction) {
            transaction.record(switchEvent("plugin.enable", id, PluginState::disabled, PluginState::running));
            disabled_plugins::remove(transaction, id);
        }));
    const auto fresh = member.instance->successor();
    std::string failure;
    try {
        fresh->load();
        fresh->initialize();
    } catch (const std::exception& error) {
        failure = error.what();
    }
    replaceInstance(member, fresh);
    if (failure.empty())
        startAndServe(member);
    else
        quarantine(member, failure);
    return switched(member, "Correct what it says, then restart the daemon, which tries again.");
}

PluginStatus PluginHost::switched(const Member& member, std::string_view kept) const {
    auto status = this->status(member.id).value();
    if (status.state == PluginState::quarantined)
        throw Problem(500, "plugin_failed", "The plugin failed",
                      "The plugin '" + status.id + "' is quarantined: " + status.reason + ". " +
                          std::string(kept));
    return status;
}

void PluginHost::replaceInstance(Member& member, std::shared_ptr<PluginInstance> fresh) {
    former_.push_back(member.instance);
    const std::lock_guard lock(statusMutex_);
    member.instance = std::move(fresh);
}

void PluginHost::setAside(Member& member, const Disabling& disabling) {
    if (!attempt(member, [](PluginInstance& plugin) { plugin.setAside(); }))
        return;
    setDisabled(member, disabling);
}

void PluginHost::setDisabled(Member& member, const Disabling& disabling) {
    setState(member, PluginState::disabled);
    services_.log.information("a plugin is disabled", {{"plugin", member.id}, {"by", disabling.by}});
    const std::lock_guard lock(statusMutex_);
    member.status.since = disabling.since;
    member.status.disabledBy = disabling.by;
}

} // namespace coffer::host
