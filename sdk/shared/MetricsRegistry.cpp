#include "sdk/shared/MetricsRegistry.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <stdexcept>

namespace coffer::detail {

namespace {

// From a cached read to a probe that times out.
constexpr std::array bucketBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                  0.1,    0.25,  0.5,    1.0,   2.5,  5.0,   10.0};

std::string number(double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"')
            out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

/// `{a="1",b="2"}`, or nothing for no labels.
std::string labelText(const Labels& labels) {
    if (labels.empty())
        return {};
    std::string out = "{";
    for (const auto& [name, value] : labels)
        (((out.size() > 1 ? out += ',' : out) += name) += "=\"") += escape(value) + '"';
    return out += '}';
}

Labels with(Labels labels, std::string name, std::string value) {
    labels.emplace_back(std::move(name), std::move(value));
    return labels;
}

bool isName(std::string_view name) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && name.front() >= 'a' && std::ranges::all_of(name, fits);
}

void checkNames(const std::string& name, const Labels& labels) {
    if (!isName(name))
        throw std::invalid_argument("'" + name +
                                    "' is no metric name: lower case letters, digits and underscores");
    for (const auto& label : labels)
        if (!isName(label.first) || label.first == "le")
            throw std::invalid_argument("'" + label.first + "' is no label name for the metric " + name);
}

} // namespace

class MetricsRegistry::Value final : public Counter, public Gauge {
public:
    void add(double amount) noexcept override { value_.fetch_add(amount, std::memory_order_relaxed); }
    void set(double value) noexcept override { value_.store(value, std::memory_order_relaxed); }
    [[nodiscard]] double get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

class MetricsRegistry::Buckets final : public Histogram {
public:
    void observe(double seconds) noexcept override {
        const auto* bound = std::ranges::lower_bound(bucketBounds, seconds);
        counts_[static_cast<std::size_t>(bound - bucketBounds.begin())].fetch_add(1,
                                                                                  std::memory_order_relaxed);
        sum_.fetch_add(seconds, std::memory_order_relaxed);
    }
    void render(std::string& out, const std::string& name, const Labels& labels) const {
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            total += counts_[i].load(std::memory_order_relaxed);
            const std::string bound = i < bucketBounds.size() ? number(bucketBounds[i]) : "+Inf";
            out +=
                name + "_bucket" + labelText(with(labels, "le", bound)) + ' ' + std::to_string(total) + '\n';
        }
        out += name + "_sum" + labelText(labels) + ' ' + number(sum_.load(std::memory_order_relaxed)) + '\n';
        out += name + "_count" + labelText(labels) + ' ' + std::to_string(total) + '\n';
    }

private:
    std::array<std::atomic<std::uint64_t>, bucketBounds.size() + 1> counts_{};
    std::atomic<double> sum_{0};
};

struct MetricsRegistry::Family {
    std::string help;
    Type type;
    std::map<std::string, std::unique_ptr<Value>> values;
    std::map<std::string, std::pair<Labels, std::unique_ptr<Buckets>>> histograms;
    std::function<std::vector<Sample>()> collect;
};

MetricsRegistry::MetricsRegistry() = default;
MetricsRegistry::~MetricsRegistry() = default;

MetricsRegistry::Family& MetricsRegistry::family(const std::string& name, const std::string& help,
                                                 Type type) {
    auto& entry = families_[name];
    if (!entry)
        entry = std::make_unique<Family>(Family{help, type, {}, {}, {}});
    else if (entry->type != type || entry->help != help)
        throw std::invalid_argument("the metric " + name + " exists with another type or help");
    return *entry;
}

MetricsRegistry::Value& MetricsRegistry::value(const std::string& name, const std::string& help, Type type,
                                               const Labels& labels) {
    checkNames(name, labels);
    const std::lock_guard lock(mutex_);
    auto& slot = family(name, help, type).values[labelText(labels)];
    if (!slot)
        slot = std::make_unique<Value>();
    return *slot;
}

Counter& MetricsRegistry::counter(const std::string& name, const std::string& help, const Labels& labels) {
    if (!name.ends_with("_total"))
        throw std::invalid_argument("the counter " + name + " must end in _total");
    return value(name, help, Type::counter, labels);
}

Gauge& MetricsRegistry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    return value(name, help, Type::gauge, labels);
}

Histogram& MetricsRegistry::histogram(const std::string& name, const std::string& help,
                                      const Labels& labels) {
    checkNames(name, labels);
    const std::lock_guard lock(mutex_);
    auto& slot = family(name, help, Type::histogram).histograms[labelText(labels)];
    if (!slot.second)
        slot = {labels, std::make_unique<Buckets>()};
    return *slot.second;
}

void MetricsRegistry::collector(const std::string& name, const std::string& help,
                                std::function<std::vector<Sample>()> collect) {
    checkNames(name, {});
    const std::lock_guard lock(mutex_);
    family(name, help, Type::gauge).collect = std::move(collect);
}

void MetricsRegistry::removeCollector(const std::string& name) {
    const std::lock_guard lock(mutex_);
    families_.erase(name);
}

std::map<std::string, std::string> MetricsRegistry::collect() {
    Counter& failures =
        counter("coffer_metrics_collector_failures_total", "Collectors that threw during a scrape.", {});
    std::vector<std::pair<std::string, std::function<std::vector<Sample>()>>> collectors;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [name, family] : families_)
            if (family->collect)
                collectors.emplace_back(name, family->collect);
    }
    // Without the lock: a collector reads the database, and may itself ask for a metric.
    std::map<std::string, std::string> collected;
    for (const auto& [name, collect] : collectors) {
        try {
            std::string& samples = collected[name];
            for (const auto& sample : collect())
                samples += name + labelText(sample.labels) + ' ' + number(sample.value) + '\n';
        } catch (...) { // plugin boundary: a bad collector must not take the scrape with it
            collected.erase(name);
            failures.add();
        }
    }
    return collected;
}

std::string MetricsRegistry::render() {
    auto collected = collect();
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) {
        std::string samples;
        for (const auto& [labels, value] : family->values)
            samples += name + labels + ' ' + number(value->get()) + '\n';
        for (const auto& [labels, histogram] : family->histograms)
            histogram.second->render(samples, name, histogram.first);
        samples += collected[name];
        if (samples.empty())
            continue;
        const std::string type = family->type == Type::counter     ? "counter"
                                 : family->type == Type::histogram ? "histogram"
                                                                   : "gauge";
        out +=
            "# HELP " + name + ' ' + escape(family->help) + "\n# TYPE " + name + ' ' + type + '\n' + samples;
    }
    return out;
}

} // namespace coffer::detail
