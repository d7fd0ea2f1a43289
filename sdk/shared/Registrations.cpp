#include "sdk/shared/Registrations.h"

#include <algorithm>
#include <utility>

namespace coffer::detail {

namespace {

constexpr std::chrono::milliseconds shortestInterval{10};

template <class T>
void requireSomething(const std::shared_ptr<T>& object, const char* what) {
    if (!object)
        throw std::invalid_argument(std::string(what) + " was registered without an object");
}

} // namespace

void Registrations::add(Mount mount) {
    if (!isPermission(mount.permission))
        throw std::invalid_argument("the mount '" + mount.prefix + "' has no permission that exists");
    if (mount.factory.isNull())
        throw std::invalid_argument("the mount '" + mount.prefix + "' has no factory");
    mounts.push_back(std::move(mount));
}

void Registrations::add(std::shared_ptr<StorageAdapter> storageAdapter) {
    if (adapter)
        throw std::invalid_argument("a second storage adapter was registered; a plugin has one");
    adapter = std::move(storageAdapter);
}

void Registrations::add(TaskDeclaration task) {
    if (task.name.empty() || !task.task || task.interval < shortestInterval)
        throw std::invalid_argument("the task '" + task.name +
                                    "' needs a name, a function and an interval from 10 ms on");
    if (std::ranges::any_of(tasks, [&](const auto& other) { return other.name == task.name; }))
        throw std::invalid_argument("the task '" + task.name + "' is registered twice");
    tasks.push_back(std::move(task));
}

void Registrations::add(std::shared_ptr<AuditSink> sink) {
    requireSomething(sink, "an audit sink");
    sinks.push_back(std::move(sink));
}

void Registrations::add(std::shared_ptr<AuditHook> hook) {
    requireSomething(hook, "an audit hook");
    hooks.push_back(std::move(hook));
}

void refuseLateRegistration() {
    throw std::logic_error("a plugin registers in init() only");
}

std::string tablePrefix(std::string_view pluginId) {
    std::string prefix = std::string(pluginId) + "_";
    std::ranges::replace(prefix, '-', '_');
    return prefix;
}

void requireTablePrefix(const std::shared_ptr<StorageAdapter>& adapter, std::string_view pluginId) {
    requireSomething(adapter, "a storage adapter");
    const std::string wanted = tablePrefix(pluginId);
    if (adapter->prefix() != wanted)
        throw std::invalid_argument("the storage adapter's prefix is '" + std::string(adapter->prefix()) +
                                    "', and it must be '" + wanted + "', after the plugin's id");
}

void requireService(std::string_view id, int version, const void* instance) {
    if (id.empty() || version < 1 || instance == nullptr)
        throw std::invalid_argument("a service has an id, a major version from 1 on, and an object");
}

std::invalid_argument publishedAlready(std::string_view id, int version, const std::string& owner) {
    return std::invalid_argument("the service '" + std::string(id) + "' version " + std::to_string(version) +
                                 " is published by the plugin '" + owner + "' already");
}

} // namespace coffer::detail
