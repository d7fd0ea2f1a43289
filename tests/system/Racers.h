#pragma once

#include "tests/support/DaemonProcess.h"

#include <functional>
#include <memory>
#include <vector>

namespace coffer::test {

/// Sixteen administrators that call one daemon at the same moment, each over a connection of its own.
class Racers {
public:
    static constexpr int count = 16;

    explicit Racers(const DaemonProcess& daemon);

    /// The first of them, between races.
    [[nodiscard]] Client& first() { return *clients_.front(); }
    /// @returns the answers, by racer; of one that was not answered, the failure as the body
    std::vector<Answer> race(const std::function<Answer(Client&, int)>& run);
    /// How many of the odd (or even) racers succeeded; each of them got one of the statuses.
    static int succeeded(const std::vector<Answer>& answers, int odd, const std::vector<int>& statuses);

private:
    std::vector<std::unique_ptr<Client>> clients_;
};

} // namespace coffer::test
