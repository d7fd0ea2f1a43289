#include "host/http/WorkerSeats.h"

#include <coffer/testkit/Test.h>

#include <chrono>
#include <functional>
#include <list>

using namespace coffer;
using namespace std::chrono_literals;

namespace {

/// Workers that do what the test tells them: rest, or be busy.
class Crew {
public:
    Crew(std::size_t running, int workers) : seats_(running) {
        for (int i = 0; i < workers; ++i)
            threads_.emplace_back([this] { run(); });
    }
    ~Crew() {
        goOn();
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
    /// @returns whether so many rest and are busy before long
    bool becomes(int resting, int busy, std::chrono::milliseconds within = 10s) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, within, [&] { return resting_ == resting && busy_ == busy; });
    }
    /// The most that rested or were busy with a short event at once.
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
            ++busy_;
            const int told = goesOn_; // before anybody can see that it is busy
            changed_.notify_all();
            lock.unlock();
            seat.work();
            lock.lock();
            changed_.wait(lock, [&] { return goesOn_ != told; });
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
        // A machine that is busy with other things may hold one up for so long that it seems to wait.
        CPPUNIT_ASSERT(crew.mostResting() < 6);
    }
    void othersRunForThoseThatWait() {
        Crew crew(2, 6);
        CPPUNIT_ASSERT(crew.becomes(2, 0));
        for (int stuck = 1; stuck <= 4; ++stuck) {
            crew.busy();
            CPPUNIT_ASSERT_MESSAGE(std::to_string(stuck), crew.becomes(2, stuck));
        }
        crew.busy(); // of six, five are busy now
        CPPUNIT_ASSERT(crew.becomes(1, 5));
    }
    void whoSaysThatItWaitsIsReplacedWithoutATick() {
        host::WorkerSeats seats(1);
        host::WorkerSeats::Seat first(seats);
        std::atomic<bool> runs = false;
        std::jthread second([&] {
            const host::WorkerSeats::Seat seat(seats);
            runs = true;
            runs.notify_all();
        });
        first.rest(); // no clock ticks for those that rest
        std::this_thread::sleep_for(20ms);
        CPPUNIT_ASSERT(!runs);
        first.work();
        first.wait();
        runs.wait(false);
        first.wait(); // to say it twice changes nothing
    }
    void thoseThatCameBackMakeRoomAgain() {
        Crew crew(2, 6);
        for (int i = 0; i < 4; ++i)
            crew.busy();
        CPPUNIT_ASSERT(crew.becomes(2, 4));
        crew.goOn();
        // Whoever rests too many leaves its seat behind its next event.
        const auto giveUp = std::chrono::steady_clock::now() + 10s;
        bool settled = false;
        while (!settled && std::chrono::steady_clock::now() < giveUp) {
            crew.busy();
            std::this_thread::sleep_for(5ms);
            crew.goOn();
            settled = crew.becomes(2, 0, 1ms);
        }
        CPPUNIT_ASSERT(settled);
    }
    void whenTheyEndNobodyWaits() {
        auto crew = std::make_unique<Crew>(2, 16);
        CPPUNIT_ASSERT(crew->becomes(2, 0));
        crew.reset(); // joins them all
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(WorkerSeatsTest);
