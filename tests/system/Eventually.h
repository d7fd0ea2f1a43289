#pragma once

#include <chrono>
#include <thread>

namespace coffer::test {

/// Waits until `condition` holds. @returns whether it does; the bound is for a daemon that hangs only
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{10};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return true;
}

} // namespace coffer::test
