#pragma once

#include "host/ctl/Terminal.h"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace coffer::ctl {

/// One line on standard error that says what is going on, when that takes longer than half a second and
/// somebody looks at a terminal. It is gone when the object is.
class Progress {
public:
    Progress(const Terminal& terminal, std::string what);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// From now on a bar: so many of so many. Any thread.
    void set(std::size_t done, std::size_t total, std::string more = {});

private:
    void run();
    [[nodiscard]] std::string line(std::size_t tick) const;

    const Terminal& terminal_;
    const std::string what_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ended_ = false;
    std::size_t done_ = 0;
    std::size_t total_ = 0;
    std::string more_;
    std::thread thread_; ///< last: it uses the rest
};

} // namespace coffer::ctl
