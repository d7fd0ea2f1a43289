#pragma once

#include <exception>
#include <thread>
#include <utility>

namespace coffer::test {

/// A thread of a test. An exception that leaves its function does not end the program: `join` throws it.
/// The destructor joins, and drops an exception for which `join` was not called.
class RethrowingThread {
public:
    /// @param function runs on the thread, without arguments
    template <class Function>
    explicit RethrowingThread(Function function)
        : thread_([this, function = std::move(function)]() mutable {
              try {
                  function();
              } catch (...) {
                  thrown_ = std::current_exception();
              }
          }) {}
    RethrowingThread(const RethrowingThread&) = delete;
    RethrowingThread& operator=(const RethrowingThread&) = delete;
    ~RethrowingThread() = default;

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
