#include "host/ctl/Progress.h"

#include "host/ctl/Text.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <unistd.h>

namespace coffer::ctl {

namespace {

constexpr std::chrono::milliseconds patience(500);
constexpr std::chrono::milliseconds rhythm(200);

void show(std::string_view text) {
    // A line that cannot be shown is no reason to fail.
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0)
        return;
}

} // namespace

Progress::Progress(const Terminal& terminal, std::string what) : terminal_(terminal), what_(std::move(what)) {
    if (!terminal.errorIsTerminal())
        return;
    // Signals are for the thread that works.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Progress::~Progress() {
    if (!thread_.joinable())
        return;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Progress::set(std::size_t done, std::size_t total, std::string more) {
    const std::lock_guard lock(mutex_);
    done_ = done;
    total_ = total;
    more_ = std::move(more);
}

void Progress::run() {
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, patience, [this] { return ended_; }))
        return;
    for (std::size_t tick = 0; !ended_; ++tick) {
        show("\r" + line(tick) + "\x1b[K");
        wake_.wait_for(lock, rhythm, [this] { return ended_; });
    }
    show("\r\x1b[K");
}

std::string Progress::line(std::size_t tick) const {
    const std::size_t width = terminal_.width() - 1;
    if (total_ == 0) {
        const std::string dots(1 + tick % 3, '.');
        return fitted(what_ + " " + dots, width);
    }
    const std::string figures = " " + std::to_string(done_) + "/" + std::to_string(total_) + more_;
    constexpr std::size_t widest = 30;
    const std::size_t used = displayWidth(what_) + figures.size() + 3;
    if (used + 5 > width)
        return fitted(what_ + figures, width);
    const std::size_t bar = std::min(widest, width - used);
    const std::size_t full = bar * done_ / total_;
    return what_ + " [" + std::string(full, '#') + std::string(bar - full, '.') + "]" + figures;
}

} // namespace coffer::ctl
