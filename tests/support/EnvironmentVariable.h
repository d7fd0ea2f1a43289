#pragma once

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

namespace coffer::test {

/// A variable of the environment, which has its former value again when the object goes. The C library's
/// clock follows TZ. Only while no other thread reads the environment.
class EnvironmentVariable {
public:
    EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) {
        if (const char* before = std::getenv(name_.c_str()))
            before_ = before;
        set(value);
    }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;
    ~EnvironmentVariable() {
        if (before_) {
            set(*before_);
        } else {
            ::unsetenv(name_.c_str());
            ::tzset();
        }
    }

private:
    void set(const std::string& value) const {
        ::setenv(name_.c_str(), value.c_str(), 1);
        ::tzset();
    }

    std::string name_;
    std::optional<std::string> before_;
};

} // namespace coffer::test
