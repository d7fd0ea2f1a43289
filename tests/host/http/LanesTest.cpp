#include "tests/host/http/PipelineHouse.h"

#include <filesystem>
#include <future>
#include <semaphore>
#include <set>

namespace coffer::test {

using host::LaneAccount;
using host::LaneAccounts;
using host::LanePool;
using host::Lanes;
using host::LanesOptions;

class LanesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LanesTest);
    COFFER_TEST(fastRunsOnTheCallersThread);
    COFFER_TEST(slowRunsElsewhere);
    COFFER_TEST(fullLaneRefusesWithRetryAfter);
    COFFER_TEST(noAccountTakesMoreThanAQuarter);
    COFFER_TEST(waitingTasksOfAFullAccountLetOthersPass);
    COFFER_TEST(placeIsChargedToCallerAndOrganization);
    COFFER_TEST(callerWithManyOrganizationsHoldsNoMoreThanAQuarter);
    COFFER_TEST(placeThatIsLeftIsChargedToNobody);
    COFFER_TEST(stopFinishesWhatWasTakenAndTakesNoMore);
    COFFER_TEST(stopGivesUpAtItsDeadline);
    COFFER_TEST(workersAreStartedAsTheyAreNeeded);
    COFFER_TEST(lateHandlerIsNamedInTheLog);
    COFFER_TEST(hangingRequestsOfOneOrganizationLeaveRoomForOthers);
    COFFER_TEST(placeIsChargedToWhomTheHandlerNames);
    COFFER_TEST(callerCannotSpendAnothersPlaces);
    COFFER_TEST(callerWhoNamesManyOrganizationsGetsOneShare);
    CPPUNIT_TEST_SUITE_END();

public:
    void fastRunsOnTheCallersThread() {
        Lanes lanes({}, log_, metrics_);
        std::thread::id seen;
        lanes.run(Lane::fast, 1, "r", "i", [&](const Lanes::Charge& charge) {
            charge(2);
            seen = std::this_thread::get_id();
        });
        CPPUNIT_ASSERT(seen == std::this_thread::get_id());
    }

    void slowRunsElsewhere() {
        Lanes lanes({}, log_, metrics_);
        for (const Lane lane : {Lane::slow, Lane::bulk}) {
            std::promise<std::thread::id> seen;
            lanes.run(lane, 1, "r", "i",
                      [&](const Lanes::Charge&) { seen.set_value(std::this_thread::get_id()); });
            CPPUNIT_ASSERT(seen.get_future().get() != std::this_thread::get_id());
        }
    }

    void fullLaneRefusesWithRetryAfter() {
        LanePool pool("bulk", {1, 2}, false, metrics_);
        const Held held(*this);
        for (int i = 0; i < 3; ++i)
            pool.submit(1, held.task());
        try {
            pool.submit(2, held.task());
            CPPUNIT_FAIL("taken");
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(503, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("lane_full"), problem.code());
            CPPUNIT_ASSERT_EQUAL(std::string("Retry-After"), problem.headers().front().first);
        }
    }

    void noAccountTakesMoreThanAQuarter() {
        LanePool pool("slow", {4, 12}, true, metrics_);
        const Held held(*this);
        for (int i = 0; i < 4; ++i)
            pool.submit(7, held.task());
        CPPUNIT_ASSERT_THROW(pool.submit(7, held.task()), Problem);
        for (LaneAccount other = 8; other < 11; ++other)
            for (int i = 0; i < 4; ++i)
                pool.submit(other, held.task());
        CPPUNIT_ASSERT_THROW(pool.submit(12, held.task()), Problem);
    }

    void waitingTasksOfAFullAccountLetOthersPass() {
        LanePool pool("slow", {4, 36}, true, metrics_);
        std::promise<void> done;
        {
            const Held held(*this);
            for (int i = 0; i < 8; ++i)
                pool.submit(7, held.task());
            // Seven of them wait for the one worker their account may have; this one does not wait for them.
            pool.submit(8, [&](LanePool::Place&) { done.set_value(); });
            done.get_future().get();
            CPPUNIT_ASSERT(held.begun() <= 1);
        }
    }

    void placeIsChargedToCallerAndOrganization() {
        LanePool pool("slow", {4, 4}, true, metrics_); // two places for each
        const Held held(*this);
        std::promise<void> charged;
        pool.submit(-1, [&](LanePool::Place& place) {
            place.charge(7);
            place.charge(7);
            const auto wait = held.task();
            charged.set_value();
            wait(place);
        });
        charged.get_future().get();
        pool.submit(7, held.task());
        CPPUNIT_ASSERT_THROW(pool.submit(7, held.task()), Problem);
        pool.submit(-1, held.task());
        CPPUNIT_ASSERT_THROW(pool.submit(-1, held.task()), Problem);
        CPPUNIT_ASSERT_THROW(pool.submit({-2, 7}, held.task()), Problem);
        pool.submit({-2, 8}, held.task());
    }

    void callerWithManyOrganizationsHoldsNoMoreThanAQuarter() {
        LanePool pool("slow", {16, 0}, true, metrics_); // four places for each
        const Held held(*this);
        for (int organization = 1; organization <= 4; ++organization)
            pool.submit(-1, [&held, organization](LanePool::Place& place) {
                place.charge(organization);
                held.wait();
            });
        held.waitFor(4);
        CPPUNIT_ASSERT_THROW(pool.submit(-1, held.task()), Problem);
        CPPUNIT_ASSERT_THROW(pool.submit({-1, 5}, held.task()), Problem);
        pool.submit({-2, 1}, held.task()); // each of the organizations has three places left
        held.waitFor(5);
    }

    void placeThatIsLeftIsChargedToNobody() {
        LanePool pool("slow", {4, 0}, true, metrics_); // one place for each
        const auto charging = [](LanePool::Place& place) {
            place.charge(7);
            place.charge(8);
        };
        for (const LaneAccounts accounts :
             {LaneAccounts(-1, 9), LaneAccounts(-1, 9), LaneAccounts(7), LaneAccounts(8), LaneAccounts(9)})
            CPPUNIT_ASSERT(isTakenSoon(pool, accounts, charging));
    }

    void stopFinishesWhatWasTakenAndTakesNoMore() {
        LanePool pool("bulk", {2, 100}, false, metrics_);
        std::atomic<int> ran{0};
        for (int i = 0; i < 50; ++i)
            pool.submit(0, [&](LanePool::Place&) { ++ran; });
        CPPUNIT_ASSERT(pool.stop(soon()));
        CPPUNIT_ASSERT_EQUAL(50, ran.load());
        CPPUNIT_ASSERT_THROW(pool.submit(0, [](LanePool::Place&) {}), Problem);
    }

    void stopGivesUpAtItsDeadline() {
        LanePool pool("bulk", {1, 2}, false, metrics_);
        const Held held(*this);
        pool.submit(0, held.task());
        held.waitForOne();
        auto alive = std::make_shared<int>(1);
        const std::weak_ptr<int> waiting = alive;
        pool.submit(0, [alive = std::move(alive)](LanePool::Place&) {});
        CPPUNIT_ASSERT(!pool.stop(std::chrono::steady_clock::now()));
        CPPUNIT_ASSERT(waiting.expired());
    }

    void workersAreStartedAsTheyAreNeeded() {
        const auto before = threads(); // those of other tests may still be going
        LanePool pool("slow", {64, 64}, true, metrics_);
        CPPUNIT_ASSERT(threads() <= before);
        {
            const Held held(*this);
            for (LaneAccount account = 1; account <= 4; ++account)
                pool.submit(account, held.task());
            held.waitFor(4);
            CPPUNIT_ASSERT(threads() <= before + 4);
        }
        // Who has nothing to do any more takes what comes next.
        for (int i = 0; i < 20; ++i) {
            std::promise<void> done;
            pool.submit(1, [&](LanePool::Place&) { done.set_value(); });
            done.get_future().get();
        }
        CPPUNIT_ASSERT(threads() <= before + 10);
    }

    void lateHandlerIsNamedInTheLog() {
        LanesOptions options;
        options.fastLimits.mayTake = std::chrono::milliseconds(1);
        options.watchInterval = std::chrono::milliseconds(1);
        Lanes lanes(options, log_, metrics_);
        lanes.run(Lane::fast, 1, "/api/v1/things", "request-9", [&](const Lanes::Charge&) {
            const auto end = soon();
            while (!log_.contains("a handler is late") && std::chrono::steady_clock::now() < end)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        });
        CPPUNIT_ASSERT(log_.contains("a handler is late route=/api/v1/things requestId=request-9"));
    }

    void hangingRequestsOfOneOrganizationLeaveRoomForOthers() {
        PipelineHouse house(small());
        const Held held(*this);
        house.install({slowRoute([&](RequestContext&) { held.wait(); })});
        Answers answers;
        for (int i = 0; i < 5; ++i) // four places are its own, the fifth is refused at once
            house.askLater({"POST", "/api/v1/slow", R"({"name":"x"})"}, answers.reply());
        CPPUNIT_ASSERT_EQUAL(std::string("503 lane_full"), answers.first());
        house.askLater({"POST", "/api/v1/slow", R"({"name":"x"})", "admin"}, answers.reply());
        held.waitFor(2);
        held.release();
        CPPUNIT_ASSERT(house.lanes->stop(soon()));
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, answers.count());
    }

    void placeIsChargedToWhomTheHandlerNames() {
        PipelineHouse house(withoutQueue());
        const Held held(*this);
        std::atomic<int> named{0};
        house.install({slowRoute([&](RequestContext& context) {
            context.concerns(7);
            ++named;
            held.wait();
        })});
        Answers answers;
        for (int i = 0; i < 4; ++i) {
            house.askLater({"POST", "/api/v1/slow", R"({"name":"x"})", "partner"}, answers.reply());
            held.waitFor(static_cast<std::size_t>(i) + 1);
        }
        // The manager itself has spent nothing, but organization 7 has.
        house.askLater({"POST", "/api/v1/slow", R"({"name":"x"})", "manager"}, answers.reply());
        CPPUNIT_ASSERT_EQUAL(std::string("503 lane_full"), answers.first());
        held.release();
        CPPUNIT_ASSERT(house.lanes->stop(soon()));
    }

    void callerCannotSpendAnothersPlaces() {
        PipelineHouse house(small());
        const Held held(*this);
        house.install({slowRoute([&](RequestContext&) { held.wait(); })});
        Answers answers;
        for (int i = 0; i < 4; ++i)
            house.askLater({"POST", "/api/v1/slow", R"({"name":"x","organizationId":8})", "manager"},
                           answers.reply());
        house.askLater({"POST", "/api/v1/slow", R"({"name":"x","organizationId":8})", "partner"},
                       answers.reply());
        held.waitFor(2);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, answers.count());
        held.release();
        CPPUNIT_ASSERT(house.lanes->stop(soon()));
    }

    void callerWhoNamesManyOrganizationsGetsOneShare() {
        PipelineHouse house(withoutQueue());
        const Held held(*this);
        house.install({slowRoute([&](RequestContext&) { held.wait(); })});
        Answers answers;
        for (const char* body : {R"({"name":"x","organizationId":7})", R"({"name":"x","organizationId":8})",
                                 R"({"name":"x","organizationId":7})", R"({"name":"x","organizationId":8})",
                                 R"({"name":"x","organizationId":8})"})
            house.askLater({"POST", "/api/v1/slow", body, "partner"}, answers.reply());
        CPPUNIT_ASSERT_EQUAL(std::string("503 lane_full"), answers.first());
        held.waitFor(4);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, answers.count());
        held.release();
        CPPUNIT_ASSERT(house.lanes->stop(soon()));
    }

private:
    /// Tasks that wait until the test lets them go, at its end at the latest.
    class Held {
    public:
        explicit Held(LanesTest& /*test*/) {}
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        ~Held() { release(); }
        [[nodiscard]] LanePool::Task task() const {
            return [shared = shared_](LanePool::Place&) { shared->wait(); };
        }
        void wait() const {
            const auto kept = shared_; // a task may still wait in it when the test is over
            kept->wait();
        }
        void waitForOne() const { waitFor(1); }
        void waitFor(std::size_t count) const {
            std::unique_lock lock(shared_->mutex);
            CPPUNIT_ASSERT(
                shared_->changed.wait_until(lock, soon(), [&] { return shared_->begun >= count; }));
        }
        [[nodiscard]] std::size_t begun() const {
            const std::lock_guard lock(shared_->mutex);
            return shared_->begun;
        }
        void release() const {
            const std::lock_guard lock(shared_->mutex);
            shared_->open = true;
            shared_->changed.notify_all();
        }

    private:
        struct Shared {
            void wait() {
                std::unique_lock lock(mutex);
                ++begun;
                changed.notify_all();
                changed.wait(lock, [&] { return open; });
            }
            std::mutex mutex;
            std::condition_variable changed;
            std::size_t begun = 0;
            bool open = false;
        };
        std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
    };

    /// Collects answers that come from other threads.
    class Answers {
    public:
        [[nodiscard]] host::Reply reply() {
            return [shared = shared_](const Response& response) {
                const std::lock_guard lock(shared->mutex);
                shared->got.push_back(summaryOf(response));
                shared->changed.notify_all();
            };
        }
        [[nodiscard]] std::string first() const {
            std::unique_lock lock(shared_->mutex);
            return shared_->changed.wait_until(lock, soon(), [&] { return !shared_->got.empty(); })
                       ? shared_->got.front()
                       : "none";
        }
        [[nodiscard]] std::size_t count() const {
            const std::lock_guard lock(shared_->mutex);
            return shared_->got.size();
        }

    private:
        struct Shared {
            std::mutex mutex;
            std::condition_variable changed;
            std::vector<std::string> got;
        };
        std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
    };

    /// How many this process has.
    static std::ptrdiff_t threads() {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
    }

    static LanesOptions small() {
        LanesOptions options;
        options.slow = {4, 12};
        return options;
    }
    /// As many places as `small`, and a worker for each of them.
    static LanesOptions withoutQueue() {
        LanesOptions options;
        options.slow = {16, 0};
        return options;
    }
    static bool isTakenSoon(LanePool& pool, LaneAccounts accounts, const LanePool::Task& task) {
        for (const auto end = soon(); std::chrono::steady_clock::now() < end;) {
            try {
                pool.submit(accounts, task);
                return true;
            } catch (const Problem&) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        }
        return false;
    }
    static Route slowRoute(std::function<void(RequestContext&)> work) {
        Route route = PipelineHouse::post("/slow", [work = std::move(work)](RequestContext& context) {
            work(context);
            return Response::json("{}");
        });
        route.lane = Lane::slow;
        return route;
    }
    static std::chrono::steady_clock::time_point soon() {
        return std::chrono::steady_clock::now() + std::chrono::seconds(60);
    }

    RecordingLog log_;
    NoMetrics metrics_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LanesTest);

} // namespace coffer::test
