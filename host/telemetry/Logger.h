#pragma once

#include <coffer/sdk/Telemetry.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace coffer::host {

enum class LogFormat { text, json };

/// Where every structured log line ends: stderr, one line each, whole. Made once; outlives every Log it
/// gives. Any thread.
class Logger {
public:
    Logger(LogFormat format, LogLevel least) noexcept : format_(format), least_(least) {}
    Logger(const Logger&) = delete;
    Logger& operator=(const Logger&) = delete;

    /// A Log whose lines carry `component`: `http`, `plugin.backup-credentials`.
    [[nodiscard]] std::unique_ptr<Log> component(std::string name);
    /// SIGHUP may change it.
    void setLevel(LogLevel least) noexcept { least_ = least; }

private:
    class Component;
    void write(std::string_view component, LogLevel level, std::string_view message,
               std::initializer_list<LogField> fields) noexcept;

    const LogFormat format_;
    std::atomic<LogLevel> least_;
    std::mutex mutex_;
};

} // namespace coffer::host
