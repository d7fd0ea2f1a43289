#include "tests/host/plugin/PluginHouse.h"

#include "tests/host/plugin/SimpleRequest.h"
#include "tests/host/storage/PatientOptions.h"
#include "tests/support/Paths.h"

#include <coffer/testkit/Test.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace coffer::test {

using namespace coffer::host;

namespace {

/// Gives every declared option the same word.
class WordConfig final : public Config {
public:
    WordConfig(std::string word, std::vector<Option> options)
        : word_(std::move(word)), options_(std::move(options)) {}
    std::string text(std::string_view name) const override {
        if (std::ranges::find(options_, name, &Option::name) == options_.end())
            throw std::logic_error("no such option");
        return word_;
    }
    std::int64_t integer(std::string_view) const override { throw std::logic_error("no such option"); }
    bool boolean(std::string_view) const override { throw std::logic_error("no such option"); }
    std::chrono::milliseconds duration(std::string_view) const override {
        throw std::logic_error("no such option");
    }
    std::vector<std::string> list(std::string_view) const override {
        throw std::logic_error("no such option");
    }

private:
    std::string word_;
    std::vector<Option> options_;
};

class NoVault final : public SecretVault {
    SecretReference store(Transaction&, const SecretContext&, const SecretBytes&) override { return {}; }
    SecretReference replace(Transaction&, SecretReference, const SecretContext&,
                            const SecretBytes&) override {
        return {};
    }
    void erase(Transaction&, SecretReference) override {}
    SecretBytes open(Transaction&, SecretReference, const SecretContext&) override { return {}; }
    std::string fingerprint(const SecretBytes&) const override { return "none"; }
};

/// Hands its lines to the house's log.
class ForwardedLog final : public Log {
public:
    explicit ForwardedLog(Log& log) : log_(log) {}
    void write(LogLevel level, std::string_view message,
               std::initializer_list<LogField> fields) noexcept override {
        log_.write(level, message, fields);
    }

private:
    Log& log_;
};

std::size_t threadCount() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

} // namespace

Counter& ReadableMetrics::counter(const std::string& name, const std::string&, const Labels&) {
    const std::lock_guard lock(mutex_);
    return totals_[name];
}

void ReadableMetrics::collector(const std::string& name, const std::string&,
                                std::function<std::vector<Sample>()> collect) {
    const std::lock_guard lock(mutex_);
    collectors_[name] = std::move(collect);
}

void ReadableMetrics::removeCollector(const std::string& name) {
    const std::lock_guard lock(mutex_);
    collectors_.erase(name);
}

double ReadableMetrics::total(const std::string& counter) {
    const std::lock_guard lock(mutex_);
    return totals_[counter].sum;
}

std::vector<Sample> ReadableMetrics::ask(const std::string& collector) {
    std::function<std::vector<Sample>()> collect;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = collectors_.find(collector); found != collectors_.end())
            collect = found->second;
    }
    return collect ? collect() : std::vector<Sample>();
}

HangingThreads::HangingThreads() : before_(threadCount()) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    end_ = ends[0];
    hold_ = ends[1];
    ::setenv("COFFER_TEST_END", std::to_string(end_).c_str(), 1);
}

HangingThreads::~HangingThreads() {
    ::close(hold_);
    if (!eventually([&] { return threadCount() <= before_; })) {
        std::fputs("a thread of a plugin does not end with its test\n", stderr);
        std::abort();
    }
    ::unsetenv("COFFER_TEST_END");
    ::close(end_);
}

PluginHouse::PluginHouse() : database(patientOptions(folder.path() / "coffer.db"), log, metrics) {
    database.migrate(pluginSchemaOwner, pluginMigrations());
    database.setRecorder([this](Transaction&, const AuditEvent& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    });
}

PluginSpec PluginHouse::fixture(const std::string& name) const {
    auto spec = file(name, readFile(buildPath("lib/coffer/fixtures/" + name + ".so")));
    if (name == "leaks-thread" || name == "task-leaves-thread")
        shorten(spec, &PluginLimits::threads);
    return spec;
}

PluginSpec PluginHouse::hangingFixture(const std::string& name, Step step) const {
    auto spec = fixture(name);
    shorten(spec, step);
    return spec;
}

void PluginHouse::shorten(PluginSpec& spec, Step step) {
    spec.limits = limits();
    // stop() waits half of its limit for calls under way: long enough for those that do not hang.
    (*spec.limits).*step =
        step == &PluginLimits::stop ? std::chrono::seconds(4) : std::chrono::milliseconds(300);
}

PluginSpec PluginHouse::file(const std::string& id, const std::string& content) const {
    return {id, folder.write(id + ".so", content), std::nullopt};
}

PluginLimits PluginHouse::limits() {
    PluginLimits limits;
    limits.load = limits.options = limits.init = limits.start = limits.stop = limits.threads = limits.health =
        limits.collector = std::chrono::minutes(10);
    limits.healthInterval = std::chrono::milliseconds(50);
    return limits;
}

HostServices PluginHouse::services() {
    return {
        .router = router,
        .storage = database,
        .metrics = metrics,
        .log = log,
        .migrate = [this](std::string_view owner,
                          std::span<const Migration> steps) { database.migrate(owner, steps); },
        .vault =
            [this](const std::string& plugin) {
                sealedFor = plugin;
                return std::make_shared<NoVault>();
            },
        .configuration = [this](const std::string& plugin,
                                const std::vector<Option>& options) -> std::unique_ptr<Config> {
            if (words.contains(plugin) && options.empty())
                throw std::runtime_error("plugins.d/x.ini:7: there is no option 'word'; leave it out");
            return std::make_unique<WordConfig>(words.contains(plugin) ? words[plugin] : "hello", options);
        },
        .pluginLog = [this](const std::string&) { return std::make_unique<ForwardedLog>(log); },
        .addSink = [this](const std::shared_ptr<AuditSink>& sink) { sinks.push_back(sink->name()); },
        .removeSink = [this](const std::string& name) { std::erase(sinks, name); },
        .addHook = [this](std::shared_ptr<AuditHook> hook) { hooks.push_back(std::move(hook)); },
        .removeHook = [](const AuditHook*) {},
        .removeCollector = [this](const std::string& name) { metrics.removeCollector(name); },
        .auditHistory = [](Transaction&, std::string_view, std::string_view, std::int64_t, std::size_t,
                           const std::function<void(const AuditRecord&)>&) {},
    };
}

std::unique_ptr<PluginHost> PluginHouse::start(std::vector<PluginSpec> plugins) {
    auto host = std::make_unique<PluginHost>(std::move(plugins), services(), limits());
    host->load();
    host->prepare();
    host->start();
    return host;
}

std::vector<AuditEvent> PluginHouse::recorded() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

bool PluginHouse::serves(const std::string& label) const {
    return std::ranges::any_of(router.table()->entries(), [&](const auto& entry) {
        return !entry->isWithdrawn &&
               std::string(toString(entry->route.method)) + " " + entry->label == label;
    });
}

std::string PluginHouse::call(const std::string& path) const {
    const auto match = router.table()->find("GET", path);
    CPPUNIT_ASSERT_MESSAGE(path, match.entry != nullptr);
    const RouteLease lease(match.entry->gate);
    CPPUNIT_ASSERT_MESSAGE("its gate is open", static_cast<bool>(lease));
    std::map<std::string, std::string, std::less<>> values;
    for (std::size_t i = 0; i < match.parameters.size(); ++i)
        values.emplace(match.entry->parameters[i], match.parameters[i]);
    SimpleRequest request(std::move(values));
    return match.entry->route.handler(request).body;
}

} // namespace coffer::test
