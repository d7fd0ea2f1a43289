#include "tests/host/plugin/SimpleRequest.h"
#include "tests/host/plugin/Switching.h"

#include <coffer/testkit/Test.h>

#include <atomic>
#include <string>
#include <thread>

namespace coffer::test {

using namespace coffer::host;

namespace {

std::string recordedActions(const PluginHouse& house) {
    std::string text;
    for (const auto& event : house.recorded())
        text += event.action + " " + event.objectId + ", ";
    return text;
}

/// Runs the handler as a request would that had begun before.
std::string greeted(const Handler& handler) {
    SimpleRequest request;
    try {
        return handler(request).body;
    } catch (const ServiceGone&) {
        return "gone";
    }
}

} // namespace

/// Plugins that are disabled and enabled while the daemon serves.
class PluginSwitchTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PluginSwitchTest);
    COFFER_TEST(disabledPluginIsOutOfServiceAndAFreshObjectComesBack);
    COFFER_TEST(everythingThatItRegisteredGoesAndComesBack);
    COFFER_TEST(whatIsKeptIsRecorded);
    COFFER_TEST(leasesOfOthersWorkAgain);
    COFFER_TEST(disabledPluginIsSetAsideAtStart);
    COFFER_TEST(leaseThatWasFoundBeforeItsOwnerIsEnabledWorksLater);
    COFFER_TEST(unknownIdsInTheTableAreIgnored);
    COFFER_TEST(whatCannotBeSwitchedIsRefused);
    COFFER_TEST(requestInFlightFinishesWhileNewOnesAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void disabledPluginIsOutOfServiceAndAFreshObjectComesBack() {
        PluginHouse house;
        const auto host = house.start({house.fixture("switchable"), house.fixture("stuck-handlers")});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"object 1"})"), house.call("/api/v1/switchable"));

        const auto disabled = host->disable("switchable", anna);
        CPPUNIT_ASSERT(disabled.state == PluginState::disabled);
        CPPUNIT_ASSERT_EQUAL(std::string("anna"), disabled.disabledBy);
        CPPUNIT_ASSERT(disabled.health.state == Health::State::ok);
        CPPUNIT_ASSERT(answersDisabled(house, "/api/v1/switchable"));
        CPPUNIT_ASSERT(!house.serves("GET /api/v1/switchable"));
        CPPUNIT_ASSERT(house.serves("GET /api/v1/stuck/fast"));
        CPPUNIT_ASSERT_EQUAL(std::string("switchable by anna, "), kept(house));

        const auto enabled = host->enable("switchable", anna);
        CPPUNIT_ASSERT(enabled.state == PluginState::running);
        CPPUNIT_ASSERT_EQUAL(std::string(), enabled.disabledBy);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"object 2"})"), house.call("/api/v1/switchable"));
        CPPUNIT_ASSERT_EQUAL(std::string(), kept(house));
    }

    void everythingThatItRegisteredGoesAndComesBack() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        for (int round = 0; round < 3; ++round) {
            (void)host->disable("good", anna);
            CPPUNIT_ASSERT(house.sinks.empty());
            CPPUNIT_ASSERT(house.metrics.ask("coffer_good_greetings").empty());
            CPPUNIT_ASSERT(house.metrics.ask("coffer_storage_figure").empty());
            AuditEvent event;
            house.hooks.back()->before(event);
            CPPUNIT_ASSERT_EQUAL(std::string(), event.reason);
            const auto ticks = house.metrics.total("coffer_good_ticks_total");
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            CPPUNIT_ASSERT_EQUAL(ticks, house.metrics.total("coffer_good_ticks_total"));

            (void)host->enable("good", anna);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.sinks.size());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.metrics.ask("coffer_good_greetings").size());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.metrics.ask("coffer_storage_figure").size());
            house.hooks.back()->before(event);
            CPPUNIT_ASSERT_EQUAL(std::string("hooked"), event.reason);
            CPPUNIT_ASSERT(
                eventually([&] { return house.metrics.total("coffer_good_ticks_total") > ticks; }));
            CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello you"})"),
                                 house.call("/api/v1/greetings/you"));
        }
    }

    void whatIsKeptIsRecorded() {
        PluginHouse house;
        const auto host = house.start({house.fixture("switchable")});
        (void)host->disable("switchable", anna);
        (void)host->enable("switchable", anna);
        CPPUNIT_ASSERT_EQUAL(std::string("plugin.start switchable, plugin.disable switchable, plugin.stop "
                                         "switchable, plugin.enable switchable, plugin.start switchable, "),
                             recordedActions(house));
        const auto events = house.recorded();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"state":"running"})"), events[1].before);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"state":"disabled"})"), events[1].after);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"state":"disabled"})"), events[3].before);
        CPPUNIT_ASSERT(events[3].result == AuditResult::success);
    }

    void leasesOfOthersWorkAgain() {
        PluginHouse house;
        const auto host = house.start({house.fixture("switchable"), house.fixture("needs-good")});
        const auto handler = house.router.table()->find("GET", "/api/v1/greeted").entry->route.handler;
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"you 1"})"), greeted(handler));
        (void)host->disable("switchable", anna);
        CPPUNIT_ASSERT_EQUAL(std::string("gone"), greeted(handler));
        CPPUNIT_ASSERT_EQUAL(std::string("running"), stateOf(*host, "needs-good"));
        (void)host->enable("switchable", anna);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"you 2"})"), greeted(handler));
        // And the other way round: who uses it comes and goes.
        (void)host->disable("needs-good", anna);
        (void)host->disable("switchable", anna);
        (void)host->enable("needs-good", anna);
        const auto fresh = house.router.table()->find("GET", "/api/v1/greeted").entry->route.handler;
        CPPUNIT_ASSERT_EQUAL(std::string("gone"), greeted(fresh));
        (void)host->enable("switchable", anna);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"you 3"})"), greeted(fresh));
    }

    void disabledPluginIsSetAsideAtStart() {
        PluginHouse house;
        keepAsDisabled(house, "good");
        const auto host = house.start({house.fixture("good")});
        const auto status = host->status("good").value();
        CPPUNIT_ASSERT(status.state == PluginState::disabled);
        CPPUNIT_ASSERT_EQUAL(std::string("anna"), status.disabledBy);
        CPPUNIT_ASSERT_EQUAL(std::string("GET /greetings/{name}"), status.registered.routes.at(0));
        CPPUNIT_ASSERT(answersDisabled(house, "/api/v1/greetings/you"));
        CPPUNIT_ASSERT(answersDisabled(house, "/plugins/good/pages"));
        CPPUNIT_ASSERT_MESSAGE("it was not started", !house.log.contains("good starts"));
        CPPUNIT_ASSERT(house.sinks.empty() && house.hooks.empty());
        CPPUNIT_ASSERT(house.metrics.ask("coffer_good_greetings").empty());
        const auto tables = house.database.read([](Transaction& transaction) {
            auto rows = transaction.query("SELECT count(*) FROM good_greeting");
            return rows.next() ? rows.integer(0) : -1;
        });
        CPPUNIT_ASSERT_EQUAL_MESSAGE("it was migrated", std::int64_t{0}, tables);

        CPPUNIT_ASSERT_EQUAL(std::string("ok"), enabling(*host, "good"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello you"})"), house.call("/api/v1/greetings/you"));
        CPPUNIT_ASSERT(house.log.contains("good starts"));
        host->stop(std::chrono::steady_clock::now() + std::chrono::seconds(60));
        CPPUNIT_ASSERT_EQUAL(std::string("stopped"), stateOf(*host, "good"));
        CPPUNIT_ASSERT(!answersDisabled(house, "/api/v1/greetings/you"));
    }

    void leaseThatWasFoundBeforeItsOwnerIsEnabledWorksLater() {
        PluginHouse house;
        keepAsDisabled(house, "switchable");
        const auto host = house.start({house.fixture("needs-good"), house.fixture("switchable")});
        CPPUNIT_ASSERT_EQUAL(std::string("running"), stateOf(*host, "needs-good"));
        const auto handler = house.router.table()->find("GET", "/api/v1/greeted").entry->route.handler;
        CPPUNIT_ASSERT_EQUAL(std::string("gone"), greeted(handler));
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), enabling(*host, "switchable"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"you 2"})"), greeted(handler));
    }

    void unknownIdsInTheTableAreIgnored() {
        PluginHouse house;
        keepAsDisabled(house, "long-gone");
        const auto host = house.start({house.fixture("good")});
        CPPUNIT_ASSERT_EQUAL(std::string("running"), stateOf(*host, "good"));
        CPPUNIT_ASSERT_EQUAL(std::string("404 not_found"), enabling(*host, "long-gone"));
        CPPUNIT_ASSERT_EQUAL(std::string("long-gone by anna, "), kept(house));
    }

    void whatCannotBeSwitchedIsRefused() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good"), house.fixture("throws-in-init")});
        const auto before = house.recorded().size();
        CPPUNIT_ASSERT_EQUAL(std::string("404 not_found"), disabling(*host, "nobody"));
        CPPUNIT_ASSERT_EQUAL(std::string("404 not_found"), enabling(*host, "nobody"));
        CPPUNIT_ASSERT_EQUAL(std::string("409 plugin_enabled"), enabling(*host, "good"));
        CPPUNIT_ASSERT_EQUAL(std::string("409 plugin_quarantined"), disabling(*host, "throws-in-init"));
        CPPUNIT_ASSERT_EQUAL(std::string("409 plugin_quarantined"), enabling(*host, "throws-in-init"));
        CPPUNIT_ASSERT_EQUAL(before, house.recorded().size());
        CPPUNIT_ASSERT_EQUAL(std::string(), kept(house));
        (void)host->disable("good", anna);
        CPPUNIT_ASSERT_EQUAL(std::string("409 plugin_disabled"), disabling(*host, "good"));
        host->stop(std::chrono::steady_clock::now() + std::chrono::seconds(60));
        CPPUNIT_ASSERT_EQUAL(std::string("503 stopping"), enabling(*host, "good"));
        CPPUNIT_ASSERT_EQUAL(std::string("good by anna, "), kept(house));
    }

    void requestInFlightFinishesWhileNewOnesAreRefused() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        const auto gate = house.router.table()->find("GET", "/api/v1/greetings/you").entry->gate;
        CPPUNIT_ASSERT(gate->enter());
        std::atomic<bool> sawRefusal{false};
        std::thread request([&] {
            sawRefusal = eventually([&] { return answersDisabled(house, "/api/v1/greetings/you"); });
            gate->leave();
        });
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), disabling(*host, "good"));
        request.join();
        CPPUNIT_ASSERT(sawRefusal);
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), stateOf(*host, "good"));
    }

private:
    static void keepAsDisabled(PluginHouse& house, const std::string& id) {
        house.database.write(anna, std::function<void(Transaction&)>([&](Transaction& transaction) {
                                 (void)disabled_plugins::add(transaction, id);
                             }));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginSwitchTest);

} // namespace coffer::test
