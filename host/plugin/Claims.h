#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace coffer::host {

/// Which plugin registered which path, from init() on and so before those who serve it know. Any thread.
class Claims {
public:
    /// @param key  what only one can have: two routes differ in it when they can be told apart
    /// @param name  what it is called in the refusal: `the route GET /notes`
    /// @throws std::invalid_argument a sentence when somebody has it
    void claim(const std::string& key, const std::string& name, const std::string& owner);
    void release(std::string_view owner);

private:
    std::mutex mutex_;
    std::map<std::string, std::string> owners_; // by key
};

} // namespace coffer::host
