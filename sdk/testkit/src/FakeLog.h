#pragma once

#include <coffer/testkit/FakeHost.h>

#include <mutex>
#include <vector>

namespace coffer::testkit {

/// Keeps every line until it is closed. Any thread.
class FakeLog final : public Log {
public:
    void write(LogLevel level, std::string_view message,
               std::initializer_list<LogField> fields) noexcept override {
        LogLine line{level, std::string(message), {}};
        for (const auto& [name, value] : fields)
            line.fields.emplace_back(name, value);
        const std::lock_guard lock(mutex_);
        if (!closed_)
            lines_.push_back(std::move(line));
    }
    [[nodiscard]] std::vector<LogLine> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    void close() noexcept {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

private:
    mutable std::mutex mutex_;
    std::vector<LogLine> lines_;
    bool closed_ = false;
};

} // namespace coffer::testkit
