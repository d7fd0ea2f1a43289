#include "host/plugin/AbandonableCall.h"

#include <coffer/sdk/Problem.h>

#include <Poco/Exception.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <typeinfo>

namespace coffer::host {

namespace {

constexpr std::size_t longestReason = 500;

/// Where the call says how it ended; shared, because the one who waits may be gone by then.
class Ending {
public:
    void is(CallOutcome outcome) {
        const std::lock_guard lock(mutex_);
        outcome_ = std::move(outcome);
        known_.notify_all();
    }
    [[nodiscard]] CallOutcome waitUntil(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        if (known_.wait_until(lock, deadline, [&] { return outcome_.has_value(); }))
            return *outcome_;
        return {CallOutcome::End::abandoned, {}};
    }

private:
    std::mutex mutex_;
    std::condition_variable known_;
    std::optional<CallOutcome> outcome_;
};

/// Tells how the call ended, in every case: also when pthread_exit() unwinds the thread.
class Teller {
public:
    explicit Teller(std::shared_ptr<Ending> ending) : ending_(std::move(ending)) {}
    Teller(const Teller&) = delete;
    Teller& operator=(const Teller&) = delete;
    ~Teller() { ending_->is(std::move(outcome_)); }
    void says(CallOutcome outcome) { outcome_ = std::move(outcome); }

private:
    const std::shared_ptr<Ending> ending_;
    CallOutcome outcome_{CallOutcome::End::threw, "it ended the thread that it was called on"};
};

void runAndTell(const std::function<void()>& call, std::shared_ptr<Ending> ending) {
    Teller teller(std::move(ending));
    try {
        withStandardExceptions("", call);
        teller.says({CallOutcome::End::returned, {}});
    } catch (const std::exception&) {
        teller.says({CallOutcome::End::threw, describeCurrentException()});
    }
}

std::string readableTypeName(const std::type_info& type) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> name(
        abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
    return status == 0 ? name.get() : type.name();
}

std::string describe() {
    try {
        throw;
    } catch (const Problem& problem) {
        return problem.detail();
    } catch (const Poco::Exception& exception) {
        return exception.displayText();
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        const std::type_info* type = abi::__cxa_current_exception_type();
        return "something that is no std::exception" +
               (type ? " (" + readableTypeName(*type) + ")" : std::string());
    }
}

} // namespace

std::string describeCurrentException() noexcept {
    try {
        auto text = describe().substr(0, longestReason);
        return text.empty() ? "an exception without a text" : text;
    } catch (...) {
        return {}; // no memory for a text
    }
}

CallOutcome callUntil(std::chrono::steady_clock::time_point deadline, std::function<void()> call) {
    const auto ending = std::make_shared<Ending>();
    std::thread thread([ending, call = std::move(call)] { runAndTell(call, ending); });
    auto outcome = ending->waitUntil(deadline);
    if (outcome.end == CallOutcome::End::abandoned)
        thread.detach();
    else
        thread.join();
    return outcome;
}

CallOutcome callWithin(std::chrono::milliseconds limit, std::function<void()> call) {
    return callUntil(std::chrono::steady_clock::now() + limit, std::move(call));
}

bool otherThreadsRun() noexcept {
    std::error_code error;
    std::filesystem::directory_iterator tasks("/proc/self/task", error);
    return !error && std::distance(begin(tasks), end(tasks)) > 1;
}

} // namespace coffer::host
