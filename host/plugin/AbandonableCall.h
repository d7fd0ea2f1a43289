#pragma once

#include <cxxabi.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace coffer::host {

/// How a call into a plugin ended.
struct CallOutcome {
    enum class End { returned, threw, abandoned };
    End end = End::returned;
    std::string reason; ///< what it threw, for people; empty unless it threw

    [[nodiscard]] bool returned() const noexcept { return end == End::returned; }
};

/// Runs `call` on a thread of its own and waits for it until `deadline`.
///
/// A call that is still running then is abandoned: its thread goes on alone, and what `call` captured lives
/// as long as that thread. So `call` captures by value, or what never dies; nothing of the caller's stack.
/// Everything that it throws, of whatever type, is caught on that thread and comes back as text. Any thread.
[[nodiscard]] CallOutcome callUntil(std::chrono::steady_clock::time_point deadline,
                                    std::function<void()> call);
[[nodiscard]] CallOutcome callWithin(std::chrono::milliseconds limit, std::function<void()> call);

/// As callWithin(), for a call that gives something. The value is there exactly when the call returned.
template <class T>
struct CallResult {
    CallOutcome outcome;
    std::optional<T> value;
};
template <class T>
[[nodiscard]] CallResult<T> askWithin(std::chrono::milliseconds limit, std::function<T()> call) {
    const auto place = std::make_shared<std::optional<T>>();
    CallResult<T> result;
    result.outcome = callWithin(limit, [place, call = std::move(call)] { place->emplace(call()); });
    if (result.outcome.returned())
        result.value = std::move(*place);
    return result;
}

/// The text of the exception that is being handled: what a plugin threw, whatever it is. At most 500 bytes.
[[nodiscard]] std::string describeCurrentException() noexcept;

/// Runs code of a plugin's on this thread. Only std::exceptions come out of it, and the unwinding of
/// pthread_exit(); whatever else is thrown becomes a std::runtime_error whose text begins with `before`.
// Binding the nothing that is thrown by pthread_exit() to a reference is what the ABI asks for, and not what
// UBSan likes.
template <class Call>
[[gnu::no_sanitize("undefined")]] auto withStandardExceptions(const char* before, const Call& call) {
    try {
        return call();
    } catch (const std::exception&) {
        throw;
    } catch (const abi::__forced_unwind&) {
        throw;
    } catch (...) {
        throw std::runtime_error(before + describeCurrentException());
    }
}

/// Whether this process has threads besides the caller's. Asked at the very end, when the daemon has joined
/// its own: a plugin left some behind, and the destructors of static objects could pull what they use from
/// under them. End with std::_Exit() then.
[[nodiscard]] bool otherThreadsRun() noexcept;

} // namespace coffer::host
