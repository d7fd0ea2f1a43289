#include "tests/sdk/testkit/Notes.h"

#include <coffer/sdk/Descriptor.h>
#include <coffer/testkit/LinkedPlugin.h>

namespace coffer::test {

using namespace testkit;

namespace {

/// What is thrown, as text.
std::string refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "nothing was thrown";
}

void assertSays(const std::string& text, const std::string& part) {
    CPPUNIT_ASSERT_MESSAGE(text, text.find(part) != std::string::npos);
}

class Greeter {
public:
    static constexpr const char* serviceId = "greeter";
    static constexpr int serviceVersion = 1;
    virtual ~Greeter() = default;
    virtual std::string greet() { return "hello"; }
};

} // namespace

/// How a plugin lives in a FakeHost.
class FakeHostLifeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FakeHostLifeTest);
    COFFER_TEST(linkedPluginIsTheOneOfTheDescriptor);
    COFFER_TEST(optionsHaveTheirDefaults);
    COFFER_TEST(optionsAreCheckedAsInTheDaemonAndThePluginIsNotMade);
    COFFER_TEST(registeringAfterInitIsRefused);
    COFFER_TEST(routeTwiceIsRefused);
    COFFER_TEST(incompleteRouteIsRefused);
    COFFER_TEST(tablePrefixFollowsThePluginsId);
    COFFER_TEST(secondAdapterIsRefused);
    COFFER_TEST(taskTwiceIsRefused);
    COFFER_TEST(serviceTwiceIsRefused);
    COFFER_TEST(mountsThatCollideAreRefused);
    COFFER_TEST(migrationThatFailsIsNamed);
    COFFER_TEST(whatInitThrowsComesOut);
    COFFER_TEST(neededServiceMustBeProvided);
    COFFER_TEST(providedServiceIsGoneWhileItIsWithdrawn);
    COFFER_TEST(publishedServiceIsFoundUntilTheStop);
    COFFER_TEST(serviceThatNobodyPublishesIsNotFound);
    COFFER_TEST(taskRunsByItsName);
    COFFER_TEST(healthIsThePlugins);
    COFFER_TEST(nothingWorksAfterTheStop);
    COFFER_TEST(whatStopThrowsComesOutAfterEverythingWasTakenBack);
    COFFER_TEST(hostThatGoesStopsThePluginOnce);
    COFFER_TEST(withoutAPluginTheTestRegisters);
    COFFER_TEST(metricsAreReadAndChecked);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override { host = std::make_unique<FakeHost>(Notes::make(notes)); }
    void tearDown() override { host.reset(); }

    void linkedPluginIsTheOneOfTheDescriptor() {
        auto linked = linkedPlugin();
        CPPUNIT_ASSERT_EQUAL(std::string("notes"), linked.id);
        CPPUNIT_ASSERT(std::vector<std::string>{"greeter"} == linked.needs);
        CPPUNIT_ASSERT(dynamic_cast<Notes*>(linked.plugin.get()) != nullptr);
    }
    void optionsHaveTheirDefaults() {
        host->start({{"pages", "7"}});
        CPPUNIT_ASSERT_EQUAL(std::string("Hello"), host->config().text("greeting"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, host->config().integer("pages"));
        CPPUNIT_ASSERT_THROW((void)host->config().text("pages"), std::logic_error);
    }
    void optionsAreCheckedAsInTheDaemonAndThePluginIsNotMade() {
        notes->more = [](HostContext&) { CPPUNIT_FAIL("init() was called"); };
        const auto said = refusal([&] { host->start({{"pages", "10"}, {"greting", "x"}}); });
        assertSays(said, "'pages' = '10' must be at most 9");
        assertSays(said, "unknown option 'greting' in [notes]; did you mean 'greeting'?");
    }
    void registeringAfterInitIsRefused() {
        notes->onStart = [](HostContext& context) {
            context.every("late", std::chrono::seconds(1), [](std::stop_token) {});
        };
        CPPUNIT_ASSERT_EQUAL(std::string("a plugin registers in init() only"),
                             refusal([&] { host->start(); }));
    }
    void routeTwiceIsRefused() {
        notes->more = [](HostContext& context) { context.route(route("/notes/{other}")); };
        CPPUNIT_ASSERT_EQUAL(std::string("the route GET /notes/{other} is registered twice"),
                             refusal([&] { host->start(); }));
    }
    void incompleteRouteIsRefused() {
        notes->more = [](HostContext& context) {
            auto incomplete = route("/more");
            incomplete.summary.clear();
            context.route(incomplete);
        };
        CPPUNIT_ASSERT_EQUAL(std::string("the route GET /more needs a summary of one line"),
                             refusal([&] { host->start(); }));
        CPPUNIT_ASSERT(!notes->started);
    }
    void tablePrefixFollowsThePluginsId() {
        FakeHost other({"other-notes", {}, nullptr});
        assertSays(refusal([&] { other.storageAdapter(std::make_shared<NoteTables>()); }),
                   "it must be 'other_notes_', after the plugin's id");
    }
    void secondAdapterIsRefused() {
        notes->more = [](HostContext& context) { context.storageAdapter(std::make_shared<NoteTables>()); };
        assertSays(refusal([&] { host->start(); }), "a second storage adapter");
    }
    void taskTwiceIsRefused() {
        notes->more = [](HostContext& context) {
            for (int i = 0; i < 2; ++i)
                context.every("sweep", std::chrono::seconds(1), [](std::stop_token) {});
        };
        CPPUNIT_ASSERT_EQUAL(std::string("the task 'sweep' is registered twice"),
                             refusal([&] { host->start(); }));
    }
    void serviceTwiceIsRefused() {
        host->provide<Greeter>(std::make_shared<Greeter>());
        notes->more = [](HostContext& context) { context.publish<Greeter>(std::make_shared<Greeter>()); };
        assertSays(refusal([&] { host->start(); }), "the service 'greeter' version 1 is published by");
    }
    void mountsThatCollideAreRefused() {
        class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
            Poco::Net::HTTPRequestHandler*
            createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
                return nullptr;
            }
        };
        notes->more = [](HostContext& context) {
            for (int i = 0; i < 2; ++i)
                context.mount(
                    "ui", "notes:read",
                    Poco::Net::HTTPRequestHandlerFactory::Ptr(std::make_unique<Factory>().release()));
        };
        assertSays(refusal([&] { host->start(); }), "/plugins/notes/ui is mounted already");
    }
    void migrationThatFailsIsNamed() {
        class Broken final : public StorageAdapter {
        public:
            [[nodiscard]] std::string_view prefix() const override { return "notes_"; }
            [[nodiscard]] std::span<const Migration> migrations() const override {
                static constexpr std::array steps{Migration{1, "broken", "CREATE TABEL notes_x(y)"}};
                return steps;
            }
            [[nodiscard]] std::vector<std::string> check(Transaction&) const override { return {}; }
        };
        FakeHost other({"notes", {}, nullptr});
        other.storageAdapter(std::make_shared<Broken>());
        assertSays(refusal([&] { other.start(); }), "version 1 of 'notes' cannot be made in the database");
    }
    void whatInitThrowsComesOut() {
        notes->more = [](HostContext&) { throw std::runtime_error("not today"); };
        CPPUNIT_ASSERT_EQUAL(std::string("not today"), refusal([&] { host->start(); }));
        CPPUNIT_ASSERT(!notes->started);
    }
    void neededServiceMustBeProvided() {
        FakeHost needy({"notes", {"greeter"}, std::make_unique<Notes>()});
        assertSays(refusal([&] { needy.start(); }),
                   "it needs the service 'greeter', which no plugin publishes");
        needy.provide<Greeter>(std::make_shared<Greeter>());
        needy.start();
    }
    void providedServiceIsGoneWhileItIsWithdrawn() {
        Lease<Greeter> lease;
        notes->more = [&](HostContext& context) { lease = context.find<Greeter>(); };
        host->provide<Greeter>(std::make_shared<Greeter>());
        host->start();
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), lease.call()->greet());
        host->withdraw<Greeter>();
        CPPUNIT_ASSERT_THROW(lease.call()->greet(), ServiceGone);
        CPPUNIT_ASSERT_THROW(host->withdraw<Greeter>(), std::invalid_argument);
        host->provide<Greeter>(std::make_shared<Greeter>());
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), lease.call()->greet());
        CPPUNIT_ASSERT_THROW(host->provide<Greeter>(std::make_shared<Greeter>()), std::invalid_argument);
    }
    void publishedServiceIsFoundUntilTheStop() {
        notes->more = [](HostContext& context) { context.publish<Greeter>(std::make_shared<Greeter>()); };
        host->start();
        const auto lease = host->find<Greeter>();
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), lease.call()->greet());
        host->stop();
        CPPUNIT_ASSERT_THROW(lease.call()->greet(), ServiceGone);
    }
    void serviceThatNobodyPublishesIsNotFound() {
        host->start();
        CPPUNIT_ASSERT(!host->find<Greeter>());
        CPPUNIT_ASSERT_THROW((void)host->find<Greeter>().call(), ServiceGone);
    }
    void taskRunsByItsName() {
        int runs = 0;
        notes->more = [&](HostContext& context) {
            context.every("sweep", std::chrono::hours(1), [&](std::stop_token stop) {
                if (++runs == 2)
                    throw std::runtime_error("twice is enough");
                CPPUNIT_ASSERT(!stop.stop_requested());
            });
        };
        host->start();
        CPPUNIT_ASSERT_EQUAL(0, runs);
        host->runTask("sweep");
        CPPUNIT_ASSERT_EQUAL(std::string("twice is enough"), refusal([&] { host->runTask("sweep"); }));
        CPPUNIT_ASSERT_THROW(host->runTask("weep"), std::invalid_argument);
    }
    void healthIsThePlugins() {
        host->start();
        CPPUNIT_ASSERT(host->health().state == Health::State::degraded);
        CPPUNIT_ASSERT_EQUAL(std::string("it is a test"), host->health().reason);
    }
    void nothingWorksAfterTheStop() {
        host->organization(1, "Acme");
        host->start();
        host->log().information("before");
        host->stop();
        host->stop();
        CPPUNIT_ASSERT_EQUAL(1, notes->stops);
        CPPUNIT_ASSERT_EQUAL(std::string("plugin_unavailable"), host->request("GET", "/notes/1").code());
        CPPUNIT_ASSERT_EQUAL(404, host->request("GET", "/other").status);
        CPPUNIT_ASSERT_THROW(host->storage().read([](Transaction&) {}), Problem);
        host->log().information("after");
        CPPUNIT_ASSERT(host->hasLogged("before") && !host->hasLogged("after"));
    }
    void whatStopThrowsComesOutAfterEverythingWasTakenBack() {
        notes->onStop = [] { throw std::runtime_error("it does not want to"); };
        host->start();
        CPPUNIT_ASSERT_EQUAL(std::string("it does not want to"), refusal([&] { host->stop(); }));
        CPPUNIT_ASSERT_THROW(host->storage().read([](Transaction&) {}), Problem);
    }
    void hostThatGoesStopsThePluginOnce() {
        int stops = 0;
        notes->onStop = [&] { ++stops; };
        host->start();
        host.reset();
        CPPUNIT_ASSERT_EQUAL(1, stops);
    }
    void withoutAPluginTheTestRegisters() {
        FakeHost parts({"parts", {}, nullptr});
        parts.route(route("/parts"));
        parts.start();
        CPPUNIT_ASSERT_EQUAL(200, parts.request("GET", "/parts").status);
        CPPUNIT_ASSERT(parts.health().state == Health::State::ok);
    }
    void metricsAreReadAndChecked() {
        double size = 3;
        notes->more = [&](HostContext& context) {
            context.metrics().counter("coffer_notes_total", "Notes.", {{"kind", "new"}}).add(2);
            context.metrics().collector("coffer_notes_size", "Size.", [&] {
                return std::vector<Sample>{{{}, size}};
            });
            CPPUNIT_ASSERT_THROW(context.metrics().counter("coffer_notes", "Notes."), std::invalid_argument);
        };
        host->start();
        CPPUNIT_ASSERT_EQUAL(2.0, host->metric("coffer_notes_total{kind=\"new\"}"));
        CPPUNIT_ASSERT_EQUAL(3.0, host->metric("coffer_notes_size"));
        size = 4;
        CPPUNIT_ASSERT_EQUAL(4.0, host->metric("coffer_notes_size"));
        CPPUNIT_ASSERT_THROW((void)host->metric("coffer_notes_total"), std::invalid_argument);
    }

private:
    static Route route(const std::string& pattern) {
        Route out;
        out.pattern = pattern;
        out.permission = "notes:read";
        out.summary = "More";
        out.response = {Field::string("name", "A name")};
        out.handler = [](RequestContext&) { return Response::json("{}"); };
        return out;
    }

    Notes* notes = nullptr;
    std::unique_ptr<FakeHost> host;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FakeHostLifeTest);

} // namespace coffer::test

COFFER_PLUGIN(coffer::test::Notes, "notes", "1.0.0", "Keeps notes", "greeter")
