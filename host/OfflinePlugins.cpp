#include "host/OfflinePlugins.h"

#include <stdexcept>

namespace coffer::host {

namespace {

[[noreturn]] void refuse() {
    throw std::logic_error("init() only registers: it may not use the database or secrets");
}

class NoStorage final : public Storage {
public:
    using Storage::read;
    using Storage::write;
    void read(const std::function<void(Transaction&)>& /*closure*/) override { refuse(); }
    void write(const Origin& /*origin*/, const std::function<void(Transaction&)>& /*closure*/) override {
        refuse();
    }
};

class NoVault final : public SecretVault {
public:
    SecretReference store(Transaction& /*transaction*/, const SecretContext& /*context*/,
                          const SecretBytes& /*secret*/) override {
        refuse();
    }
    SecretReference replace(Transaction& /*transaction*/, SecretReference /*reference*/,
                            const SecretContext& /*context*/, const SecretBytes& /*secret*/) override {
        refuse();
    }
    void erase(Transaction& /*transaction*/, SecretReference /*reference*/) override { refuse(); }
    SecretBytes open(Transaction& /*transaction*/, SecretReference /*reference*/,
                     const SecretContext& /*context*/) override {
        refuse();
    }
    std::string fingerprint(const SecretBytes& /*secret*/) const override { refuse(); }
};

std::vector<PluginSpec> pluginSpecs(const Settings& settings) {
    std::vector<PluginSpec> specs;
    for (const auto& entry : settings.plugins)
        specs.push_back({entry.id, entry.file, entry.sha256});
    return specs;
}

} // namespace

OfflinePlugins::OfflinePlugins(const Configuration& configuration, const Settings& settings, Storage& storage,
                               std::function<std::shared_ptr<SecretVault>(const std::string&)> vault,
                               Logger& logger, Log& log, Metrics& metrics)
    : plugins_(
          pluginSpecs(settings),
          {.router = router_,
           .storage = storage,
           .metrics = metrics,
           .log = log,
           .migrate = [](std::string_view, std::span<const Migration>) { refuse(); },
           .vault = std::move(vault),
           .configuration =
               [&configuration](const std::string& plugin, const std::vector<Option>& options) {
                   return configuration.section(plugin, options);
               },
           .pluginLog = [&logger](const std::string& plugin) { return logger.component("plugin." + plugin); },
           .addSink = [](const std::shared_ptr<AuditSink>&) {},
           .removeSink = [](const std::string&) {},
           .addHook = [](const std::shared_ptr<AuditHook>&) {},
           .removeHook = [](const AuditHook*) {},
           .removeCollector = [](const std::string&) {},
           .auditHistory = [](Transaction&, std::string_view, std::string_view, std::int64_t, std::size_t,
                              const std::function<void(const AuditRecord&)>&) { refuse(); }}) {
    plugins_.load();
    plugins_.prepare();
}

std::vector<std::string> OfflinePlugins::failures() const {
    std::vector<std::string> failures;
    for (const auto& plugin : plugins_.status())
        if (plugin.state == PluginState::quarantined)
            failures.push_back("[plugin." + plugin.id + "]: " + plugin.reason);
    return failures;
}

std::vector<std::string> OfflinePlugins::check(Storage& storage) const {
    return storage.read([this](Transaction& transaction) {
        std::vector<std::string> problems;
        for (const auto& source : plugins_.adapters())
            for (const auto& problem : source.adapter->check(transaction))
                problems.push_back(source.plugin + ": " + problem);
        return problems;
    });
}

std::vector<std::string> checkPlugins(const Configuration& configuration, const Settings& settings,
                                      Logger& logger, Log& log, Metrics& metrics) {
    NoStorage storage;
    const auto vault = std::make_shared<NoVault>();
    return OfflinePlugins(
               configuration, settings, storage, [&](const std::string&) { return vault; }, logger, log,
               metrics)
        .failures();
}

} // namespace coffer::host
