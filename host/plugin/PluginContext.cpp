#include "host/plugin/PluginContext.h"

#include "host/console/ConsoleRoutes.h"
#include "host/plugin/ConsoleFolder.h"
#include "sdk/shared/ConsoleCheck.h"

#include <coffer/sdk/detail/RouteCheck.h>

#include <stdexcept>
#include <utility>

namespace coffer::host {

PluginContext::PluginContext(const PluginSpec& plugin, HostServices services,
                             std::shared_ptr<PluginRegistry> registry, std::unique_ptr<Config> config,
                             const PluginThreads& threads, std::chrono::milliseconds collectorLimit,
                             Failed failed)
    : id_(plugin.id), consoleFolder_(consoleFolderOf(plugin.file)), services_(std::move(services)),
      registry_(std::move(registry)), config_(std::move(config)),
      log_(std::make_shared<RevocableLog>(services_.pluginLog(id_), logGate_)),
      storage_(services_.storage, gate_), vault_(services_.vault(id_), gate_),
      metrics_(services_.metrics, gate_, threads, collectorLimit, std::move(failed)) {}

std::unique_lock<std::mutex> PluginContext::lockForRegistration() {
    std::unique_lock lock(mutex_);
    if (sealed_)
        detail::refuseLateRegistration();
    return lock;
}

/// The daemon's own routes are in the router already; those of plugins follow when they are started.
void PluginContext::requireFree(const Route& route) const {
    for (const auto& entry : services_.router.table()->entries())
        if (!entry->isMounted && !entry->isWithdrawn &&
            detail::shapeOf(entry->route) == detail::shapeOf(route))
            throw std::invalid_argument("the route " + detail::nameOf(route) + " belongs to '" +
                                        entry->owner + "' already");
}

void PluginContext::route(Route route) {
    detail::validateRoute(route);
    const auto lock = lockForRegistration();
    requireFree(route);
    registry_->claims.claim(detail::shapeOf(route), "the route " + detail::nameOf(route), id_);
    registrations_.routes.push_back(std::move(route));
}

void PluginContext::mount(std::string prefix, std::string permission,
                          Poco::Net::HTTPRequestHandlerFactory::Ptr factory) {
    const auto lock = lockForRegistration();
    registrations_.add(detail::Mount{std::move(prefix), std::move(permission), std::move(factory)});
}

void PluginContext::storageAdapter(std::shared_ptr<StorageAdapter> adapter) {
    detail::requireTablePrefix(adapter, id_);
    const auto lock = lockForRegistration();
    registrations_.add(std::move(adapter));
}

void PluginContext::auditSink(std::shared_ptr<AuditSink> sink) {
    const auto lock = lockForRegistration();
    registrations_.add(std::move(sink));
}

void PluginContext::auditHook(std::shared_ptr<AuditHook> hook) {
    const auto lock = lockForRegistration();
    registrations_.add(std::move(hook));
}

void PluginContext::every(std::string name, std::chrono::milliseconds interval,
                          std::function<void(std::stop_token)> task) {
    const auto lock = lockForRegistration();
    registrations_.add(detail::TaskDeclaration{std::move(name), interval, std::move(task)});
}

void PluginContext::page(ConsolePage page) {
    detail::requirePage(page, id_);
    if (isHostsPath(page.path))
        throw std::invalid_argument("the console page '" + page.path + "' is one of the daemon's own");
    detail::requireModule(page, consoleFolder_);
    requireTrustedFolder(consoleFolder_);
    const auto lock = lockForRegistration();
    registry_->claims.claim("/console/" + page.path, "the console page '" + page.path + "'", id_);
    registrations_.pages.push_back(std::move(page));
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

const detail::Registrations& PluginContext::seal() {
    const std::lock_guard lock(mutex_);
    sealed_ = true;
    return registrations_;
}

void PluginContext::describe(RegisteredNames& names) const {
    const std::lock_guard lock(mutex_);
    for (const auto& route : registrations_.routes)
        names.routes.push_back(detail::nameOf(route));
    for (const auto& mount : registrations_.mounts)
        names.mounts.push_back("/plugins/" + id_ + "/" + mount.prefix);
    names.services = registrations_.services;
    if (registrations_.adapter)
        names.storageAdapters.push_back(detail::tablePrefix(id_));
    names.auditHooks = registrations_.hooks.size();
    for (const auto& task : registrations_.tasks)
        names.tasks.push_back(task.name);
    for (const auto& page : registrations_.pages)
        names.consolePages.push_back("/console/" + page.path);
    names.collectors = metrics_.collectors();
}

} // namespace coffer::host
