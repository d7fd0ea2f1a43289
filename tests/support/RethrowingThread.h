#pragma once

#include <exception>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

namespace coffer::test {

/// A thread of a test. `join` rethrows an exception of its function, which would otherwise end the program.
/// The destructor requests a stop, joins, and drops an exception that `join` has not rethrown.
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
    /// Waits for the function to end. @throws the exception that left it
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
