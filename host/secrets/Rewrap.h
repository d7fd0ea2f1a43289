#pragma once

#include "host/secrets/KeyRing.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace coffer::host {

struct RewrapOptions {
    std::int64_t batch = 500;            ///< secrets in one write transaction
    std::chrono::milliseconds pause{10}; ///< between two of them, for the writes of others
};

/// How far the last rewrap is.
struct RewrapProgress {
    bool running = false;
    std::int64_t target = 0; ///< the key version that everything is being sealed under
    std::int64_t total = 0;  ///< secrets that had to be sealed again when it began
    std::int64_t done = 0;
    std::int64_t failed =
        0; ///< those that did not open; they stay as they are, and so does their key version
    Instant requestedAt;
    std::optional<Instant> finishedAt;
};

/// Seals every secret again under the active key version, in the background and in small transactions. Where
/// it is stands in the database with what it has done, so that it goes on after kill -9.
///
/// One object for the life of the daemon, after KeyRing and before whatever serves. Any thread.
class Rewrapper {
public:
    Rewrapper(Storage& storage, KeyRing& keys, Log& log, RewrapOptions options = {});
    Rewrapper(const Rewrapper&) = delete;
    Rewrapper& operator=(const Rewrapper&) = delete;
    ~Rewrapper(); ///< stop()

    /// Starts the thread, which goes on with what an earlier process left. Call it after the recorder is set.
    void start();
    /// Ends the thread after the transaction under way.
    void stop();

    /// Asks for a rewrap; when one is running already it goes on. Records `key.rewrap`. Call wake() once the
    /// transaction is committed.
    RewrapProgress request(Transaction& transaction);
    void wake();

    /// The last one that was asked for.
    [[nodiscard]] static std::optional<RewrapProgress> progress(Transaction& transaction);

private:
    void run(const std::stop_token& token);
    /// One batch. @returns whether there is more to do
    [[nodiscard]] bool step();
    [[nodiscard]] bool stepIn(Transaction& transaction);
    void finish(Transaction& transaction);

    Storage& storage_;
    KeyRing& keys_;
    Log& log_;
    const RewrapOptions options_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool wanted_ = true;
    std::jthread thread_;
};

} // namespace coffer::host
