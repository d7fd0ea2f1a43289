#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace coffer::host {

/// Whose turn it is: the writer's, who runs one group of writes after the other, or that of the checkpoint
/// that starts the log anew between two of them. SQLite itself would let them meet by chance only: a writer
/// that is busy leaves its lock for no longer than it takes to ask for it again.
///
/// It outlives the turns. One thread takes turns of each kind; they may be different ones.
class GroupTurn {
public:
    /// The writer's, for one group: waits while the other one has its turn.
    class Group {
    public:
        explicit Group(GroupTurn& turn) : turn_(turn) {
            std::unique_lock lock(turn_.mutex_);
            turn_.changed_.wait(lock, [&] { return !turn_.betweenGroups_; });
            turn_.groupRuns_ = true;
        }
        Group(const Group&) = delete;
        Group& operator=(const Group&) = delete;
        ~Group() {
            {
                const std::lock_guard lock(turn_.mutex_);
                turn_.groupRuns_ = false;
            }
            turn_.changed_.notify_all();
        }

    private:
        GroupTurn& turn_;
    };

    /// The checkpoint's: no other group begins, and the one that runs is waited for.
    class Between {
    public:
        Between(GroupTurn& turn, std::chrono::milliseconds patience) : turn_(turn) {
            std::unique_lock lock(turn_.mutex_);
            turn_.betweenGroups_ = true;
            came_ = turn_.changed_.wait_for(lock, patience, [&] { return !turn_.groupRuns_; });
        }
        Between(const Between&) = delete;
        Between& operator=(const Between&) = delete;
        ~Between() {
            {
                const std::lock_guard lock(turn_.mutex_);
                turn_.betweenGroups_ = false;
            }
            turn_.changed_.notify_all();
        }
        /// False when the group has not ended in time.
        [[nodiscard]] bool came() const noexcept { return came_; }

    private:
        GroupTurn& turn_;
        bool came_ = false;
    };

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool groupRuns_ = false;
    bool betweenGroups_ = false;
};

} // namespace coffer::host
