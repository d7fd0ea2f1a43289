#pragma once

#include <exception>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

namespace coffer::test {

/// A thread of a test. An exception that leaves its function does not end the program: `join` throws it.
/// The destructor asks it to stop, joins, and drops an exception for which `join` was not called.
class RethrowingThread {
public:
    /// @param function runs on the thread, with a std::stop_token if it takes one
    template <class Function>
    explicit RethrowingThread(Function function)
        : thread_([this, function = std::move(function)](const std::stop_token& stop) mutable {
              try {
                  if constexpr (std::is_invocable_v<Function, std::stop_token>)
                      function(stop);
                  else
                      function();
              } catch (...) {
                  thrown_ = std::current_exception();
              }
          }) {}
    RethrowingThread(const RethrowingThread&) = delete;
    RethrowingThread& operator=(const RethrowingThread&) = delete;
    ~RethrowingThread() = default;

    void requestStop() { thread_.request_stop(); }
    /// Waits for the end of the function. @throws what left it
    void join() {
        thread_.join();
        if (thrown_)
            std::rethrow_exception(std::exchange(thrown_, nullptr));
    }

private:
    std::exception_ptr thrown_;
    std::jthread thread_;
};

} // namespace coffer::test
