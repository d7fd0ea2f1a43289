#pragma once

#include <coffer/sdk/Storage.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

namespace coffer::test {

/// Throws exceptions other than Problem at its first writes.
class FailingStorage final : public Storage {
public:
    FailingStorage(Storage& real, std::function<void()> fail) : real_(real), fail_(std::move(fail)) {}
    void read(const std::function<void(Transaction&)>& closure) override { real_.read(closure); }
    void write(const Origin& origin, const std::function<void(Transaction&)>& closure) override {
        if (failures_.fetch_add(1) < 3)
            fail_();
        real_.write(origin, closure);
    }
    int writes() const { return failures_; }

private:
    Storage& real_;
    const std::function<void()> fail_;
    std::atomic<int> failures_ = 0;
};

/// Can block the first thread that reads: the delivery's thread while there are no sinks.
class HoldingStorage final : public Storage {
public:
    explicit HoldingStorage(Storage& real) : real_(real) {}
    void read(const std::function<void(Transaction&)>& closure) override {
        {
            std::unique_lock lock(mutex_);
            if (first_ == std::thread::id())
                first_ = std::this_thread::get_id();
            if (first_ == std::this_thread::get_id()) {
                ++reads_;
                changed_.wait(lock, [this] { return reads_ < holdAt_; });
            }
        }
        real_.read(closure);
    }
    void write(const Origin& origin, const std::function<void(Transaction&)>& closure) override {
        real_.write(origin, closure);
    }
    bool hasRead() const {
        const std::lock_guard lock(mutex_);
        return reads_ > 0;
    }

    /// Blocks the read after the next one until the end of the scope. That read belongs to a pass that began
    /// after the Hold.
    class Hold {
    public:
        explicit Hold(HoldingStorage& storage) : storage_(storage) {
            const std::lock_guard lock(storage_.mutex_);
            storage_.holdAt_ = storage_.reads_ + 2;
        }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;
        ~Hold() {
            {
                const std::lock_guard lock(storage_.mutex_);
                storage_.holdAt_ = std::numeric_limits<int>::max();
            }
            storage_.changed_.notify_all();
        }
        bool holds() const {
            const std::lock_guard lock(storage_.mutex_);
            return storage_.reads_ == storage_.holdAt_;
        }

    private:
        HoldingStorage& storage_;
    };

private:
    Storage& real_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::thread::id first_;
    int reads_ = 0;
    int holdAt_ = std::numeric_limits<int>::max();
};

} // namespace coffer::test
