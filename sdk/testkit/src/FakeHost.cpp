#include <coffer/testkit/FakeHost.h>

#include "FakeAudit.h"
#include "FakeLog.h"
#include "FakePipeline.h"
#include "FakeServices.h"
#include "FakeStorage.h"
#include "FakeVault.h"

#include "sdk/shared/ConsoleCheck.h"
#include "sdk/shared/MetricsRegistry.h"
#include "sdk/shared/OptionSection.h"
#include "sdk/shared/OptionValue.h"
#include "sdk/shared/Registrations.h"
#include "sdk/shared/RouteIndex.h"

#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/detail/RouteCheck.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>

namespace coffer::testkit {

namespace {

constexpr std::array<Migration, 1> organizations{
    {{1, "organizations",
      "CREATE TABLE organization (id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),"
      "name TEXT NOT NULL) STRICT"}}};

template <std::size_t Size>
std::string textOf(const std::array<char, Size>& padded) {
    return {padded.data(), std::find(padded.begin(), padded.end(), '\0')};
}

std::unique_ptr<Config> checked(const std::string& id, const FakeHost::Options& given,
                                const std::vector<Option>& declared) {
    detail::WrittenSection written;
    for (const auto& [name, value] : given)
        written[name] = {{value, "the test", std::filesystem::current_path(), false}};
    std::string mistakes;
    auto config = detail::checkSection(id, written, declared, mistakes);
    if (!mistakes.empty()) {
        mistakes.pop_back();
        throw std::invalid_argument(mistakes);
    }
    return config;
}

} // namespace

PluginUnderTest PluginUnderTest::describedBy(const Descriptor& descriptor, std::unique_ptr<Plugin> plugin) {
    return {textOf(descriptor.id), detail::splitList(textOf(descriptor.needs)), std::move(plugin)};
}

std::string LogLine::text() const {
    std::string line = message;
    for (const auto& [name, value] : fields)
        line += " " + name + "=" + value;
    return line;
}

Answer Caller::request(std::string_view method, std::string_view target, std::string body,
                       const Headers& headers) const {
    return host_->send(principal_, method, target, std::move(body), headers);
}

/// What a FakeHost is made of. The plugin goes first, since it may refer to all else.
struct FakeHost::Parts {
    enum class State { registering, starting, running, stopped };

    explicit Parts(PluginUnderTest subject_) : subject(std::move(subject_)) {
        storage.migrate("identity", organizations);
        storage.migrate("secrets", FakeVault::migrations());
    }

    void requireRegistering() const {
        if (state != State::registering)
            detail::refuseLateRegistration();
    }
    void writeAsTest(const std::function<void(Transaction&)>& closure) {
        storage.write(Origin::system("test"), closure);
    }

    FakeLog log;
    detail::MetricsRegistry metrics;
    FakeAudit audit{log};
    FakeStorage storage{audit};
    FakeVault vault;
    FakeServices services;
    std::unique_ptr<Config> config;
    PluginUnderTest subject;
    detail::Registrations registered;
    std::filesystem::path consoleFolder;
    std::unique_ptr<FakePipeline> pipeline;
    std::atomic<State> state = State::registering;
};

FakeHost::FakeHost(PluginUnderTest plugin) : parts_(std::make_unique<Parts>(std::move(plugin))) {}

FakeHost::~FakeHost() {
    try {
        stop();
    } catch (const std::exception& error) {
        std::cerr << "the plugin's stop() threw: " << error.what() << std::endl;
    } catch (...) {
        std::cerr << "the plugin's stop() threw what is no exception" << std::endl;
    }
}

void FakeHost::start(const Options& options) {
    auto& parts = *parts_;
    parts.requireRegistering();
    Plugin* plugin = parts.subject.plugin.get();
    parts.config = checked(parts.subject.id, options, plugin ? plugin->options() : std::vector<Option>());
    for (const auto& need : parts.subject.needs)
        if (!parts.services.has(need))
            throw std::invalid_argument("it needs the service '" + need +
                                        "', which no plugin publishes; provide() it before start()");
    if (plugin)
        plugin->init(*this);
    parts.state = Parts::State::starting;
    if (parts.registered.adapter)
        parts.storage.migrate(parts.subject.id, parts.registered.adapter->migrations());
    if (plugin)
        plugin->start();
    parts.audit.serve(parts.registered.hooks, parts.registered.sinks);
    parts.pipeline =
        std::make_unique<FakePipeline>(parts.subject.id, parts.registered, parts.storage, parts.log);
    parts.state = Parts::State::running;
}

void FakeHost::stop() {
    auto& parts = *parts_;
    if (parts.state != Parts::State::running)
        return;
    constexpr std::chrono::seconds patience{10};
    parts.state = Parts::State::stopped;
    parts.pipeline->close();
    parts.services.withdrawAll(parts.subject.id);
    std::exception_ptr thrown;
    try {
        if (parts.subject.plugin)
            parts.subject.plugin->stop(std::chrono::steady_clock::now() + patience);
    } catch (...) {
        thrown = std::current_exception();
    }
    parts.audit.close();
    parts.storage.close();
    parts.log.close();
    if (thrown)
        std::rethrow_exception(thrown);
}

Health FakeHost::health() const {
    return parts_->subject.plugin ? parts_->subject.plugin->health() : Health();
}

void FakeHost::runTask(std::string_view name, std::stop_token stop) {
    const auto& tasks = parts_->registered.tasks;
    const auto found = std::ranges::find(tasks, name, &detail::TaskDeclaration::name);
    if (found == tasks.end())
        throw std::invalid_argument("no task '" + std::string(name) + "' was registered");
    found->task(std::move(stop));
}

Answer FakeHost::request(std::string_view method, std::string_view target, std::string body,
                         const Headers& headers) {
    return send(administrator(), method, target, std::move(body), headers);
}

Answer FakeHost::send(const Principal& principal, std::string_view method, std::string_view target,
                      std::string body, const Headers& headers) {
    if (!parts_->pipeline)
        throw std::logic_error("requests are answered once start() has returned");
    return parts_->pipeline->run(principal, {method, std::string(target), std::move(body), headers});
}

void FakeHost::organization(std::int64_t id, std::string_view name) {
    parts_->writeAsTest([&](Transaction& transaction) {
        transaction.execute("INSERT INTO organization (id, name) VALUES (?, ?) "
                            "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                            id, name);
    });
}

void FakeHost::removeOrganization(std::int64_t id) {
    parts_->writeAsTest(
        [&](Transaction& transaction) { transaction.execute("DELETE FROM organization WHERE id = ?", id); });
}

void FakeHost::setTime(Instant now) {
    parts_->storage.setTime(now);
}

void FakeHost::advance(std::chrono::milliseconds by) {
    parts_->storage.setTime(now() + by);
}

Instant FakeHost::now() const {
    return parts_->storage.now();
}

void FakeHost::runWritesTwice(bool twice) {
    parts_->storage.runWritesTwice(twice);
}

std::vector<AuditRecord> FakeHost::audit() const {
    return parts_->audit.records();
}

std::vector<LogLine> FakeHost::logged() const {
    return parts_->log.lines();
}

bool FakeHost::hasLogged(std::string_view part) const {
    return std::ranges::any_of(
        logged(), [&](const LogLine& line) { return line.text().find(part) != std::string::npos; });
}

std::string FakeHost::metricsText() {
    return parts_->metrics.render();
}

double FakeHost::metric(std::string_view name) {
    const std::string text = '\n' + metricsText();
    const std::string line = '\n' + std::string(name) + ' ';
    const auto found = text.find(line);
    if (found == std::string::npos)
        throw std::invalid_argument("there is no metric " + std::string(name) + " among:" + text);
    double value = 0;
    const char* const begin = text.data() + found + line.size();
    (void)std::from_chars(begin, text.data() + text.size(), value);
    return value;
}

std::vector<std::string> FakeHost::checkStorage() {
    const auto& adapter = parts_->registered.adapter;
    if (!adapter)
        return {};
    return parts_->storage.read([&](Transaction& transaction) { return adapter->check(transaction); });
}

std::vector<Figure> FakeHost::figures() {
    const auto& adapter = parts_->registered.adapter;
    if (!adapter)
        return {};
    return parts_->storage.read([&](Transaction& transaction) { return adapter->figures(transaction); });
}

void FakeHost::consoleFolder(std::filesystem::path folder) {
    parts_->consoleFolder = std::move(folder);
}

const std::vector<ConsolePage>& FakeHost::consolePages() const noexcept {
    return parts_->registered.pages;
}

void FakeHost::provideService(std::string_view id, int version, std::shared_ptr<void> owner, void* instance) {
    parts_->services.publish("the test", id, version, std::move(owner), instance);
}

void FakeHost::withdrawService(std::string_view id, int version) {
    parts_->services.withdraw(id, version);
}

void FakeHost::route(Route route) {
    detail::validateRoute(route);
    parts_->requireRegistering();
    auto& routes = parts_->registered.routes;
    if (std::ranges::any_of(
            routes, [&](const Route& other) { return detail::shapeOf(other) == detail::shapeOf(route); }))
        throw std::invalid_argument("the route " + detail::nameOf(route) + " is registered twice");
    routes.push_back(std::move(route));
}

void FakeHost::mount(std::string prefix, std::string permission,
                     Poco::Net::HTTPRequestHandlerFactory::Ptr factory) {
    parts_->requireRegistering();
    parts_->registered.add(detail::Mount{std::move(prefix), std::move(permission), std::move(factory)});
}

void FakeHost::storageAdapter(std::shared_ptr<StorageAdapter> adapter) {
    detail::requireTablePrefix(adapter, parts_->subject.id);
    parts_->requireRegistering();
    parts_->registered.add(std::move(adapter));
}

void FakeHost::auditSink(std::shared_ptr<AuditSink> sink) {
    parts_->requireRegistering();
    parts_->registered.add(std::move(sink));
}

void FakeHost::auditHook(std::shared_ptr<AuditHook> hook) {
    parts_->requireRegistering();
    parts_->registered.add(std::move(hook));
}

void FakeHost::every(std::string name, std::chrono::milliseconds interval,
                     std::function<void(std::stop_token)> task) {
    parts_->requireRegistering();
    parts_->registered.add(detail::TaskDeclaration{std::move(name), interval, std::move(task)});
}

void FakeHost::page(ConsolePage page) {
    detail::requirePage(page, parts_->subject.id);
    if (!parts_->consoleFolder.empty())
        detail::requireModule(page, parts_->consoleFolder);
    parts_->requireRegistering();
    auto& pages = parts_->registered.pages;
    if (std::ranges::find(pages, page.path, &ConsolePage::path) != pages.end())
        throw std::invalid_argument("the console page '" + page.path + "' is registered twice");
    pages.push_back(std::move(page));
}

Storage& FakeHost::storage() {
    return parts_->storage;
}

SecretVault& FakeHost::secrets() {
    return parts_->vault;
}

const Config& FakeHost::config() {
    if (!parts_->config)
        throw std::logic_error("the configuration is there once start() was called");
    return *parts_->config;
}

Log& FakeHost::log() {
    return parts_->log;
}

Metrics& FakeHost::metrics() {
    return parts_->metrics;
}

void FakeHost::auditHistory(Transaction& /*transaction*/, std::string_view objectType,
                            std::string_view objectId, std::int64_t beforeSequence, std::size_t limit,
                            const std::function<void(const AuditRecord&)>& receive) {
    const auto records = audit();
    for (auto record = records.rbegin(); record != records.rend() && limit > 0; ++record) {
        const bool wanted = record->event.objectType == objectType && record->event.objectId == objectId &&
                            record->sequence < beforeSequence;
        if (!wanted)
            continue;
        receive(*record);
        --limit;
    }
}

void FakeHost::publishService(std::string_view id, int version, std::shared_ptr<void> owner, void* instance) {
    parts_->requireRegistering();
    parts_->services.publish(parts_->subject.id, id, version, std::move(owner), instance);
    parts_->registered.services.push_back(std::string(id) + "/" + std::to_string(version));
}

std::shared_ptr<ServiceGate> FakeHost::findService(std::string_view id, int version) {
    return parts_->services.find(id, version);
}

} // namespace coffer::testkit
