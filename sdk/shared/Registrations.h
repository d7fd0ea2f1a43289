#pragma once

#include <coffer/sdk/Console.h>
#include <coffer/sdk/Plugin.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::detail {

/// A plain Poco factory below `/plugins/<owner>/<prefix>`, for every method.
struct Mount {
    std::string prefix; ///< one or more plain segments: `ui`, `reports/daily`
    std::string permission;
    Poco::Net::HTTPRequestHandlerFactory::Ptr factory;
};

/// A task as registered.
struct TaskDeclaration {
    std::string name;
    std::chrono::milliseconds interval;
    std::function<void(std::stop_token)> task;
};

/// Everything a plugin registered in init(). The functions that add refuse what does not fit: each throws
/// std::invalid_argument with a sentence. One thread at a time.
struct Registrations {
    std::vector<Route> routes;
    std::vector<Mount> mounts;
    std::vector<std::string> services; ///< `id/version`
    std::vector<std::shared_ptr<void>> serviceObjects;
    std::shared_ptr<StorageAdapter> adapter;
    std::vector<std::shared_ptr<AuditSink>> sinks;
    std::vector<std::shared_ptr<AuditHook>> hooks;
    std::vector<TaskDeclaration> tasks;
    std::vector<ConsolePage> pages; ///< each one right: see ConsoleCheck.h

    void add(Mount mount);
    /// Its prefix is right: see requireTablePrefix().
    void add(std::shared_ptr<StorageAdapter> storageAdapter);
    void add(TaskDeclaration task);
    void add(std::shared_ptr<AuditSink> sink);
    void add(std::shared_ptr<AuditHook> hook);
};

/// @throws std::logic_error  what a plugin is told that registers too late
[[noreturn]] void refuseLateRegistration();

/// What the names of a plugin's tables begin with: `backup_credentials_` for `backup-credentials`, so that no
/// two plugins share a table.
[[nodiscard]] std::string tablePrefix(std::string_view pluginId);
/// Asks the adapter, so never call it with a lock held. @throws std::invalid_argument
void requireTablePrefix(const std::shared_ptr<StorageAdapter>& adapter, std::string_view pluginId);
/// @throws std::invalid_argument unless it could be published
void requireService(std::string_view id, int version, const void* instance);
/// What somebody is told who publishes what `owner` has published already.
[[nodiscard]] std::invalid_argument publishedAlready(std::string_view id, int version,
                                                     const std::string& owner);

} // namespace coffer::detail
