#pragma once

#include <coffer/sdk/Telemetry.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <vector>

namespace coffer::test {

/// Keeps what was logged, one line of `level message key=value...` each, so that tests can look for it.
class RecordingLog final : public Log {
public:
    void write(LogLevel level, std::string_view message,
               std::initializer_list<LogField> fields) noexcept override {
        std::string line = std::to_string(static_cast<int>(level)) + " " + std::string(message);
        for (const auto& [key, value] : fields)
            line += " " + std::string(key) + "=" + value;
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
    }
    [[nodiscard]] bool contains(std::string_view part) const {
        const std::lock_guard lock(mutex_);
        return std::ranges::any_of(
            lines_, [&](const std::string& line) { return line.find(part) != std::string::npos; });
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// Takes every metric and keeps none.
class NoMetrics final : public Metrics {
public:
    Counter& counter(const std::string&, const std::string&, const Labels&) override { return counter_; }
    Gauge& gauge(const std::string&, const std::string&, const Labels&) override { return gauge_; }
    Histogram& histogram(const std::string&, const std::string&, const Labels&) override {
        return histogram_;
    }
    void collector(const std::string&, const std::string&, std::function<std::vector<Sample>()>) override {}

private:
    struct NoCounter final : Counter {
        void add(double) noexcept override {}
    } counter_;
    struct NoGauge final : Gauge {
        void set(double) noexcept override {}
        void add(double) noexcept override {}
    } gauge_;
    struct NoHistogram final : Histogram {
        void observe(double) noexcept override {}
    } histogram_;
};

} // namespace coffer::test
