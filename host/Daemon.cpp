#include "host/Daemon.h"

#include "host/DataFolder.h"
#include "host/StatusPages.h"
#include "host/TokenFile.h"
#include "host/audit/AuditDelivery.h"
#include "host/audit/AuditRoutes.h"
#include "host/audit/AuditStore.h"
#include "host/audit/JsonLinesSink.h"
#include "host/audit/SyslogSink.h"
#include "host/console/ConsoleRoutes.h"
#include "host/console/ConsoleSite.h"
#include "host/http/Lanes.h"
#include "host/http/OpenApi.h"
#include "host/http/Server.h"
#include "host/identity/Directory.h"
#include "host/identity/IdentityRoutes.h"
#include "host/identity/SessionRoutes.h"
#include "host/identity/TokenAuthenticator.h"
#include "host/plugin/AbandonableCall.h"
#include "host/plugin/PeriodicTask.h"
#include "host/plugin/PluginHost.h"
#include "host/plugin/PluginRoutes.h"
#include "host/secrets/KeyRoutes.h"
#include "host/secrets/Rewrap.h"

#include <coffer/sdk/Descriptor.h>

#include <csignal>
#include <malloc.h>
#include <unistd.h>

namespace coffer::host {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view hostOwner = "coffer";

DeliveryOptions deliveryOptions(const AuditSettings& audit) {
    DeliveryOptions options;
    options.onFailure = audit.refuseWhenLagging ? SinkFailure::refuse : SinkFailure::buffer;
    options.longestLag = audit.sinkLag;
    options.headEvery = audit.headInterval;
    return options;
}

LanesOptions lanesOptions(const Settings& settings) {
    LanesOptions options;
    options.slow = {settings.slowWorkers, settings.slowQueue};
    options.fastLimits.mustEnd = settings.fastLimit;
    options.slowLimits.mustEnd = settings.slowLimit;
    options.bulkLimits.mustEnd = settings.bulkLimit;
    return options;
}

std::vector<PluginSpec> pluginSpecs(const std::vector<PluginEntry>& entries) {
    std::vector<PluginSpec> specs;
    for (const auto& entry : entries)
        specs.push_back({entry.id, entry.file, entry.sha256});
    return specs;
}

std::vector<Sample> keySamples(const std::vector<KeyVersion>& versions) {
    std::vector<Sample> samples;
    for (const auto& version : versions)
        if (!version.retiredAt)
            samples.push_back(
                {{{"version", std::to_string(version.version)}}, static_cast<double>(version.sealedCount)});
    return samples;
}

/// Ends the process when stopping takes longer than this: a plugin's handler may never return, and a
/// supervisor that asked for the end must get it.
class LastResort {
public:
    explicit LastResort(std::chrono::milliseconds limit)
        : thread_([limit](const std::stop_token& stop) {
              std::mutex mutex;
              std::unique_lock lock(mutex);
              if (std::condition_variable_any().wait_for(lock, stop, limit, [] { return false; }) ||
                  stop.stop_requested())
                  return;
              constexpr std::string_view said =
                  "cofferd: something does not end in time; the process ends without it\n";
              (void)!::write(STDERR_FILENO, said.data(), said.size());
              std::_Exit(1);
          }) {}

private:
    std::jthread thread_;
};

} // namespace

class Daemon::Parts {
public:
    Parts(const Configuration& configuration, Settings settings);

    void start();
    void reload(const std::function<Settings()>& read);
    void stop();

private:
    [[nodiscard]] HostServices servicesForPlugins(const Configuration& configuration);
    [[nodiscard]] std::vector<Readiness> readiness() const;
    [[nodiscard]] PublicPages pages();
    void addSinks();
    void installHostRoutes();
    void makeFirstAdministratorIfNone();
    void every(const std::string& name, std::chrono::milliseconds interval,
               const std::function<void()>& task);

    const Settings settings_;
    Logger logger_{settings_.logFormat, settings_.logLevel};
    const std::shared_ptr<Log> log_ = logger_.component("daemon");
    detail::MetricsRegistry metrics_;
    DataFolder data_{settings_, *log_, metrics_, WhenEmpty::makeKeys};
    AuditDelivery delivery_{data_.database, data_.audit, *log_, metrics_, deliveryOptions(settings_.audit)};
    Rewrapper rewrapper_{data_.database, data_.keys, *log_};
    Sessions sessions_{data_.database, settings_.console.sessions};
    TokenAuthenticator authenticator_{data_.database, metrics_, settings_.logins,
                                      settings_.console.isEnabled ? &sessions_ : nullptr};
    const std::shared_ptr<SecretVault> vault_ = data_.vault.forPlugin("host:idempotency");
    IdempotencyStore idempotency_{data_.database, *vault_, data_.keys.integrityKey("idempotency")};
    Router router_;
    Lanes lanes_{lanesOptions(settings_), *log_, metrics_};
    PluginHost plugins_;
    ConsoleSite console_{settings_.console.directory,
                         [this](std::string_view plugin) { return plugins_.consoleFolder(plugin); }};
    Pipeline pipeline_{{router_, authenticator_, data_.database, lanes_, idempotency_, *log_, metrics_},
                       {pages()}};
    HttpServer server_{settings_.server, pipeline_, *log_, metrics_};
    std::vector<PeriodicTask> tasks_;
};

Daemon::Parts::Parts(const Configuration& configuration, Settings settings)
    : settings_(std::move(settings)),
      plugins_(pluginSpecs(settings_.plugins), servicesForPlugins(configuration)) {}

HostServices Daemon::Parts::servicesForPlugins(const Configuration& configuration) {
    return {
        .router = router_,
        .storage = data_.database,
        .metrics = metrics_,
        .log = *log_,
        .migrate = [this](std::string_view owner,
                          std::span<const Migration> steps) { data_.database.migrate(owner, steps); },
        .vault = [this](const std::string& plugin) { return data_.vault.forPlugin(plugin); },
        .configuration =
            [configuration](const std::string& plugin, const std::vector<Option>& options) {
                return configuration.section(plugin, options);
            },
        .pluginLog = [this](const std::string& plugin) { return logger_.component("plugin." + plugin); },
        .addSink = [this](std::shared_ptr<AuditSink> sink) { delivery_.add(std::move(sink), false); },
        .removeSink = [this](const std::string& name) { delivery_.remove(name); },
        .addHook = [this](std::shared_ptr<AuditHook> hook) { data_.audit.addHook(std::move(hook)); },
        .removeHook = [this](const AuditHook* hook) { data_.audit.removeHook(hook); },
        .removeCollector = [this](const std::string& name) { metrics_.removeCollector(name); },
        .auditHistory = audit_store::history,
    };
}

void Daemon::Parts::addSinks() {
    if (!settings_.audit.file.empty())
        delivery_.add(std::make_shared<JsonLinesSink>(settings_.audit.file), true);
    if (!settings_.audit.syslog.empty())
        delivery_.add(std::make_shared<SyslogSink>(SyslogOptions{settings_.audit.syslog}), true);
}

void Daemon::Parts::installHostRoutes() {
    const auto gate = std::make_shared<RouteGate>();
    const auto install = [&](std::vector<Route> routes) {
        router_.install(std::string(hostOwner), std::move(routes), gate);
    };
    install(identityRoutes());
    if (settings_.console.isEnabled) {
        install(sessionRoutes(sessions_, authenticator_));
        install(consoleRoutes(COFFER_VERSION, [this] { return plugins_.consolePages(); }));
    }
    install(auditRoutes(data_.database, data_.audit));
    install(keyRoutes(data_.keys, rewrapper_));
    install(pluginRoutes(plugins_));
    install(documentRoutes(router_, COFFER_VERSION));
}

void Daemon::Parts::makeFirstAdministratorIfNone() {
    const auto& file = settings_.administratorTokenFile;
    if (makeFirstAdministrator(data_.database,
                               [&](const SecretBytes& token) { writeTokenFile(file, token); }))
        log_->information("made the first administrator", {{"token_file", file.string()}});
}

std::vector<Readiness> Daemon::Parts::readiness() const {
    std::vector<Readiness> parts{{"storage", data_.database.health()}, {"audit", delivery_.health()}};
    for (const auto& plugin : plugins_.status()) {
        Health health = plugin.health;
        if (plugin.state == PluginState::disabled)
            health.reason = "disabled"; // as somebody wanted it
        else if (plugin.state != PluginState::running)
            health = {Health::State::failed, std::string(toString(plugin.state)) +
                                                 (plugin.reason.empty() ? "" : ": " + plugin.reason)};
        parts.push_back({"plugin:" + plugin.id, std::move(health), false});
    }
    return parts;
}

PublicPages Daemon::Parts::pages() {
    const bool hasConsole = settings_.console.isEnabled;
    PublicPages all = statusPages(
        metrics_, [this] { return readiness(); }, hasConsole);
    if (hasConsole)
        all.merge(console_.pages());
    return all;
}

void Daemon::Parts::every(const std::string& name, std::chrono::milliseconds interval,
                          const std::function<void()>& task) {
    tasks_.emplace_back(
        name, interval, [task](const std::stop_token&) { task(); }, log_);
}

void Daemon::Parts::start() {
    data_.database.setWriteGate([this] { delivery_.writeGate(); });
    makeFirstAdministratorIfNone();
    addSinks();
    delivery_.start();
    rewrapper_.start();
    installHostRoutes();
    plugins_.load();
    plugins_.prepare();
    plugins_.start();
    metrics_.collector("coffer_key_version_secrets", "Secrets that are sealed under each data key version.",
                       [this] {
                           return data_.database.read([this](Transaction& transaction) {
                               return keySamples(data_.keys.versions(transaction));
                           });
                       });
    every("failed-logins", 60s, [this] { authenticator_.flushFailures(data_.database); });
    every("sessions", 60s, [this] { sessions_.flush(); });
    every("idempotency", 60s, [this] { (void)idempotency_.purge(); });
    if (settings_.console.isEnabled && !console_.isInstalled())
        log_->warning("the console's files are missing: the daemon serves without it",
                      {{"directory", settings_.console.directory.string()}});
    server_.start();
    const auto& address = settings_.server.address;
    log_->information("listening",
                      {{"address", (address.find(':') == std::string::npos ? address : "[" + address + "]") +
                                       ":" + std::to_string(server_.port())},
                       {"tls", settings_.server.tls ? "on" : "off"},
                       {"api", "/api/v1"},
                       {"console", settings_.console.isEnabled ? "/console/" : "off"},
                       {"openapi", "/api/v1/openapi.json"},
                       {"metrics", "/metrics"}});
}

void Daemon::Parts::reload(const std::function<Settings()>& read) {
    try {
        const Settings fresh = read();
        server_.reloadTls();
        logger_.setLevel(fresh.logLevel);
        delivery_.reopen();
        log_->information(
            "configuration read again: log level, certificates and log files are in use; other options wait "
            "for a restart");
    } catch (const std::exception& error) {
        log_->error("configuration not read again: everything stays as it was", {{"error", error.what()}});
    }
}

void Daemon::Parts::stop() {
    log_->information("stopping");
    const auto deadline = std::chrono::steady_clock::now() + settings_.drain + 10s;
    const bool workersEnded = server_.stop(settings_.drain);
    for (auto& task : tasks_)
        task.requestStop();
    for (auto& task : tasks_)
        (void)task.waitUntilStopped(deadline);
    const bool handlersEnded = lanes_.stop(deadline);
    plugins_.stop(deadline);
    rewrapper_.stop();
    try {
        authenticator_.flushFailures(data_.database);
        sessions_.flush();
    } catch (const std::exception& error) {
        log_->error("failed logins and the use of sessions were not recorded", {{"error", error.what()}});
    }
    delivery_.stop(deadline);
    log_->information("stopped");
    if (!handlersEnded || !workersEnded) {
        log_->error("a handler did not end in time; the process ends without it");
        std::_Exit(0); // destructors would take away what it still uses
    }
}

Daemon::Daemon(const Configuration& configuration, Settings settings)
    : parts_(std::make_unique<Parts>(configuration, std::move(settings))) {}
Daemon::~Daemon() = default;
void Daemon::start() {
    parts_->start();
}
void Daemon::reload(const std::function<Settings()>& read) {
    parts_->reload(read);
}
void Daemon::stop() {
    parts_->stop();
}

int serve(const CommandLine& line) {
    // A reply's memory is kept for the next one: the page faults of getting it anew cost more than most
    // replies.
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);

    // Before any thread is made, so that all of them leave these signals to this one.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    {
        const Configuration configuration = loadConfiguration(line);
        const Settings settings = Settings::from(configuration);
        std::optional<LastResort> lastResort; // outlives the daemon, whose destruction it bounds too
        Daemon daemon(configuration, settings);
        daemon.start();
        for (int received = 0; sigwait(&signals, &received) == 0 && received == SIGHUP;)
            daemon.reload([&] { return Settings::from(loadConfiguration(line)); });
        lastResort.emplace(settings.drain + 20s);
        daemon.stop();
    }
    if (otherThreadsRun())
        std::_Exit(0); // a plugin left threads behind: what they use must not be destroyed under them
    return 0;
}

} // namespace coffer::host
