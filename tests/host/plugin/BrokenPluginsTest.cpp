#include "host/plugin/PluginHost.h"
#include "tests/host/plugin/PluginHouse.h"
#include "tests/host/plugin/SimpleRequest.h"

#include <coffer/sdk/Descriptor.h>

#include <coffer/testkit/Test.h>

#include <stdexcept>
#include <string>

namespace coffer::test {

using namespace coffer::host;

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point soon() {
    return Clock::now() + std::chrono::minutes(10);
}

} // namespace

/// Each broken plugin beside one that behaves: it is quarantined with a sentence, and the other goes on.
class BrokenPluginsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BrokenPluginsTest);
    COFFER_TEST(fileThatIsNoPluginIsRefused);
    COFFER_TEST(otherFingerprintIsRefused);
    COFFER_TEST(newerSdkIsRefused);
    COFFER_TEST(missingSymbolIsRefused);
    COFFER_TEST(otherIdThanConfiguredIsRefused);
    COFFER_TEST(wrongConfigurationIsRefused);
    COFFER_TEST(throwingOptionsAreContained);
    COFFER_TEST(throwingInitIsContained);
    COFFER_TEST(hangingInitIsAbandoned);
    COFFER_TEST(throwingStartIsContained);
    COFFER_TEST(hangingStartIsAbandoned);
    COFFER_TEST(thrownIntIsContained);
    COFFER_TEST(endedThreadIsContained);
    COFFER_TEST(routeRegisteredTwiceIsRefused);
    COFFER_TEST(routeOfAnotherPluginIsRefused);
    COFFER_TEST(routeOfTheDaemonIsRefused);
    COFFER_TEST(incompleteRouteIsRefused);
    COFFER_TEST(servicePublishedTwiceIsRefused);
    COFFER_TEST(needThatNobodyPublishesIsRefused);
    COFFER_TEST(needOfAQuarantinedPluginIsRefused);
    COFFER_TEST(hangingHealthIsQuarantinedWhileServing);
    COFFER_TEST(throwingStopIsContained);
    COFFER_TEST(hangingStopIsAbandoned);
    COFFER_TEST(hangingTaskIsAbandoned);
    COFFER_TEST(hangingHandlerIsAbandoned);
    COFFER_TEST(leftThreadIsNamedAndFindsClosedGates);
    COFFER_TEST(thrownIntInAHandlerBecomesAnException);
    CPPUNIT_TEST_SUITE_END();

public:
    void fileThatIsNoPluginIsRefused() {
        refuses("no-descriptor", "has no section `coffer_plugin`");
        PluginHouse house;
        const auto good = readFile(house.fixture("good").file);
        const auto host = house.start({house.file("empty", ""),
                                       house.file("garbage", std::string(9999, '\x7f')),
                                       house.file("truncated", good.substr(0, good.size() / 2)),
                                       {"missing", house.folder / "missing.so", std::nullopt},
                                       house.fixture("good")});
        says(*host, "empty", "is empty; install the plugin again");
        says(*host, "garbage", "is not a shared library (ELF)");
        says(*host, "truncated", "is damaged (its section table lies outside the file)");
        says(*host, "missing", "does not exist; correct `file` in the plugin's configuration");
        CPPUNIT_ASSERT(host->status("good").value().state == PluginState::running);
    }

    void otherFingerprintIsRefused() {
        refuses("wrong-fingerprint", "it was built with compiler 'gcc 4' where this daemon has 'gcc ");
        refuses("wrong-fingerprint", "poco '17' where this daemon has '");
    }
    void newerSdkIsRefused() {
        refuses("newer-sdk", "it was built with SDK 1." + std::to_string(sdkMinor + 1) +
                                 " and this daemon offers SDK 1." + std::to_string(sdkMinor));
    }
    void missingSymbolIsRefused() {
        refuses("missing-symbol", "the dynamic loader refuses the file '");
        refuses("missing-symbol", "missing-symbol.so: undefined symbol: _Z17nobodyDefinesThisv");
    }

    void otherIdThanConfiguredIsRefused() {
        PluginHouse house;
        auto spec = house.fixture("good");
        spec.id = "better";
        const auto host = house.start({spec});
        says(*host, "better",
             "is the plugin 'good', and the configuration calls it 'better'; rename its section");
    }

    void wrongConfigurationIsRefused() {
        PluginHouse house;
        house.words["leaks-thread"] = "hello";
        const auto host = house.start({house.fixture("leaks-thread"), house.fixture("good")});
        says(*host, "leaks-thread",
             "its configuration is wrong: plugins.d/x.ini:7: there is no option 'word'; leave it out");
    }

    void throwingOptionsAreContained() {
        refuses("throws-in-options", "its options() threw: no options left");
    }
    void throwingInitIsContained() { refuses("throws-in-init", "its init() threw: no greeting today"); }
    void hangingInitIsAbandoned() {
        refuses("hangs-in-init", "its init() did not return within 300 ms", "good", &PluginLimits::init);
    }
    void throwingStartIsContained() {
        refuses("throws-in-start", "its start() threw: Not found: the greeting book");
    }
    void hangingStartIsAbandoned() {
        refuses("hangs-in-start", "its start() did not return within 300 ms", "good", &PluginLimits::start);
    }
    void thrownIntIsContained() {
        refuses("throws-non-std", "its start() threw: something that is no std::exception (int)");
    }
    void endedThreadIsContained() {
        refuses("ends-its-thread", "its start() threw: it ended the thread that it was called on");
    }
    void routeRegisteredTwiceIsRefused() {
        refuses("same-route-twice", "its init() threw: the route GET /twice/{name} is registered twice");
    }
    void routeOfAnotherPluginIsRefused() {
        refuses(
            "same-route-as-good",
            "its init() threw: the route GET /greetings/{whom} is registered by the plugin 'good' already");
    }

    void routeOfTheDaemonIsRefused() {
        PluginHouse house;
        auto own = house.services().router.table();
        Route route;
        route.pattern = "/twice/{thing}";
        route.permission = "things:read";
        route.summary = "Things";
        route.response = {Field::string("thing", "A thing").required()};
        route.handler = [](RequestContext&) { return Response::json("{}"); };
        house.router.install("identity", {route}, std::make_shared<RouteGate>());
        const auto host = house.start({house.fixture("same-route-twice")});
        says(*host, "same-route-twice", "the route GET /twice/{id} belongs to 'identity' already");
        CPPUNIT_ASSERT(house.serves("GET /api/v1/twice/{thing}"));
    }

    void incompleteRouteIsRefused() {
        refuses("incomplete-route", "its init() threw: ");
        refuses("incomplete-route", "summary");
    }
    void servicePublishedTwiceIsRefused() {
        refuses("same-service-twice",
                "its init() threw: the service 'greeting' version 1 is published by the plugin "
                "'same-service-twice' already",
                /*beside=*/"leaks-thread");
    }

    void needThatNobodyPublishesIsRefused() {
        PluginHouse house;
        const auto host = house.start({house.fixture("needs-unpublished"), house.fixture("needs-good")});
        says(*host, "needs-unpublished",
             "it needs the service 'weather', which no plugin publishes; enable the plugin that does, or "
             "break the "
             "circle if one of 'needs-good' does and waits for this one");
        says(*host, "needs-good", "it needs the service 'greeting', which no plugin publishes");
    }

    void needOfAQuarantinedPluginIsRefused() {
        PluginHouse house;
        auto services = house.services();
        services.migrate = [](std::string_view, std::span<const Migration>) {
            throw std::runtime_error("the disk is full");
        };
        PluginHost host({house.fixture("needs-good"), house.fixture("good")}, services, house.limits());
        host.load();
        host.prepare();
        host.start();
        says(host, "good", "its tables could not be migrated: the disk is full");
        says(host, "needs-good", "it needs the service 'greeting', whose plugin is quarantined");
        CPPUNIT_ASSERT(!house.serves("GET /api/v1/greetings/{name}"));
        CPPUNIT_ASSERT(!house.serves("GET /api/v1/greeted"));
    }

    void hangingHealthIsQuarantinedWhileServing() {
        PluginHouse house;
        const auto host = house.start(
            {house.hangingFixture("hangs-in-health", &PluginLimits::health), house.fixture("good")});
        CPPUNIT_ASSERT(eventually(
            [&] { return host->status("hangs-in-health").value().state == PluginState::quarantined; }));
        says(*host, "hangs-in-health", "its health() did not return within 300 ms");
        CPPUNIT_ASSERT(!house.serves("GET /api/v1/hangs-in-health"));
        CPPUNIT_ASSERT(house.serves("GET /api/v1/greetings/{name}"));
    }

    void throwingStopIsContained() { refusesToStop("throws-in-stop", "its stop() threw: it never ends"); }
    void hangingStopIsAbandoned() {
        refusesToStop("hangs-in-stop", "its stop() did not return before its deadline", &PluginLimits::stop);
    }
    void hangingTaskIsAbandoned() {
        PluginHouse house;
        const auto host = house.start({house.hangingFixture("hangs-in-task", &PluginLimits::stop)});
        CPPUNIT_ASSERT(eventually([&] { return house.metrics.total("coffer_hanging_runs_total") > 0; }));
        host->stop(soon());
        says(*host, "hangs-in-task", "its task 'forever' did not end");
    }

    void hangingHandlerIsAbandoned() {
        PluginHouse house;
        const auto host = house.start({house.hangingFixture("good", &PluginLimits::stop)});
        CPPUNIT_ASSERT(house.router.table()->find("GET", "/api/v1/greetings/you").entry->gate->enter());
        host->stop(soon());
        says(*host, "good", "1 of its handlers did not return");
        CPPUNIT_ASSERT_MESSAGE("its task did end",
                               host->status("good").value().reason.find("task") == std::string::npos);
        CPPUNIT_ASSERT_MESSAGE("it was stopped all the same", house.log.contains("good stops"));
    }

    void leftThreadIsNamedAndFindsClosedGates() {
        PluginHouse house;
        {
            const auto host = house.start({house.fixture("leaks-thread")});
            host->stop(soon());
            says(*host, "leaks-thread", "it left 1 thread running after stop()");
        }
        // Its thread goes on asking for the database, which is about to go.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }

    void thrownIntInAHandlerBecomesAnException() {
        PluginHouse house;
        const auto host = house.start({house.fixture("throws-non-std-in-handler"), house.fixture("good")});
        try {
            (void)house.call("/api/v1/throws-non-std");
            CPPUNIT_FAIL("it answered");
        } catch (const std::runtime_error& error) {
            CPPUNIT_ASSERT_EQUAL(std::string("the handler threw something that is no std::exception (int)"),
                                 std::string(error.what()));
        }
        // A caller must not be able to take a plugin away from the others.
        CPPUNIT_ASSERT(host->status("throws-non-std-in-handler").value().state == PluginState::running);
    }

private:
    static void says(const PluginHost& host, const std::string& id, const std::string& sentence) {
        const auto status = host.status(id).value();
        CPPUNIT_ASSERT_MESSAGE(id + ": " + status.reason, status.reason.find(sentence) != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("quarantined"), std::string(toString(status.state)));
        CPPUNIT_ASSERT(status.health.state == Health::State::failed);
    }

    static PluginSpec specOf(const PluginHouse& house, const std::string& id, PluginHouse::Step shortened) {
        return shortened ? house.hangingFixture(id, shortened) : house.fixture(id);
    }

    /// Nothing of it is served, and the plugin beside it is.
    static void refuses(const std::string& id, const std::string& sentence,
                        const std::string& beside = "good", PluginHouse::Step shortened = nullptr) {
        PluginHouse house;
        const auto host = house.start({specOf(house, id, shortened), house.fixture(beside)});
        says(*host, id, sentence);
        CPPUNIT_ASSERT(house.log.contains("a plugin is quarantined"));
        CPPUNIT_ASSERT(!house.serves("GET /api/v1/" + id));
        CPPUNIT_ASSERT(host->status(beside).value().state == PluginState::running);
        if (beside == "good")
            CPPUNIT_ASSERT_EQUAL(std::string(R"({"greeting":"hello you"})"),
                                 house.call("/api/v1/greetings/you"));
    }

    static void refusesToStop(const std::string& id, const std::string& sentence,
                              PluginHouse::Step shortened = nullptr) {
        PluginHouse house;
        const auto host = house.start({house.fixture("good"), specOf(house, id, shortened)});
        CPPUNIT_ASSERT(host->status(id).value().state == PluginState::running);
        host->stop(soon());
        says(*host, id, sentence);
        CPPUNIT_ASSERT(host->status("good").value().state == PluginState::stopped);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BrokenPluginsTest);

} // namespace coffer::test
