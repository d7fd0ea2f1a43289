#include "host/http/WorkerSeats.h"

#include <coffer/testkit/Test.h>

#include <chrono>
#include <functional>
#include <list>

using namespace coffer;
using namespace std::chrono_literals;

namespace {

/// Workers that rest or work as the test tells them. Only elapse() advances the clock.
class Crew {
public:
    Crew(std::size_t running, int workers) : seats_(running, std::chrono::hours(1)) {
        for (int i = 0; i < workers; ++i)
            threads_.emplace_back([this] { run(); });
    }
    ~Crew() {
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
        }
        changed_.notify_all();
        seats_.end();
    }
    /// The next worker that comes to rest gets an event, and is busy until goOn().
    void busy() {
        const std::lock_guard lock(mutex_);
        ++events_;
        changed_.notify_all();
    }
    void goOn() {
        const std::lock_guard lock(mutex_);
        ++goesOn_;
        changed_.notify_all();
    }
    /// Advances the clock until busy workers count as late.
    void elapse() {
        seats_.elapse();
        seats_.elapse();
    }
    /// Waits until so many workers rest and so many are busy. @returns false after ten minutes
    bool becomes(int resting, int busy) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10min, [&] { return resting_ == resting && busy_ == busy; });
    }
    /// The most that rested at once.
    int mostResting() {
        const std::lock_guard lock(mutex_);
        return mostResting_;
    }

private:
    void run() {
        host::WorkerSeats::Seat seat(seats_);
        for (;;) {
            seat.rest();
            std::unique_lock lock(mutex_);
            ++resting_;
            mostResting_ = std::max(mostResting_, resting_);
            changed_.notify_all();
            changed_.wait(lock, [&] { return ends_ || events_ > 0; });
            --resting_;
            if (ends_)
                return;
            --events_;
            lock.unlock();
            seat.work();
            lock.lock();
            const int told = goesOn_;
            ++busy_; // after work(): the next tick of the test counts for this worker
            changed_.notify_all();
            changed_.wait(lock, [&] { return ends_ || goesOn_ != told; });
            --busy_;
            changed_.notify_all();
        }
    }

    host::WorkerSeats seats_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int events_ = 0;
    int goesOn_ = 0;
    int resting_ = 0;
    int busy_ = 0;
    int mostResting_ = 0;
    bool ends_ = false;
    std::list<std::jthread> threads_;
};

} // namespace

class WorkerSeatsTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WorkerSeatsTest);
    COFFER_TEST(noMoreRunThanAreAllowed);
    COFFER_TEST(othersRunForThoseThatWait);
    COFFER_TEST(whoSaysThatItWaitsIsReplacedWithoutATick);
    COFFER_TEST(thoseThatCameBackMakeRoomAgain);
    COFFER_TEST(whenTheyEndNobodyWaits);
    CPPUNIT_TEST_SUITE_END();

    void noMoreRunThanAreAllowed() {
        Crew crew(2, 6);
        CPPUNIT_ASSERT(crew.becomes(2, 0));
        crew.elapse();
        CPPUNIT_ASSERT_EQUAL(2, crew.mostResting());
    }
    void othersRunForThoseThatWait() {
        Crew crew(2, 6);
        CPPUNIT_ASSERT(crew.becomes(2, 0));
        for (int stuck = 1; stuck <= 4; ++stuck)
            CPPUNIT_ASSERT_MESSAGE(std::to_string(stuck), isReplaced(crew, stuck, 2));
        CPPUNIT_ASSERT(isReplaced(crew, 5, 1)); // of six, five are busy now
    }
    void whoSaysThatItWaitsIsReplacedWithoutATick() {
        host::WorkerSeats seats(1, std::chrono::hours(1));
        host::WorkerSeats::Seat first(seats);
        std::atomic<bool> waits = false;
        std::atomic<bool> runs = false;
        bool ranTooSoon = false;
        std::jthread second([&] {
            const host::WorkerSeats::Seat seat(seats);
            ranTooSoon = !waits;
            runs = true;
            runs.notify_all();
        });
        first.rest();
        first.work();
        waits = true;
        first.wait();
        runs.wait(false);
        CPPUNIT_ASSERT(!ranTooSoon);
        first.wait(); // to say it twice changes nothing
    }
    void thoseThatCameBackMakeRoomAgain() {
        Crew crew(2, 6);
        CPPUNIT_ASSERT(crew.becomes(2, 0));
        for (int stuck = 1; stuck <= 4; ++stuck)
            CPPUNIT_ASSERT(isReplaced(crew, stuck, 2));
        crew.goOn();
        CPPUNIT_ASSERT(crew.becomes(6, 0));
        crew.elapse();
        // Whoever rests too many leaves its seat behind its next event.
        for (int resting = 6; resting > 2; --resting) {
            crew.busy();
            CPPUNIT_ASSERT(crew.becomes(resting - 1, 1));
            crew.goOn();
            CPPUNIT_ASSERT_MESSAGE(std::to_string(resting), crew.becomes(resting - 1, 0));
        }
        crew.busy(); // the two that are left stay
        CPPUNIT_ASSERT(crew.becomes(1, 1));
        crew.goOn();
        CPPUNIT_ASSERT(crew.becomes(2, 0));
    }
    void whenTheyEndNobodyWaits() {
        auto crew = std::make_unique<Crew>(2, 16);
        CPPUNIT_ASSERT(crew->becomes(2, 0));
        crew.reset(); // joins them all
    }

    /// Makes one more worker late. @returns whether so many are busy and so many rest then
    static bool isReplaced(Crew& crew, int busy, int resting) {
        crew.busy();
        if (!crew.becomes(1, busy))
            return false;
        crew.elapse();
        return crew.becomes(resting, busy);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(WorkerSeatsTest);
