#include "host/plugin/PluginInstance.h"

#include "host/plugin/AbandonableCall.h"
#include "host/plugin/DescriptorReader.h"
#include "host/plugin/PluginRefused.h"

#include <utility>

namespace coffer::host {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds graceAfterStop{500};
constexpr std::chrono::milliseconds shortestWait{250};

void requireReturned(const CallOutcome& outcome, const std::string& what, std::chrono::milliseconds limit) {
    if (outcome.end == CallOutcome::End::threw)
        throw PluginRefused(what + " threw: " + outcome.reason);
    if (outcome.end == CallOutcome::End::abandoned)
        throw PluginRefused(what + " did not return within " + std::to_string(limit.count()) + " ms");
}

void append(std::string& trouble, const std::string& sentence) {
    trouble += (trouble.empty() ? "" : "; ") + sentence;
}

/// Runs a handler of the plugin's. The router holds this and not the plugin's own function, which is never
/// destroyed; what is thrown comes out as an std::exception at least.
Handler guarded(std::shared_ptr<PluginContext> context, const Handler& handler) {
    return [context = std::move(context), &handler](RequestContext& request) {
        return withStandardExceptions("the handler threw ", [&] { return handler(request); });
    };
}

/// Taking back goes on with the rest: what is not there any more is taken back as well.
template <class Call>
void tryTo(Call call) noexcept {
    try {
        call();
    } catch (...) {
        return;
    }
}

} // namespace

PluginInstance::PluginInstance(PluginSpec spec, HostServices services,
                               std::shared_ptr<PluginRegistry> registry, PluginLimits limits)
    : spec_(std::move(spec)), services_(std::move(services)), registry_(std::move(registry)),
      limits_(spec_.limits.value_or(limits)), threads_(spec_.id, this) {}

std::shared_ptr<PluginInstance> PluginInstance::successor() const {
    auto fresh = std::make_shared<PluginInstance>(spec_, services_, registry_, limits_);
    fresh->checked_ = checked_;
    fresh->library_ = library_;
    fresh->needs_ = needs_;
    return fresh;
}

void PluginInstance::load() {
    if (!checked_) {
        checked_ = std::make_shared<CheckedPlugin>(checkPlugin(spec_));
        needs_ = neededServices(checked_->descriptor);
    }
    makePlugin();
    auto asked = askWithin<std::vector<Option>>(
        limits_.options, threads_.named([plugin = plugin_] { return plugin->options(); }));
    requireReturned(asked.outcome, "its options()", limits_.options);
    options_ = std::move(*asked.value);
}

void PluginInstance::makePlugin() {
    struct Made {
        std::string refusal;
        std::optional<LoadedPlugin> library;
        Plugin* plugin = nullptr;
    };
    const auto made =
        askWithin<Made>(limits_.load, threads_.named([checked = checked_, known = library_]() -> Made {
            try {
                const LoadedPlugin library = known ? *known : loadPlugin(*checked);
                return {"its factory made nothing", library, library.create()};
            } catch (const PluginRefused& refused) {
                return {refused.what(), std::nullopt, nullptr};
            }
        }));
    requireReturned(made.outcome, "its constructor", limits_.load);
    if (!made.value->plugin)
        throw PluginRefused(made.value->refusal);
    library_ = made.value->library;
    plugin_ = made.value->plugin;
}

std::function<void(const std::string&)> PluginInstance::failed() const {
    return [failure = failure_](const std::string& reason) {
        const std::lock_guard lock(failure->mutex);
        failure->reason = reason;
    };
}

void PluginInstance::initialize() {
    std::unique_ptr<Config> config;
    try {
        config = services_.configuration(spec_.id, options_);
    } catch (const std::exception& error) {
        throw PluginRefused("its configuration is wrong: " + std::string(error.what()));
    }
    registry_->claims.release(spec_.id);
    context_ = std::make_shared<PluginContext>(spec_, services_, registry_, std::move(config), threads_,
                                               limits_.collector, failed());

    struct Gathered {
        std::vector<Migration> migrations;
        std::vector<std::string> sinkNames;
    };
    auto asked = askWithin<Gathered>(limits_.init, threads_.named([plugin = plugin_, context = context_] {
        plugin->init(*context);
        Gathered gathered;
        const auto& registered = context->seal();
        if (registered.adapter)
            gathered.migrations.assign(registered.adapter->migrations().begin(),
                                       registered.adapter->migrations().end());
        for (const auto& sink : registered.sinks)
            gathered.sinkNames.push_back(sink->name());
        return gathered;
    }));
    context_->seal();
    requireReturned(asked.outcome, "its init()", limits_.init);
    migrations_ = std::move(asked.value->migrations);
    sinkNames_ = std::move(asked.value->sinkNames);
}

void PluginInstance::migrate() {
    if (migrations_.empty())
        return;
    try {
        services_.migrate(spec_.id, migrations_);
    } catch (const std::exception& error) {
        throw PluginRefused("its tables could not be migrated: " + std::string(error.what()));
    }
}

void PluginInstance::setAside() {
    migrate();
    requests_->close(); // before the routes are known: not one request gets through
    try {
        services_.router.install(spec_.id, guardedRoutes(), requests_, context_->seal().mounts);
    } catch (const std::exception& error) {
        throw PluginRefused("what it registered does not fit: " + std::string(error.what()));
    }
    services_.router.revoke(spec_.id, Withdrawal::disabled);
    (void)registry_->services.rest(spec_.id);
    withdraw();
}

void PluginInstance::start() {
    migrate();
    const auto outcome = callWithin(limits_.start, threads_.named([plugin = plugin_] { plugin->start(); }));
    requireReturned(outcome, "its start()", limits_.start);
}

std::vector<Route> PluginInstance::guardedRoutes() const {
    const auto& registered = context_->seal();
    std::vector<Route> routes = registered.routes;
    for (std::size_t i = 0; i < routes.size(); ++i)
        routes[i].handler = guarded(context_, registered.routes[i].handler);
    return routes;
}

void PluginInstance::serve() {
    const auto& registered = context_->seal();
    try {
        for (const auto& hook : registered.hooks) {
            hooks_.push_back(std::make_shared<RevocableHook>(hook, context_->gate()));
            services_.addHook(hooks_.back());
        }
        std::size_t index = 0;
        for (const auto& sink : registered.sinks)
            services_.addSink(std::make_shared<RevocableSink>(sink, sinkNames_[index++], context_->gate()));
        for (const auto& task : registered.tasks)
            tasks_.emplace_back(task.name, task.interval, threads_.named(task.task), context_->sharedLog());
        registry_->services.open(spec_.id);
        services_.router.install(spec_.id, guardedRoutes(), requests_, registered.mounts,
                                 [failed = failed(), requests = requests_](const std::string& reason) {
                                     requests->close(); // nobody else gets stuck until it is quarantined
                                     failed(reason);
                                 });
    } catch (const std::exception& error) {
        throw PluginRefused("what it registered does not fit: " + std::string(error.what()));
    }
}

void PluginInstance::stop(Clock::time_point deadline, Withdrawal why) {
    std::string trouble;
    services_.router.revoke(spec_.id, why);
    for (auto& task : tasks_)
        task.requestStop();
    // Half of the time is the plugin's own, whatever the callers under way do with theirs; and none of those
    // who are waited for suffers from the one before.
    const auto halfway = Clock::now() + (deadline - Clock::now()) / 2;
    const auto inTime = [&] { return std::max(halfway, Clock::now() + shortestWait); };
    waitForRequests(inTime(), trouble);
    waitForTasks(inTime(), trouble);
    waitForServices(inTime(), trouble);
    const auto outcome = callUntil(deadline + graceAfterStop,
                                   threads_.named([plugin = plugin_, deadline] { plugin->stop(deadline); }));
    if (outcome.end == CallOutcome::End::threw)
        append(trouble, "its stop() threw: " + outcome.reason);
    if (outcome.end == CallOutcome::End::abandoned)
        append(trouble, "its stop() did not return before its deadline");
    withdraw();
    if (trouble.empty())
        lookForWhatIsLeft(std::max(deadline, Clock::now() + limits_.collector + graceAfterStop), trouble);
    if (!trouble.empty())
        throw PluginRefused(trouble);
}

void PluginInstance::lookForWhatIsLeft(Clock::time_point deadline, std::string& trouble) {
    if (!context_->waitUntilIdle(deadline))
        append(trouble, "a call of its own, or into a sink, hook or collector of it, did not return");
    if (const auto left = threads_.leftAt(Clock::now() + limits_.threads); left != 0)
        append(trouble, "it left " + std::to_string(left) + (left == 1 ? " thread" : " threads") +
                            " running after stop()");
}

void PluginInstance::waitForRequests(Clock::time_point deadline, std::string& trouble) {
    requests_->close();
    if (!requests_->waitUntilIdle(deadline))
        append(trouble, std::to_string(requests_->inFlight()) + " of its handlers did not return");
}

void PluginInstance::waitForTasks(Clock::time_point deadline, std::string& trouble) {
    for (auto& task : tasks_)
        if (!task.waitUntilStopped(deadline))
            append(trouble, "its task '" + task.name() + "' did not end");
}

void PluginInstance::waitForServices(Clock::time_point deadline, std::string& trouble) {
    for (const auto& service : registry_->services.rest(spec_.id))
        if (!service->waitUntilIdle(deadline))
            append(trouble, "calls into its service '" + std::string(service->id()) + "' did not return");
}

void PluginInstance::revoke() noexcept {
    if (context_)
        tryTo([&] { context_->seal(); });
    requests_->close();
    tryTo([&] { services_.router.revoke(spec_.id); });
    tryTo([&] { registry_->services.revoke(spec_.id); });
    tryTo([&] { registry_->claims.release(spec_.id); });
    tasks_.clear(); // asked to end, and left alone
    withdraw();
}

void PluginInstance::withdraw() noexcept {
    if (!context_)
        return;
    context_->close();
    for (const auto& hook : hooks_)
        tryTo([&] { services_.removeHook(hook.get()); });
    for (const auto& name : sinkNames_)
        tryTo([&] { services_.removeSink(name); });
    tryTo([&] {
        for (const auto& name : context_->collectors())
            services_.removeCollector(name);
    });
}

Health PluginInstance::askHealth() const {
    auto asked =
        askWithin<Health>(limits_.health, threads_.named([plugin = plugin_] { return plugin->health(); }));
    requireReturned(asked.outcome, "its health()", limits_.health);
    return std::move(*asked.value);
}

std::string PluginInstance::failure() const {
    const std::lock_guard lock(failure_->mutex);
    return failure_->reason;
}

std::optional<PluginAdapter> PluginInstance::adapter() const {
    const auto adapter = context_ ? context_->seal().adapter : nullptr;
    return adapter ? std::optional(PluginAdapter{spec_.id, adapter, requests_}) : std::nullopt;
}

std::vector<ConsolePage> PluginInstance::pages() const {
    return context_ ? context_->seal().pages : std::vector<ConsolePage>();
}

void PluginInstance::letGo(Clock::time_point deadline) {
    if (context_)
        context_->letGo(deadline);
}

void PluginInstance::describe(PluginStatus& status) const {
    status.id = spec_.id;
    status.file = spec_.file.string();
    if (checked_) {
        const auto& descriptor = checked_->descriptor;
        status.version = textOf(descriptor.version);
        status.description = textOf(descriptor.description);
        status.sha256 = checked_->sha256;
        status.sdkVersion = std::to_string(descriptor.sdkMajor) + "." + std::to_string(descriptor.sdkMinor);
        status.needs = needs_;
    }
    if (context_)
        context_->describe(status.registered);
    status.registered.auditSinks = sinkNames_;
}

} // namespace coffer::host
