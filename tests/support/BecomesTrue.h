#pragma once

#include <chrono>
#include <thread>

namespace coffer::test {

/// Waits for what another thread or process brings about. @returns false when it has not come for minutes:
/// something hangs
template <class Condition>
[[nodiscard]] bool becomesTrue(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{5};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

} // namespace coffer::test
