#include "host/plugin/PluginHost.h"
#include "tests/host/plugin/PluginHouse.h"
#include "tests/host/plugin/SimpleRequest.h"

#include <coffer/sdk/Descriptor.h>

#include <coffer/testkit/Test.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <thread>

namespace coffer::test {

using namespace coffer::host;

namespace {

using Clock = std::chrono::steady_clock;

PluginState stateOf(const PluginHost& host, const std::string& id) {
    return host.status(id).value().state;
}

std::string actions(const PluginHouse& house) {
    std::string text;
    for (const auto& event : house.recorded())
        text += event.action + " " + event.objectId + ", ";
    return text;
}

} // namespace

/// Plugins that behave, from file to end.
class PluginHostTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PluginHostTest);
    COFFER_TEST(goodPluginRunsWithAllItRegistered);
    COFFER_TEST(optionsAreKnownAfterLoading);
    COFFER_TEST(configurationReachesThePlugin);
    COFFER_TEST(figuresAreShownUntilStop);
    COFFER_TEST(figureNamesAreTakenApart);
    COFFER_TEST(tasksRunUntilStop);
    COFFER_TEST(hookEnrichesUntilStop);
    COFFER_TEST(stopTakesEverythingBack);
    COFFER_TEST(stopIsRepeatable);
    COFFER_TEST(pluginThatNeedsAServiceComesAfterTheOneThatPublishesIt);
    COFFER_TEST(leaseOfAStoppedServiceSaysSo);
    COFFER_TEST(twoPluginsOfDifferentFilesAreDistinct);
    COFFER_TEST(wantedHashIsCompared);
    COFFER_TEST(eventsAreRecorded);
    COFFER_TEST(oneIdTwiceIsRefused);
    COFFER_TEST(stopWaitsForTheRequestUnderWay);
    CPPUNIT_TEST_SUITE_END();

public:
    void goodPluginRunsWithAllItRegistered() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        const auto status = host->status("good").value();
        CPPUNIT_ASSERT_EQUAL(std::string(), status.reason);
        CPPUNIT_ASSERT(status.state == PluginState::running);
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3"), status.version);
        CPPUNIT_ASSERT_EQUAL(std::string("Behaves well"), status.description);
        CPPUNIT_ASSERT_EQUAL("1." + std::to_string(sdkMinor), status.sdkVersion);
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, status.sha256.size());
        using Names = std::vector<std::string>;
        CPPUNIT_ASSERT(status.registered.routes == Names{"GET /greetings/{name}"});
        CPPUNIT_ASSERT(status.registered.mounts == Names{"/plugins/good/pages"});
        CPPUNIT_ASSERT(status.registered.services == Names{"greeting/1"});
        CPPUNIT_ASSERT(status.registered.storageAdapters == Names{"good_"});
        CPPUNIT_ASSERT(status.registered.auditSinks == Names{"good-sink"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, status.registered.auditHooks);
        CPPUNIT_ASSERT(status.registered.tasks == Names{"tick"});
        CPPUNIT_ASSERT(status.registered.collectors == Names{"coffer_good_greetings"});

        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello Anna"})"),
                             house.call("/api/v1/greetings/Anna"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.metrics.ask("coffer_good_greetings").size());
        CPPUNIT_ASSERT_EQUAL(std::string("good"), house.sealedFor);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.sinks.size());
        CPPUNIT_ASSERT_EQUAL(std::string("good"), host->adapters().at(0).plugin);
        const auto tables = house.database.read([](Transaction& transaction) {
            auto rows = transaction.query("SELECT count(*) FROM good_greeting");
            return rows.next() ? rows.integer(0) : -1;
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, tables);
    }

    void optionsAreKnownAfterLoading() {
        PluginHouse house;
        PluginHost host({house.fixture("good"), house.fixture("no-descriptor")}, house.services(),
                        house.limits());
        host.load();
        const auto options = host.options();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, options.size());
        CPPUNIT_ASSERT_EQUAL(std::string("word"), options[0].options.at(0).name);
        CPPUNIT_ASSERT(stateOf(host, "good") == PluginState::loaded);
        CPPUNIT_ASSERT_MESSAGE("nothing is recorded before start()", house.recorded().empty());
    }

    void configurationReachesThePlugin() {
        PluginHouse house;
        house.words["good"] = "welcome";
        const auto host = house.start({house.fixture("good")});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"welcome Bo"})"), house.call("/api/v1/greetings/Bo"));
    }

    void figuresAreShownUntilStop() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        const auto samples = house.metrics.ask("coffer_storage_figure");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, samples.size());
        CPPUNIT_ASSERT_EQUAL(0.0, samples[0].value);
        const Labels expected{
            {"plugin", "good"}, {"figure", "greetings"}, {"language", "any"}, {"warm", "yes"}};
        CPPUNIT_ASSERT(samples[0].labels == expected);
        host->stop(soon());
        CPPUNIT_ASSERT(house.metrics.ask("coffer_storage_figure").empty());
    }

    void figureNamesAreTakenApart() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, figureSample("p", {"plain", 1}).labels.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, figureSample("p", {"empty{}", 1}).labels.size());
        for (const char* name : {"a{", "a{b", "a{b=", "a{b=\"c", "a{b=\"c\"", "a{b=\"c\"}x"})
            CPPUNIT_ASSERT_THROW_MESSAGE(name, (void)figureSample("p", {name, 1}), std::invalid_argument);
    }

    void tasksRunUntilStop() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        CPPUNIT_ASSERT(eventually([&] { return house.metrics.total("coffer_good_ticks_total") >= 3; }));
        host->stop(soon());
        const auto ticks = house.metrics.total("coffer_good_ticks_total");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        CPPUNIT_ASSERT_EQUAL(ticks, house.metrics.total("coffer_good_ticks_total"));
    }

    void hookEnrichesUntilStop() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        AuditEvent event;
        house.hooks.at(0)->before(event);
        CPPUNIT_ASSERT_EQUAL(std::string("hooked"), event.reason);
        host->stop(soon());
        house.hooks.at(0)->before(event);
        CPPUNIT_ASSERT_EQUAL(std::string("hooked"), event.reason);
    }

    void stopTakesEverythingBack() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        CPPUNIT_ASSERT(house.serves("GET /api/v1/greetings/{name}"));
        host->stop(soon());
        CPPUNIT_ASSERT(stateOf(*host, "good") == PluginState::stopped);
        CPPUNIT_ASSERT(!house.serves("GET /api/v1/greetings/{name}"));
        CPPUNIT_ASSERT(house.sinks.empty());
        CPPUNIT_ASSERT(house.metrics.ask("coffer_good_greetings").empty());
        CPPUNIT_ASSERT(house.log.contains("good starts"));
        CPPUNIT_ASSERT(house.log.contains("good stops"));
    }

    void stopIsRepeatable() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        host->stop(soon());
        host->stop(soon());
        CPPUNIT_ASSERT(stateOf(*host, "good") == PluginState::stopped);
    }

    void pluginThatNeedsAServiceComesAfterTheOneThatPublishesIt() {
        PluginHouse house;
        const auto host = house.start({house.fixture("needs-good"), house.fixture("good")});
        CPPUNIT_ASSERT_EQUAL(std::string(), host->status("needs-good").value().reason);
        CPPUNIT_ASSERT(host->status("needs-good").value().needs == std::vector<std::string>{"greeting"});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello you"})"), house.call("/api/v1/greeted"));
        host->stop(soon());
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "plugin.start good, plugin.start needs-good, plugin.stop needs-good, plugin.stop good, "),
            actions(house));
    }

    void leaseOfAStoppedServiceSaysSo() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good"), house.fixture("needs-good")});
        const auto entry = house.router.table()->find("GET", "/api/v1/greeted").entry;
        const auto handler = entry->route.handler;
        host->stop(soon());
        // The handler itself, as a request would run it that had begun before.
        SimpleRequest request;
        CPPUNIT_ASSERT_THROW((void)handler(request), ServiceGone);
    }

    void twoPluginsOfDifferentFilesAreDistinct() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good"), house.fixture("throws-non-std-in-handler"),
                                       house.fixture("leaks-thread")});
        for (const char* id : {"good", "throws-non-std-in-handler", "leaks-thread"}) {
            CPPUNIT_ASSERT_EQUAL(std::string(), host->status(id).value().reason);
            CPPUNIT_ASSERT(stateOf(*host, id) == PluginState::running);
        }
    }

    void wantedHashIsCompared() {
        PluginHouse house;
        auto spec = house.fixture("good");
        spec.sha256 = std::string(64, '0');
        const auto host = house.start({spec});
        const auto status = host->status("good").value();
        CPPUNIT_ASSERT_MESSAGE(status.reason, status.reason.find("has the SHA-256 ") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(status.reason,
                               status.reason.find("and the configuration wants 0000") != std::string::npos);

        PluginHouse other;
        auto right = other.fixture("good");
        right.sha256 = status.reason.substr(status.reason.find("SHA-256 ") + 8, 64);
        std::ranges::transform(*right.sha256, right.sha256->begin(),
                               [](unsigned char c) { return std::toupper(c); });
        const auto taken = other.start({right});
        CPPUNIT_ASSERT_EQUAL(std::string(), taken->status("good").value().reason);
    }

    void eventsAreRecorded() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good"), house.fixture("throws-in-init")});
        const auto events = house.recorded();
        CPPUNIT_ASSERT_EQUAL(std::string("plugin.quarantine throws-in-init, plugin.start good, "),
                             actions(house));
        CPPUNIT_ASSERT(events[0].result == AuditResult::failed);
        CPPUNIT_ASSERT_EQUAL(std::string("plugin_quarantined"), events[0].reason);
        CPPUNIT_ASSERT(events[0].after.find(R"("state":"quarantined")") != std::string::npos);
        CPPUNIT_ASSERT(events[0].after.find("no greeting today") != std::string::npos);
        CPPUNIT_ASSERT(events[1].result == AuditResult::success);
        CPPUNIT_ASSERT(events[1].after.find(R"("version":"1.2.3")") != std::string::npos);
    }

    void oneIdTwiceIsRefused() {
        PluginHouse house;
        CPPUNIT_ASSERT_THROW(PluginHost({house.fixture("good"), house.fixture("good")}, house.services()),
                             std::invalid_argument);
    }

    void stopWaitsForTheRequestUnderWay() {
        PluginHouse house;
        const auto host = house.start({house.fixture("good")});
        auto gate = house.router.table()->find("GET", "/api/v1/greetings/you").entry->gate;
        CPPUNIT_ASSERT(gate->enter());
        std::thread request([&] {
            while (!gate->isClosed())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            gate->leave();
        });
        host->stop(soon());
        request.join();
        CPPUNIT_ASSERT(stateOf(*host, "good") == PluginState::stopped);
    }

private:
    static Clock::time_point soon() { return Clock::now() + std::chrono::seconds(60); }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginHostTest);

} // namespace coffer::test
