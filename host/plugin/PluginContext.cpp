#include "host/plugin/PluginContext.h"

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/detail/RouteCheck.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace coffer::host {

namespace {

constexpr std::chrono::milliseconds shortestInterval{10};

template <class T>
void requireSomething(const std::shared_ptr<T>& object, const char* what) {
    if (!object)
        throw std::invalid_argument(std::string(what) + " was registered without an object");
}

} // namespace

PluginContext::PluginContext(std::string id, HostServices services, std::shared_ptr<PluginRegistry> registry,
                             std::unique_ptr<Config> config, const PluginThreads& threads,
                             std::chrono::milliseconds collectorLimit, Failed failed)
    : id_(std::move(id)), services_(std::move(services)), registry_(std::move(registry)),
      config_(std::move(config)), log_(std::make_shared<RevocableLog>(services_.pluginLog(id_), logGate_)),
      storage_(services_.storage, gate_), vault_(services_.vault(id_), gate_),
      metrics_(services_.metrics, gate_, threads, collectorLimit, std::move(failed)) {}

std::unique_lock<std::mutex> PluginContext::lockForRegistration() {
    std::unique_lock lock(mutex_);
    if (sealed_)
        throw std::logic_error("a plugin registers in init() only");
    return lock;
}

/// The daemon's own routes are in the router already; those of plugins follow when they are started.
void PluginContext::requireFree(const Route& route) const {
    for (const auto& entry : services_.router.table()->entries())
        if (!entry->isMounted && !entry->isWithdrawn && shapeOf(entry->route) == shapeOf(route))
            throw std::invalid_argument("the route " + nameOf(route) + " belongs to '" + entry->owner +
                                        "' already");
}

void PluginContext::route(Route route) {
    detail::validateRoute(route);
    const auto lock = lockForRegistration();
    requireFree(route);
    registry_->routes.claim(route, id_);
    registrations_.routes.push_back(std::move(route));
}

void PluginContext::mount(std::string prefix, std::string permission,
                          Poco::Net::HTTPRequestHandlerFactory::Ptr factory) {
    if (!isPermission(permission))
        throw std::invalid_argument("the mount '" + prefix + "' has no permission that exists");
    if (factory.isNull())
        throw std::invalid_argument("the mount '" + prefix + "' has no factory");
    const auto lock = lockForRegistration();
    registrations_.mounts.push_back({std::move(prefix), std::move(permission), std::move(factory)});
}

void PluginContext::storageAdapter(std::shared_ptr<StorageAdapter> adapter) {
    requireSomething(adapter, "a storage adapter");
    if (adapter->prefix() != tablePrefix())
        throw std::invalid_argument("the storage adapter's prefix is '" + std::string(adapter->prefix()) +
                                    "', and it must be '" + tablePrefix() + "', after the plugin's id");
    const auto lock = lockForRegistration();
    if (registrations_.adapter)
        throw std::invalid_argument("a second storage adapter was registered; a plugin has one");
    registrations_.adapter = std::move(adapter);
}

std::string PluginContext::tablePrefix() const {
    std::string prefix = id_ + "_";
    std::ranges::replace(prefix, '-', '_');
    return prefix;
}

void PluginContext::auditSink(std::shared_ptr<AuditSink> sink) {
    requireSomething(sink, "an audit sink");
    const auto lock = lockForRegistration();
    registrations_.sinks.push_back(std::move(sink));
}

void PluginContext::auditHook(std::shared_ptr<AuditHook> hook) {
    requireSomething(hook, "an audit hook");
    const auto lock = lockForRegistration();
    registrations_.hooks.push_back(std::move(hook));
}

void PluginContext::every(std::string name, std::chrono::milliseconds interval,
                          std::function<void(std::stop_token)> task) {
    if (name.empty() || !task || interval < shortestInterval)
        throw std::invalid_argument("the task '" + name +
                                    "' needs a name, a function and an interval from 10 ms on");
    const auto lock = lockForRegistration();
    if (std::ranges::any_of(registrations_.tasks, [&](const auto& other) { return other.name == name; }))
        throw std::invalid_argument("the task '" + name + "' is registered twice");
    registrations_.tasks.push_back({std::move(name), interval, std::move(task)});
}

void PluginContext::publishService(std::string_view id, int version, std::shared_ptr<void> owner,
                                   void* instance) {
    const auto lock = lockForRegistration();
    registrations_.serviceObjects.push_back(std::move(owner));
    registry_->services.publish(id, version, id_, instance);
    registrations_.services.push_back(std::string(id) + "/" + std::to_string(version));
}

std::shared_ptr<ServiceGate> PluginContext::findService(std::string_view id, int version) {
    return registry_->services.find(id, version);
}

void PluginContext::auditHistory(Transaction& transaction, std::string_view objectType,
                                 std::string_view objectId, std::int64_t beforeSequence, std::size_t limit,
                                 const std::function<void(const AuditRecord&)>& receive) {
    const RouteLease lease(gate_);
    if (!lease)
        throw Problem::unavailable("plugin_stopped", "The plugin that would do this has stopped.", 5);
    services_.auditHistory(transaction, objectType, objectId, beforeSequence, limit, receive);
}

void PluginContext::letGo(std::chrono::steady_clock::time_point deadline) {
    gate_->close();
    logGate_->close();
    (void)gate_->waitUntilIdle(deadline);
    (void)logGate_->waitUntilIdle(deadline);
}

const Registrations& PluginContext::seal() {
    const std::lock_guard lock(mutex_);
    sealed_ = true;
    return registrations_;
}

void PluginContext::describe(RegisteredNames& names) const {
    const std::lock_guard lock(mutex_);
    for (const auto& route : registrations_.routes)
        names.routes.push_back(nameOf(route));
    for (const auto& mount : registrations_.mounts)
        names.mounts.push_back("/plugins/" + id_ + "/" + mount.prefix);
    names.services = registrations_.services;
    if (registrations_.adapter)
        names.storageAdapters.push_back(tablePrefix());
    names.auditHooks = registrations_.hooks.size();
    for (const auto& task : registrations_.tasks)
        names.tasks.push_back(task.name);
    names.collectors = metrics_.collectors();
}

} // namespace coffer::host
