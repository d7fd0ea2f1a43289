#pragma once

#include "host/http/Router.h"

#include <coffer/sdk/Plugin.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// What the plugin host uses of the rest of the daemon. References and functions must work until the
/// PluginHost is destroyed; every function may be called by several threads. One without a comment does what
/// its name says.
struct HostServices {
    Router& router;
    Storage& storage;
    Metrics& metrics;
    Log& log; ///< for what the plugin host itself has to say

    std::function<void(std::string_view owner, std::span<const Migration> migrations)> migrate;
    std::function<std::shared_ptr<SecretVault>(const std::string& plugin)> vault;
    /// The plugin's section, checked. Throws with a sentence that names file, line and remedy.
    std::function<std::unique_ptr<Config>(const std::string& plugin, const std::vector<Option>& options)>
        configuration;
    std::function<std::unique_ptr<Log>(const std::string& plugin)> pluginLog;
    std::function<void(std::shared_ptr<AuditSink> sink)> addSink;
    std::function<void(const std::string& sinkName)> removeSink;
    std::function<void(std::shared_ptr<AuditHook> hook)> addHook;
    std::function<void(const AuditHook* hook)> removeHook;
    std::function<void(const std::string& collectorName)> removeCollector;
    /// See HostContext::auditHistory().
    std::function<void(Transaction& transaction, std::string_view objectType, std::string_view objectId,
                       std::int64_t beforeSequence, std::size_t limit,
                       const std::function<void(const AuditRecord&)>& receive)>
        auditHistory;
};

} // namespace coffer::host
