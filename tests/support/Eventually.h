#pragma once

#include <chrono>
#include <thread>

namespace coffer::test {

/// Waits until `condition` holds, which another thread or process brings about. @returns whether it does. The bound
/// of ten minutes ends a test that hangs; no test depends on it.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{10};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

} // namespace coffer::test
