#include "host/http/HandlerWatch.h"

namespace coffer::host {

HandlerWatch::HandlerWatch(Log& log, std::chrono::milliseconds interval)
    : log_(log), thread_([this, interval](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!stop.stop_requested()) {
              look();
              stopped_.wait_for(lock, stop, interval, [] { return false; });
          }
      }) {}

HandlerWatch::~HandlerWatch() = default;

void HandlerWatch::look() {
    const auto now = std::chrono::steady_clock::now();
    for (Run* run = first_; run; run = run->next_)
        lookAt(*run, std::chrono::duration_cast<std::chrono::milliseconds>(now - run->since_));
}

void HandlerWatch::lookAt(Run& run, std::chrono::milliseconds took) {
    if (!run.isReported_ && took >= run.limits_.mayTake) {
        run.isReported_ = true;
        log_.warning("a handler is late", {{"route", std::string(run.route_)},
                                           {"requestId", std::string(run.requestId_)},
                                           {"milliseconds", std::to_string(took.count())}});
    }
    if (!run.isGivenUp_ && run.giveUp_ && took >= run.limits_.mustEnd) {
        run.isGivenUp_ = true;
        run.giveUp_(took); // under the lock: the run cannot end meanwhile
    }
}

bool HandlerWatch::hasGivenUp() const {
    const std::lock_guard lock(mutex_);
    for (const Run* run = first_; run; run = run->next_)
        if (run->isGivenUp_)
            return true;
    return false;
}

HandlerWatch::Run::Run(HandlerWatch& watch, std::string_view route, std::string_view requestId,
                       HandlerLimits limits, const GiveUp& giveUp)
    : watch_(watch), route_(route), requestId_(requestId), since_(std::chrono::steady_clock::now()),
      limits_(limits), giveUp_(giveUp) {
    const std::lock_guard lock(watch_.mutex_);
    next_ = watch_.first_;
    if (next_)
        next_->previous_ = this;
    watch_.first_ = this;
}

HandlerWatch::Run::~Run() {
    const std::lock_guard lock(watch_.mutex_);
    (previous_ ? previous_->next_ : watch_.first_) = next_;
    if (next_)
        next_->previous_ = previous_;
}

} // namespace coffer::host
