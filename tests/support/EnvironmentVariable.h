#pragma once

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

namespace coffer::test {

/// Sets an environment variable and restores its former value at the end of the scope. Applies TZ to the C
/// library. No other thread may read the environment meanwhile.
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
