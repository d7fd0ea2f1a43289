#pragma once

#include <coffer/sdk/Http.h>

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace coffer::host {

/// Which plugin registered which path, from init() on and so before the router knows. Any thread.
class RouteClaims {
public:
    /// @throws std::invalid_argument a sentence when somebody has the same method on the same paths: names of
    ///         parameters make no difference
    void claim(const Route& route, const std::string& owner);
    void release(std::string_view owner);

private:
    std::mutex mutex_;
    std::map<std::string, std::string> owners_; // by method and shape
};

} // namespace coffer::host
