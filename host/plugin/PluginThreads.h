#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace coffer::host {

/// The threads of one plugin object, told apart by their name in the kernel: a thread is born with the name
/// of the one that made it, so that whatever a named call starts is found again, by whatever means it started
/// it.
///
/// Named are the calls on threads of their own (constructor, options(), init(), start(), stop(), health(),
/// collectors) and the periodic tasks. Handlers, audit hooks and sinks are not: two system calls for each
/// request and record are too much. So a thread escapes that is made in one of these, and one that gives
/// itself another name, as a plugin does with one that may outlive it. Values only; any thread.
class PluginThreads {
public:
    /// @param object  what no other plugin object in this process has: its place in memory
    PluginThreads(std::string_view plugin, const void* object);

    /// `call`, which first names the thread that it runs on.
    template <class Call>
    [[nodiscard]] auto named(Call call) const {
        return [name = name_, call = std::move(call)](auto&&... arguments) {
            nameThisThread(name);
            return call(std::forward<decltype(arguments)>(arguments)...);
        };
    }
    /// How many there are. Threads that are about to end are waited for until `deadline`.
    [[nodiscard]] std::size_t leftAt(std::chrono::steady_clock::time_point deadline) const;

private:
    static void nameThisThread(const std::string& name) noexcept;
    [[nodiscard]] std::size_t count() const;
    /// Whether this line of /proc/self/task/*/stat describes such a thread and the thread is not exiting.
    [[nodiscard]] bool isOf(const std::string& status) const;

    std::string name_; // at most 15 bytes
};

} // namespace coffer::host
