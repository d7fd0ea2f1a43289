#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace coffer::ctl {

/// What cofferctl ends with. Scripts rely on these numbers: they never change.
enum class Exit : int {
    done = 0,
    unexpected = 1,
    usage = 2,
    refused = 3,
    notFound = 4,
    unreachable = 5,
    conflict = 6,
};

/// Ends the command: what went wrong, what to do next, and the exit status that says it to scripts.
class Failure : public std::runtime_error {
public:
    /// @param what    one line, without a full stop: `The credential is locked`
    /// @param detail  more about it and what to do next, one sentence or field a line; may be empty
    Failure(Exit exit, const std::string& what, std::string detail = {})
        : std::runtime_error(what), exit_(exit), detail_(std::move(detail)) {}

    [[nodiscard]] Exit exit() const noexcept { return exit_; }
    [[nodiscard]] const std::string& detail() const noexcept { return detail_; }

private:
    Exit exit_;
    std::string detail_;
};

/// The command line is not one that cofferctl understands.
class UsageError : public Failure {
public:
    explicit UsageError(const std::string& what, std::string detail = {})
        : Failure(Exit::usage, what, std::move(detail)) {}
};

} // namespace coffer::ctl
