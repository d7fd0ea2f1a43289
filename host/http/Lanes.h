#pragma once

#include "host/http/HandlerWatch.h"
#include "host/http/LanePool.h"

#include <coffer/sdk/Http.h>

#include <chrono>
#include <functional>
#include <string_view>

namespace coffer::host {

struct LanesOptions {
    LaneSize slow{16, 64};
    LaneSize bulk{4, 32};
    HandlerLimits fastLimits{std::chrono::seconds(5), std::chrono::seconds(60)};
    HandlerLimits slowLimits{std::chrono::seconds(60), std::chrono::minutes(5)};
    HandlerLimits bulkLimits{std::chrono::minutes(5), std::chrono::minutes(30)};
    std::chrono::milliseconds watchInterval = std::chrono::seconds(1);
};

/// Where handlers run: fast ones on the thread that brings them, slow and bulk ones on workers of their own,
/// so that what waits for the network never keeps a list waiting. Any thread.
class Lanes {
public:
    /// Charges the organization that the request is about, see LanePool::Place. Does nothing in the fast
    /// lane.
    using Charge = std::function<void(LaneAccount)>;
    using Task = std::function<void(const Charge&)>; ///< must not throw
    using GiveUp = HandlerWatch::GiveUp;

    Lanes(LanesOptions options, Log& log, Metrics& metrics);

    /// Runs the task, now or later. The texts must live as long as the task does. With `giveUp`, a task that
    /// runs longer than it must is given up, and its worker replaced; in the fast lane that thread is the
    /// caller's to replace.
    /// @throws Problem 503 `lane_full` with Retry-After; then the task has not run and will not
    void run(Lane lane, LaneAccounts accounts, std::string_view route, std::string_view requestId, Task task,
             GiveUp giveUp = {});

    /// Takes no more and waits for what is under way, but not for what was given up. @returns false when
    /// something still ran at the deadline
    bool stop(std::chrono::steady_clock::time_point deadline);

private:
    const LanesOptions options_;
    HandlerWatch watch_;
    LanePool slow_;
    LanePool bulk_;
};

} // namespace coffer::host
