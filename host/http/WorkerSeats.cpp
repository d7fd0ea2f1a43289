#include "host/http/WorkerSeats.h"

#include <algorithm>

namespace coffer::host {

namespace {

/// So many ticks a worker is busy with one request before another one runs in its place.
constexpr std::uint64_t patience = 2;

} // namespace

WorkerSeats::WorkerSeats(std::size_t running, std::chrono::milliseconds tick)
    : running_(running), tick_(tick), clock_([this] { run(); }) {}

WorkerSeats::~WorkerSeats() {
    end();
    clock_.join();
}

void WorkerSeats::end() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    cameFree_.notify_all();
    awoken_.notify_all();
}

void WorkerSeats::elapse() {
    const std::lock_guard lock(mutex_);
    ++now_;
    (void)look();
}

void WorkerSeats::run() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
        // Said before the last look: whoever gets busy behind it wakes the clock.
        sleeps_ = true;
        if (look())
            sleeps_ = false;
        if (sleeps_)
            awoken_.wait(lock, [&] { return ended_ || !sleeps_; });
        else
            awoken_.wait_for(lock, tick_, [&] { return ended_; });
        ++now_;
    }
}

bool WorkerSeats::look() {
    std::size_t late = 0;
    bool anyBusy = false;
    for (const Seat* seat : taken_) {
        const auto since = seat->busySince_.load();
        anyBusy = anyBusy || since != Seat::atRest;
        late += since != Seat::atRest && now_ - since >= patience ? 1 : 0;
    }
    const bool more = late > late_;
    late_ = late;
    tooMany_ = taken_.size() > running_ + late_;
    if (more)
        cameFree_.notify_all();
    return anyBusy;
}

WorkerSeats::Seat::Seat(WorkerSeats& seats) : seats_(seats) {
    std::unique_lock lock(seats_.mutex_);
    seats_.cameFree_.wait(lock, [&] { return seats_.isFree(); });
    busySince_ = seats_.now_.load();
    seats_.taken_.push_back(this);
}

WorkerSeats::Seat::~Seat() {
    if (busySince_ == atRest)
        --seats_.resting_;
    {
        const std::lock_guard lock(seats_.mutex_);
        std::erase(seats_.taken_, this);
    }
    seats_.cameFree_.notify_one();
}

void WorkerSeats::Seat::rest() {
    busySince_ = atRest;
    if (seats_.tooMany_) {
        std::unique_lock lock(seats_.mutex_);
        std::erase(seats_.taken_, this);
        seats_.tooMany_ = seats_.taken_.size() > seats_.running_ + seats_.late_;
        seats_.cameFree_.wait(lock, [&] { return seats_.isFree(); });
        seats_.taken_.push_back(this);
    }
    ++seats_.resting_;
}

void WorkerSeats::Seat::work() noexcept {
    if (busySince_.exchange(seats_.now_) == atRest)
        --seats_.resting_;
    if (seats_.sleeps_ && seats_.sleeps_.exchange(false)) {
        // Under the lock, so that a clock that has just looked does not miss it.
        const std::lock_guard lock(seats_.mutex_);
        seats_.awoken_.notify_one();
    }
}

void WorkerSeats::Seat::wait() {
    {
        const std::lock_guard lock(seats_.mutex_);
        if (busySince_.exchange(longAgo) == longAgo)
            return;
        ++seats_.late_;
    }
    seats_.cameFree_.notify_one();
}

} // namespace coffer::host
