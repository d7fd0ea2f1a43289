#include "host/http/ServerProducers.h"

namespace coffer::host {

void ServerProducers::start(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] { run(); });
}

void ServerProducers::schedule(std::function<void()> pull) {
    {
        const std::lock_guard lock(mutex_);
        if (stopped_)
            return;
        queue_.push_back(std::move(pull));
    }
    changed_.notify_one();
}

void ServerProducers::stop() {
    std::deque<std::function<void()>> dropped;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        dropped.swap(queue_);
    }
    changed_.notify_all();
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

void ServerProducers::run() {
    for (;;) {
        std::function<void()> pull;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return stopped_ || !queue_.empty(); });
            if (stopped_)
                return;
            pull = std::move(queue_.front());
            queue_.pop_front();
        }
        pull();
    }
}

} // namespace coffer::host
