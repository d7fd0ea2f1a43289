#include "tests/host/http/PipelineHouse.h"
#include "tests/host/http/ServerTestApplication.h"
#include "tests/host/http/ServerTestClient.h"

#include <atomic>
#include <future>
#include <list>

namespace coffer::test {

using namespace std::chrono_literals;
using host::LanePool;
using host::LanesOptions;

namespace {

std::chrono::steady_clock::time_point soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(60);
}

/// Keeps threads until it opens, at its end at the latest.
class Latch {
public:
    ~Latch() { open(); }
    void wait() {
        const auto kept = state_;
        ++kept->begun;
        kept->isOpen.wait(false);
    }
    void open() {
        state_->isOpen = true;
        state_->isOpen.notify_all();
    }
    [[nodiscard]] int begun() const { return state_->begun; }

private:
    struct State {
        std::atomic<bool> isOpen{false};
        std::atomic<int> begun{0};
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

LanesOptions impatient() {
    LanesOptions options;
    options.slow = {1, 4};
    options.watchInterval = 1ms;
    options.fastLimits.mustEnd = options.slowLimits.mustEnd = 20ms;
    return options;
}

} // namespace

/// Handlers that do not return: answered for, and their threads replaced.
class GivenUpTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GivenUpTest);
    COFFER_TEST(placeThatIsGivenUpIsFreeForOthers);
    COFFER_TEST(replacementsAreBounded);
    COFFER_TEST(laneGoesBackToItsSize);
    COFFER_TEST(stuckHandlerIsAnsweredForAndItsOwnerTold);
    COFFER_TEST(handlersOfTheHostAreNeverGivenUp);
    COFFER_TEST(serverReplacesTheWorkerThatIsGivenUp);
    COFFER_TEST(serverReplacesAsManyWorkersAsItHasPlaces);
    CPPUNIT_TEST_SUITE_END();

public:
    void placeThatIsGivenUpIsFreeForOthers() {
        LanePool pool("slow", {4, 0}, true, metrics_); // one place for each
        Latch latch;
        std::promise<LanePool::Place*> stuck;
        pool.submit(7, [&](LanePool::Place& place) {
            stuck.set_value(&place);
            latch.wait();
            place.charge(8); // too late: it costs nobody anything
        });
        auto* place = stuck.get_future().get();
        CPPUNIT_ASSERT_THROW(pool.submit(7, [](LanePool::Place&) {}), Problem);
        place->giveUp();
        std::promise<void> done;
        pool.submit(7, [&](LanePool::Place&) { done.set_value(); });
        done.get_future().get();
        CPPUNIT_ASSERT_MESSAGE("what was given up still runs", !pool.stop(soon()));
        latch.open();
    }

    void replacementsAreBounded() {
        LanePool pool("bulk", {1, 8}, false, metrics_);
        Latch latch;
        for (int i = 0; i < 2; ++i) {
            std::promise<LanePool::Place*> stuck;
            pool.submit(0, [&](LanePool::Place& place) {
                stuck.set_value(&place);
                latch.wait();
            });
            stuck.get_future().get()->giveUp();
        }
        std::atomic<bool> hasRun{false};
        const auto lost = threads();
        pool.submit(0, [&](LanePool::Place&) { hasRun = true; });
        CPPUNIT_ASSERT_EQUAL_MESSAGE("both workers are lost, and none is started", lost, threads());
        CPPUNIT_ASSERT(!hasRun);
        latch.open();
        CPPUNIT_ASSERT_MESSAGE("the one that comes back takes it", eventually([&] { return hasRun.load(); }));
    }

    void laneGoesBackToItsSize() {
        const auto before = threads();
        LanePool pool("bulk", {1, 8}, false, metrics_);
        Latch first;
        std::promise<LanePool::Place*> stuck;
        pool.submit(0, [&](LanePool::Place& place) {
            stuck.set_value(&place);
            first.wait();
        });
        stuck.get_future().get()->giveUp();
        first.open();
        Latch second;
        for (int i = 0; i < 3; ++i)
            pool.submit(0, [&](LanePool::Place&) { second.wait(); });
        CPPUNIT_ASSERT(eventually([&] { return second.begun() == 1 && threads() == before + 1; }));
        second.open();
        CPPUNIT_ASSERT(eventually([&] { return pool.stop(soon()); }));
    }

    void stuckHandlerIsAnsweredForAndItsOwnerTold() {
        for (const Lane lane : {Lane::fast, Lane::slow}) {
            PipelineHouse house(impatient());
            std::promise<std::string> sentence;
            std::atomic<int> answers{0};
            std::promise<Response> answer;
            std::jthread asking; // ends behind the latch, which opens when an assertion fails
            Latch latch;
            Route route = PipelineHouse::get("/stuck/{id}", [&](RequestContext&) {
                latch.wait();
                return Response::json("{}");
            });
            route.lane = lane;
            house.router.install("somebody", {route}, house.gate, {},
                                 [&](const std::string& said) { sentence.set_value(said); });
            asking = std::jthread([&] { // the fast lane runs on this thread
                house.askLater({"GET", "/api/v1/stuck/1"}, [&](Response response) {
                    if (++answers == 1)
                        answer.set_value(std::move(response));
                });
            });
            const auto said = answer.get_future().get();
            CPPUNIT_ASSERT_EQUAL(std::string("503 handler_stuck"), summaryOf(said));
            CPPUNIT_ASSERT_EQUAL(std::string("30"), headerOf(said, "Retry-After"));
            const auto told = sentence.get_future().get();
            // The seconds are what has passed: more than the limit on a busy machine.
            CPPUNIT_ASSERT_MESSAGE(told, told.starts_with("its handler of GET /api/v1/stuck/{id} did not "
                                                          "return within "));
            CPPUNIT_ASSERT_MESSAGE(told, told.find(" s (request ") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE("it still runs", !house.lanes->stop(soon()));
            latch.open();
            asking.join();
            CPPUNIT_ASSERT(eventually([&] { return house.lanes->stop(soon()); }));
            CPPUNIT_ASSERT_EQUAL(1, answers.load());
        }
    }

    void handlersOfTheHostAreNeverGivenUp() {
        PipelineHouse house(impatient());
        Route route = PipelineHouse::get("/late", [&](RequestContext&) {
            std::this_thread::sleep_for(100ms);
            return Response::json("{}");
        });
        house.install({route});
        CPPUNIT_ASSERT_EQUAL(200, house.ask({"GET", "/api/v1/late"}).status);
    }

    void serverReplacesTheWorkerThatIsGivenUp() {
        host::ServerOptions options;
        options.workers = 3; // one place
        ServerUnderTest under(options);
        ServerTestClient stuck(under.server.port());
        stuck.send(getRequest("/stuck"));
        CPPUNIT_ASSERT(under.application.waitForHeld(1));
        ServerTestClient waiting(under.server.port());
        waiting.send(getRequest("/"));
        under.application.giveUp();
        CPPUNIT_ASSERT_EQUAL(std::string("given up"), stuck.receive().body);
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), waiting.receive().body);
        CPPUNIT_ASSERT_EQUAL_MESSAGE("over the same connection", std::string("hello"), stuck.get("/").body);
        under.application.release();
        for (int i = 0; i < 20; ++i)
            CPPUNIT_ASSERT_EQUAL(std::string("hello"), stuck.get("/").body);
        CPPUNIT_ASSERT_MESSAGE("the one that came back has ended", under.server.stop(60s));
    }

    void serverReplacesAsManyWorkersAsItHasPlaces() {
        host::ServerOptions options;
        options.workers = 4; // two places
        ServerUnderTest under(options);
        std::list<ServerTestClient> clients;
        for (std::size_t i = 1; i <= 2; ++i) {
            clients.emplace_back(under.server.port()).send(getRequest("/stuck"));
            CPPUNIT_ASSERT(under.application.waitForHeld(i));
        }
        under.application.giveUp();
        for (auto& client : clients)
            CPPUNIT_ASSERT_EQUAL(std::string("given up"), client.receive().body);
        for (std::size_t i = 3; i <= 4; ++i) {
            clients.emplace_back(under.server.port()).send(getRequest("/stuck"));
            CPPUNIT_ASSERT(under.application.waitForHeld(i));
        }
        under.application.giveUp(); // answered, and not replaced any more
        for (auto& client : clients)
            if (&client != &clients.front() && &client != &*std::next(clients.begin()))
                CPPUNIT_ASSERT_EQUAL(std::string("given up"), client.receive().body);
        ServerTestClient other(under.server.port());
        CPPUNIT_ASSERT_EQUAL_MESSAGE("health checks are answered", 200, other.get("/instant").status);
        other.send(getRequest("/"));
        under.application.release();
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), other.receive().body);
    }

private:
    static std::ptrdiff_t threads() {
        const std::filesystem::directory_iterator tasks("/proc/self/task");
        return std::distance(begin(tasks), end(tasks));
    }

    NoMetrics metrics_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(GivenUpTest);

} // namespace coffer::test
