#include "tests/host/plugin/Switching.h"

#include <coffer/testkit/Test.h>

#include <atomic>
#include <string>
#include <thread>

namespace coffer::test {

using namespace coffer::host;

namespace {

using Clock = std::chrono::steady_clock;

} // namespace

/// What goes wrong when plugins are switched, and what happens at the same time.
class PluginSwitchFailuresTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PluginSwitchFailuresTest);
    COFFER_TEST(whatCannotBeKeptChangesNothing);
    COFFER_TEST(requestThatDoesNotReturnQuarantines);
    COFFER_TEST(failingStopQuarantinesAndStaysDisabled);
    COFFER_TEST(failingStartQuarantinesAndSaysSo);
    COFFER_TEST(threadOfATaskIsFound);
    COFFER_TEST(ofTwoAdministratorsOneIsRefused);
    COFFER_TEST(nobodyIsAskedWhoHasStopped);
    COFFER_TEST(daemonStopsInTheMiddleOfIt);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatCannotBeKeptChangesNothing() {
        PluginHouse house;
        std::atomic<bool> isBroken{false};
        house.database.setWriteGate([&] {
            if (isBroken)
                throw Problem::unavailable("storage_full", "The disk is full.", 30);
        });
        const auto host = house.start({house.fixture("good"), house.fixture("starts-once")});
        (void)host->disable("starts-once", anna);
        isBroken = true;
        CPPUNIT_ASSERT_EQUAL(std::string("503 storage_full"), disabling(*host, "good"));
        CPPUNIT_ASSERT_EQUAL(std::string("503 storage_full"), enabling(*host, "starts-once"));
        CPPUNIT_ASSERT_EQUAL(std::string("running"), stateOf(*host, "good"));
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), stateOf(*host, "starts-once"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello you"})"), house.call("/api/v1/greetings/you"));
        CPPUNIT_ASSERT_EQUAL(std::string("starts-once by anna, "), kept(house));
        isBroken = false;
    }

    void requestThatDoesNotReturnQuarantines() {
        PluginHouse house;
        const auto host = house.start({house.hangingFixture("good", &PluginLimits::stop)});
        CPPUNIT_ASSERT(house.router.table()->find("GET", "/api/v1/greetings/you").entry->gate->enter());
        CPPUNIT_ASSERT_EQUAL(std::string("500 plugin_failed"), disabling(*host, "good"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 of its handlers did not return"),
                             host->status("good").value().reason);
        CPPUNIT_ASSERT_EQUAL(std::string("409 plugin_quarantined"), enabling(*host, "good"));
        CPPUNIT_ASSERT(!answersDisabled(house, "/api/v1/greetings/you"));
        CPPUNIT_ASSERT(!house.serves("GET /api/v1/greetings/{name}"));
    }

    void failingStopQuarantinesAndStaysDisabled() {
        struct Failure {
            std::string id;
            std::string sentence;
            PluginHouse::Step step;
        };
        for (const auto& [id, sentence, step] :
             {Failure{"throws-in-stop", "its stop() threw: it never ends", &PluginLimits::threads},
              Failure{"hangs-in-stop", "its stop() did not return before its deadline", &PluginLimits::stop},
              Failure{"leaks-thread", "it left 1 thread running after stop()", &PluginLimits::threads}}) {
            PluginHouse house;
            const auto host = house.start({house.hangingFixture(id, step)});
            CPPUNIT_ASSERT_EQUAL(std::string("500 plugin_failed"), disabling(*host, id));
            CPPUNIT_ASSERT_EQUAL(std::string("quarantined"), stateOf(*host, id));
            CPPUNIT_ASSERT_EQUAL(sentence, host->status(id).value().reason);
            CPPUNIT_ASSERT_EQUAL(id + " by anna, ", kept(house));
        }
    }

    void failingStartQuarantinesAndSaysSo() {
        PluginHouse house;
        const auto host = house.start({house.fixture("starts-once"), house.fixture("good")});
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), disabling(*host, "starts-once"));
        try {
            (void)host->enable("starts-once", anna);
            CPPUNIT_FAIL("it started");
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(500, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("plugin_failed"), problem.code());
            CPPUNIT_ASSERT_MESSAGE(problem.detail(), problem.detail().find("its start() threw: once is "
                                                                           "enough") != std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("quarantined"), stateOf(*host, "starts-once"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE("the next start tries again", std::string(), kept(house));
        CPPUNIT_ASSERT_EQUAL(std::string("running"), stateOf(*host, "good"));
    }

    void threadOfATaskIsFound() {
        PluginHouse house;
        const auto host = house.start({house.fixture("task-leaves-thread")});
        CPPUNIT_ASSERT(eventually([&] { return house.metrics.total("coffer_leaving_runs_total") > 0; }));
        host->stop(Clock::now() + std::chrono::minutes(10));
        CPPUNIT_ASSERT_EQUAL(std::string("it left 1 thread running after stop()"),
                             host->status("task-leaves-thread").value().reason);
    }

    void ofTwoAdministratorsOneIsRefused() {
        PluginHouse house;
        const auto host = house.start({house.fixture("switchable")});
        for (int round = 0; round < 10; ++round) {
            const bool isDisabling = round % 2 == 0;
            std::atomic<int> succeeded{0};
            std::atomic<int> refused{0};
            {
                std::vector<std::jthread> administrators;
                for (int i = 0; i < 4; ++i)
                    administrators.emplace_back([&] {
                        const auto outcome =
                            isDisabling ? disabling(*host, "switchable") : enabling(*host, "switchable");
                        succeeded += outcome == "ok" ? 1 : 0;
                        refused += outcome.starts_with("409 ") ? 1 : 0;
                    });
            }
            CPPUNIT_ASSERT_EQUAL(1, succeeded.load());
            CPPUNIT_ASSERT_EQUAL(3, refused.load());
            CPPUNIT_ASSERT_EQUAL(std::string(isDisabling ? "disabled" : "running"),
                                 stateOf(*host, "switchable"));
            CPPUNIT_ASSERT_EQUAL(isDisabling, !kept(house).empty());
        }
    }

    void nobodyIsAskedWhoHasStopped() {
        for (const std::string id : {"switchable", "good"}) {
            PluginHouse house;
            const auto host = house.start({house.fixture(id)});
            std::atomic<bool> isWrong{false};
            const std::jthread scraper([&](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    (void)house.metrics.ask("coffer_switchable_object");
                    (void)house.metrics.ask("coffer_storage_figure");
                    if (host->status(id).value().health.state != Health::State::ok)
                        isWrong = true;
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                }
            });
            for (int round = 0; round < 10; ++round) {
                CPPUNIT_ASSERT_EQUAL(std::string("ok"), disabling(*host, id));
                CPPUNIT_ASSERT_EQUAL(std::string("ok"), enabling(*host, id));
            }
            CPPUNIT_ASSERT(!isWrong);
            CPPUNIT_ASSERT_EQUAL(std::string("running"), stateOf(*host, id));
        }
    }

    void daemonStopsInTheMiddleOfIt() {
        PluginHouse house;
        const auto host = house.start({house.fixture("switchable"), house.fixture("needs-good")});
        std::atomic<int> rounds{0};
        std::string last;
        std::jthread administrator([&] {
            while (!last.starts_with("503")) {
                last = rounds % 2 == 0 ? disabling(*host, "switchable") : enabling(*host, "switchable");
                ++rounds;
            }
        });
        CPPUNIT_ASSERT(eventually([&] { return rounds > 3; }));
        host->stop(Clock::now() + std::chrono::seconds(60));
        administrator.join();
        CPPUNIT_ASSERT_EQUAL(std::string("503 stopping"), last);
        CPPUNIT_ASSERT_EQUAL(std::string(kept(house).empty() ? "stopped" : "disabled"),
                             stateOf(*host, "switchable"));
        CPPUNIT_ASSERT_EQUAL(std::string("stopped"), stateOf(*host, "needs-good"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginSwitchFailuresTest);

} // namespace coffer::test
