#include "host/plugin/PluginThreads.h"

#include <sys/prctl.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace coffer::host {

namespace {

constexpr std::size_t longestName = 15; // TASK_COMM_LEN, without its NUL
constexpr std::size_t objectDigits = 8;
constexpr unsigned alignmentBits = 4; // no two objects differ in these only
constexpr std::chrono::milliseconds glance{5};

std::string threadName(std::string_view plugin, const void* object) {
    std::array<char, 16> digits{};
    const auto number = reinterpret_cast<std::uintptr_t>(object) >> alignmentBits;
    const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    std::string_view last(digits.data(), static_cast<std::size_t>(end - digits.data()));
    last = last.substr(last.size() - std::min(last.size(), objectDigits));
    return std::string(plugin.substr(0, longestName - objectDigits - 1)) + "/" + std::string(last);
}

} // namespace

PluginThreads::PluginThreads(std::string_view plugin, const void* object)
    : name_(threadName(plugin, object)) {}

void PluginThreads::nameThisThread(const std::string& name) noexcept {
    ::prctl(PR_SET_NAME, name.c_str());
}

bool PluginThreads::isOf(const std::string& status) const {
    // proc(5): `id (name) state parent group session terminal its-group flags ...`; a name may have
    // parentheses.
    const auto open = status.find('(');
    const auto close = status.rfind(')');
    if (close == std::string::npos || status.substr(open + 1, close - open - 1) != name_)
        return false;
    std::istringstream fields(status.substr(close + 1));
    std::string skipped;
    for (int i = 0; i < 6; ++i)
        fields >> skipped;
    unsigned long flags = 0;
    fields >> flags;
    constexpr unsigned long isExiting = 0x4; // PF_EXITING: the kernel lists a joined thread a moment longer
    return (flags & isExiting) == 0;
}

std::size_t PluginThreads::count() const {
    std::size_t found = 0;
    std::error_code error; // a thread that ends while we look is no error
    for (std::filesystem::directory_iterator task("/proc/self/task", error), end; !error && task != end;
         task.increment(error)) {
        std::string status;
        std::getline(std::ifstream(task->path() / "stat"), status);
        found += isOf(status) ? 1 : 0;
    }
    return found;
}

std::size_t PluginThreads::leftAt(std::chrono::steady_clock::time_point deadline) const {
    // A detached thread may still be ending.
    for (;;) {
        const auto left = count();
        if (left == 0 || std::chrono::steady_clock::now() >= deadline)
            return left;
        std::this_thread::sleep_for(glance);
    }
}

} // namespace coffer::host
