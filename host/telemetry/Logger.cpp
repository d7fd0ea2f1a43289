#include "host/telemetry/Logger.h"

#include <coffer/sdk/Json.h>

#include <unistd.h>

namespace coffer::host {

namespace {

constexpr std::string_view levelName(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::debug:
        return "debug";
    case LogLevel::information:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    }
    return "";
}

std::string jsonLine(std::string_view component, LogLevel level, std::string_view message,
                     std::initializer_list<LogField> fields) {
    JsonWriter json;
    json.beginObject()
        .member("time", currentTime())
        .member("level", levelName(level))
        .member("component", component)
        .member("message", message);
    for (const auto& [name, value] : fields)
        json.member(name, value);
    json.endObject();
    return json.take() + '\n';
}

/// Text that a terminal shows as it is: values that could be mistaken for the line's own structure, or that
/// hold control characters, are quoted as in JSON.
std::string textLine(std::string_view component, LogLevel level, std::string_view message,
                     std::initializer_list<LogField> fields) {
    std::string line = formatRfc3339(currentTime());
    ((((line += ' ') += levelName(level)) += ' ') += component) += ": ";
    const std::string quoted = jsonString(message);
    line.append(quoted, 1, quoted.size() - 2);
    for (const auto& [name, value] : fields) {
        ((line += ' ') += name) += '=';
        const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string::npos &&
                           std::ranges::none_of(value, [](char c) {
                               return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
                           });
        line += plain ? value : jsonString(value);
    }
    return line += '\n';
}

void writeWhole(std::string_view line) noexcept {
    while (!line.empty()) {
        const auto written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; // nobody reads stderr any more, and there is nowhere else to say so
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

class Logger::Component final : public Log {
public:
    Component(Logger& logger, std::string name) : logger_(logger), name_(std::move(name)) {}
    void write(LogLevel level, std::string_view message,
               std::initializer_list<LogField> fields) noexcept override {
        logger_.write(name_, level, message, fields);
    }

private:
    Logger& logger_;
    const std::string name_;
};

std::unique_ptr<Log> Logger::component(std::string name) {
    return std::make_unique<Component>(*this, std::move(name));
}

void Logger::write(std::string_view component, LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields) noexcept {
    if (level < least_.load(std::memory_order_relaxed))
        return;
    try {
        const std::string line = format_ == LogFormat::json ? jsonLine(component, level, message, fields)
                                                            : textLine(component, level, message, fields);
        const std::lock_guard lock(mutex_);
        writeWhole(line);
    } catch (const std::exception&) {
        writeWhole("coffer: a log line was lost for want of memory\n");
    }
}

} // namespace coffer::host
