#include "host/plugin/PluginHost.h"

#include "host/plugin/ConsoleFolder.h"
#include "host/plugin/KeepForever.h"

#include <coffer/sdk/Json.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace coffer::host {

using Clock = std::chrono::steady_clock;

PluginHost::PluginHost(std::vector<PluginSpec> plugins, HostServices services, PluginLimits limits)
    : services_(std::move(services)), limits_(limits) {
    std::set<std::string> ids;
    members_.reserve(plugins.size());
    for (auto& spec : plugins) {
        if (!ids.insert(spec.id).second)
            throw std::invalid_argument("two plugins have the id '" + spec.id + "'");
        auto& member = members_.emplace_back();
        member.id = spec.id;
        member.instance = std::make_shared<PluginInstance>(std::move(spec), services_, registry_, limits_);
        member.instance->describe(member.status);
        member.status.state = PluginState::loaded;
    }
}

PluginHost::~PluginHost() {
    stop(Clock::now() + limits_.stop);
    const auto deadline = Clock::now() + limits_.stop;
    for (auto& member : members_)
        former_.push_back(std::move(member.instance));
    for (auto& instance : former_) {
        instance->letGo(deadline);
        keepForever(std::move(instance));
    }
}

bool PluginHost::attempt(Member& member, const std::function<void(PluginInstance&)>& steps) {
    try {
        steps(*member.instance);
        return true;
    } catch (const std::exception& error) {
        quarantine(member, error.what());
        return false;
    }
}

void PluginHost::quarantine(Member& member, const std::string& reason) {
    member.instance->revoke();
    setState(member, PluginState::quarantined, reason);
    services_.log.error("a plugin is quarantined: the daemon goes on without it",
                        {{"plugin", member.id}, {"reason", reason}});
    record(member, "plugin.quarantine", AuditResult::failed);
}

void PluginHost::setState(Member& member, PluginState state, const std::string& reason) {
    PluginStatus status;
    member.instance->describe(status);
    status.state = state;
    status.reason = reason;
    status.since = currentTime();
    if (state == PluginState::quarantined)
        status.health = {Health::State::failed, "quarantined: " + reason};
    const std::lock_guard lock(statusMutex_);
    member.status = std::move(status);
}

PluginState PluginHost::stateOf(const Member& member) const {
    const std::lock_guard lock(statusMutex_);
    return member.status.state;
}

std::shared_ptr<PluginInstance> PluginHost::instanceOf(const Member& member) const {
    const std::lock_guard lock(statusMutex_);
    return member.instance;
}

std::vector<PluginHost::Member*> PluginHost::inState(PluginState state) {
    std::vector<Member*> found;
    for (auto& member : members_)
        if (stateOf(member) == state)
            found.push_back(&member);
    return found;
}

void PluginHost::load() {
    const std::lock_guard lock(lifecycleMutex_);
    for (auto& member : members_)
        if (attempt(member, [](PluginInstance& plugin) { plugin.load(); }))
            setState(member, PluginState::loaded);
}

void PluginHost::prepare() {
    const std::lock_guard lock(lifecycleMutex_);
    auto waiting = inState(PluginState::loaded);
    const auto isReady = [&](const Member* member) { return missingService(*member).empty(); };
    for (auto next = std::ranges::find_if(waiting, isReady); next != waiting.end();
         next = std::ranges::find_if(waiting, isReady)) {
        Member& member = **next;
        waiting.erase(next);
        if (!attempt(member, [](PluginInstance& plugin) { plugin.initialize(); }))
            continue;
        setState(member, PluginState::initialized);
        startOrder_.push_back(&member);
    }
    refuseWhoeverWaits(waiting);
}

std::string PluginHost::missingService(const Member& member) const {
    const auto& needs = member.instance->needs();
    const auto missing =
        std::ranges::find_if(needs, [&](const auto& need) { return !registry_->services.has(need); });
    return missing == needs.end() ? std::string() : *missing;
}

void PluginHost::refuseWhoeverWaits(const std::vector<Member*>& waiting) {
    for (Member* member : waiting) {
        std::string others;
        for (const Member* other : waiting)
            if (other != member)
                others += (others.empty() ? "'" : "', '") + other->id;
        std::string reason = "it needs the service '" + missingService(*member) +
                             "', which no plugin publishes; enable the plugin that does";
        if (!others.empty())
            reason += ", or break the circle if one of " + others + "' does and waits for this one";
        quarantine(*member, reason);
    }
}

void PluginHost::start() {
    const std::lock_guard lock(lifecycleMutex_);
    const auto disabled = services_.storage.read(disabled_plugins::all);
    for (Member* member : startOrder_) {
        if (const auto found = disabled.find(member->id); found != disabled.end())
            setAside(*member, found->second);
        else
            startAndServe(*member);
    }
    recordPending();
    figures_ = std::make_unique<StorageFigures>(
        services_.storage, services_.metrics,
        [this] {
            auto found = adapters();
            std::erase_if(found, [&](const PluginAdapter& one) {
                return status(one.plugin)->state != PluginState::running;
            });
            return found;
        },
        limits_.collector);
    watch_ = std::jthread([this](std::stop_token stop) { watch(std::move(stop)); });
}

bool PluginHost::startAndServe(Member& member) {
    if (const auto missing = missingService(member); !missing.empty()) {
        quarantine(member, "it needs the service '" + missing + "', whose plugin is quarantined");
        return false;
    }
    const bool runs = attempt(member, [](PluginInstance& plugin) {
        plugin.start();
        plugin.serve();
    });
    if (!runs)
        return false;
    setState(member, PluginState::running);
    services_.log.information("a plugin runs", {{"plugin", member.id}});
    record(member, "plugin.start", AuditResult::success);
    return true;
}

void PluginHost::stop(Clock::time_point deadline) {
    if (watch_.joinable()) {
        watch_.request_stop();
        watch_.join();
    }
    if (figures_) {
        figures_->close();
        services_.removeCollector(StorageFigures::metricName);
    }
    const std::lock_guard lock(lifecycleMutex_);
    isStopping_ = true;
    auto left = static_cast<int>(inState(PluginState::running).size());
    for (auto place = startOrder_.rbegin(); place != startOrder_.rend(); ++place) {
        Member& member = **place;
        if (stateOf(member) != PluginState::running)
            continue;
        // What one does not need of its share is the others'.
        const auto share = std::max<Clock::duration>(deadline - Clock::now(), {}) / left--;
        const auto until = Clock::now() + std::min<Clock::duration>(share, member.instance->limits().stop);
        if (!stopOne(member, until, Withdrawal::stopped))
            continue;
        setState(member, PluginState::stopped);
        record(member, "plugin.stop", AuditResult::success);
    }
    startOrder_.clear();
}

bool PluginHost::stopOne(Member& member, Clock::time_point deadline, Withdrawal why) {
    return attempt(member, [&](PluginInstance& plugin) { plugin.stop(deadline, why); });
}

void PluginHost::watch(std::stop_token stop) {
    while (!stop.stop_requested()) {
        for (auto& member : members_)
            if (!stop.stop_requested() && stateOf(member) == PluginState::running)
                lookAfter(member);
        std::unique_lock lock(watchMutex_);
        watchWakes_.wait_for(lock, stop, limits_.healthInterval, [] { return false; });
    }
}

void PluginHost::lookAfter(Member& member) {
    const std::lock_guard lock(lifecycleMutex_); // so that nobody is asked who has stopped
    if (stateOf(member) != PluginState::running)
        return;
    std::string reason = member.instance->failure();
    if (reason.empty()) {
        try {
            auto health = member.instance->askHealth();
            const std::lock_guard statusLock(statusMutex_);
            member.status.health = std::move(health);
        } catch (const std::exception& error) {
            reason = error.what();
        }
    }
    if (!reason.empty())
        quarantine(member, reason);
}

std::vector<PluginStatus> PluginHost::status() const {
    const std::lock_guard lock(statusMutex_);
    std::vector<PluginStatus> all;
    for (const auto& member : members_)
        all.push_back(member.status);
    return all;
}

std::optional<PluginStatus> PluginHost::status(std::string_view id) const {
    const std::lock_guard lock(statusMutex_);
    const auto found =
        std::ranges::find_if(members_, [&](const Member& member) { return member.status.id == id; });
    return found == members_.end() ? std::nullopt : std::optional(found->status);
}

std::vector<PluginOptions> PluginHost::options() const {
    std::vector<PluginOptions> all;
    for (const auto& member : members_)
        if (stateOf(member) != PluginState::quarantined)
            all.push_back({member.id, status(member.id)->description, instanceOf(member)->options()});
    return all;
}

std::vector<PluginAdapter> PluginHost::adapters() const {
    std::vector<PluginAdapter> all;
    for (const auto& member : members_)
        if (auto adapter = instanceOf(member)->adapter();
            adapter && stateOf(member) != PluginState::quarantined)
            all.push_back(std::move(*adapter));
    return all;
}

std::vector<OwnedPage> PluginHost::consolePages() const {
    std::vector<OwnedPage> all;
    for (const auto& member : members_)
        if (stateOf(member) == PluginState::running)
            for (auto& page : instanceOf(member)->pages())
                all.push_back({member.id, std::move(page)});
    return all;
}

std::optional<std::filesystem::path> PluginHost::consoleFolder(std::string_view id) const {
    const auto member = std::ranges::find(members_, id, &Member::id);
    if (member == members_.end() || stateOf(*member) != PluginState::running)
        return std::nullopt;
    const auto instance = instanceOf(*member);
    return instance->pages().empty() ? std::nullopt : std::optional(consoleFolderOf(instance->file()));
}

void PluginHost::record(const Member& member, std::string_view action, AuditResult result) {
    const auto status = this->status(member.id).value();
    JsonWriter after;
    after.beginObject()
        .member("state", toString(status.state))
        .member("version", status.version)
        .member("file", status.file)
        .member("sha256", status.sha256);
    if (!status.reason.empty())
        after.member("reason", status.reason);
    after.endObject();
    AuditEvent event;
    event.action = action;
    event.objectType = "plugin";
    event.objectId = status.id;
    event.result = result;
    event.reason = result == AuditResult::success ? "" : "plugin_quarantined";
    event.after = after.take();
    {
        const std::lock_guard lock(recordMutex_);
        pendingRecords_.push_back(std::move(event));
        if (!recording_)
            return;
    }
    recordPending();
}

void PluginHost::recordPending() {
    std::vector<AuditEvent> events;
    {
        const std::lock_guard lock(recordMutex_);
        recording_ = true;
        events.swap(pendingRecords_);
    }
    if (events.empty())
        return;
    try {
        services_.storage.write(Origin::system("plugins"),
                                std::function<void(Transaction&)>([&](Transaction& change) {
                                    for (const auto& event : events)
                                        change.record(event);
                                }));
    } catch (const std::exception& error) {
        services_.log.error(
            "what happened to the plugins could not be recorded; it is recorded with the next event",
            {{"reason", error.what()}});
        const std::lock_guard lock(recordMutex_);
        pendingRecords_.insert(pendingRecords_.begin(), std::make_move_iterator(events.begin()),
                               std::make_move_iterator(events.end()));
    }
}

} // namespace coffer::host
