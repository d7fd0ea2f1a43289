#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace coffer::backup_credentials {

using SteadyTime = std::chrono::steady_clock::time_point;

/// `3 s`, `250 ms`: as sentences say it.
[[nodiscard]] std::string inWords(std::chrono::milliseconds duration);

/// A file descriptor that is closed with its owner.
class FileDescriptor {
public:
    FileDescriptor() noexcept = default;
    explicit FileDescriptor(int number) noexcept : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept;
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_ = -1;
};

/// The time one probe has, and the wish to end it early. One thread; every wait of a probe goes through it.
class Waiter {
public:
    Waiter(std::stop_token stop, std::chrono::milliseconds total);

    /// When a stage that begins now and may take `duration` must have ended: the whole probe's end at latest.
    [[nodiscard]] SteadyTime stageEnd(std::chrono::milliseconds duration) const;
    [[nodiscard]] SteadyTime end() const noexcept { return end_; }
    [[nodiscard]] std::chrono::milliseconds total() const noexcept { return total_; }
    [[nodiscard]] const std::stop_token& stopToken() const noexcept { return stop_; }

    /// Waits until `descriptor` is ready for `events` (as in poll(2)). @returns false at `deadline`
    /// @throws ProbeStopped
    [[nodiscard]] bool wait(int descriptor, short events, SteadyTime deadline) const;
    /// @throws ProbeStopped
    void throwIfStopped() const;

private:
    std::stop_token stop_;
    std::chrono::milliseconds total_;
    SteadyTime end_;
    FileDescriptor stopped_; ///< an eventfd that becomes readable with the stop
    std::optional<std::stop_callback<std::function<void()>>> onStop_;
};

} // namespace coffer::backup_credentials
