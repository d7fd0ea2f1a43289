#include "host/http/Router.h"
#include "tests/support/RethrowingThread.h"

#include <stdexcept>

namespace coffer::test {

using host::RouteGate;
using host::Router;

class RouterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RouterTest);
    COFFER_TEST(routesAreFoundByMethodAndPath);
    COFFER_TEST(mostExactPathDecidesEvenWhenItsMethodDoesNot);
    COFFER_TEST(unknownPathsMeetNothing);
    COFFER_TEST(incompleteOrTakenRoutesInstallNothing);
    COFFER_TEST(revokedRoutesStayAsWithdrawnAndLetGoOfTheirHandler);
    COFFER_TEST(withdrawnRoutesAreTakenOver);
    COFFER_TEST(oldTableServesWhoHoldsIt);
    COFFER_TEST(longestMountWins);
    COFFER_TEST(closedGateLetsNobodyInAndWaitsForTheLast);
    COFFER_TEST(leaseLeavesOnce);
    CPPUNIT_TEST_SUITE_END();

public:
    void routesAreFoundByMethodAndPath() {
        Router router;
        router.install("a",
                       {route(Method::get, "/things"), route(Method::post, "/things"),
                        route(Method::remove, "/things/{id}")},
                       gate_);
        const auto table = router.table();
        CPPUNIT_ASSERT(table->find("GET", "/api/v1/things").entry->route.method == Method::get);
        CPPUNIT_ASSERT(table->find("HEAD", "/api/v1/things").entry->route.method == Method::get);
        const auto found = table->find("DELETE", "/api/v1/things/a%20b");
        CPPUNIT_ASSERT_EQUAL(std::string("/api/v1/things/{id}"), found.entry->label);
        CPPUNIT_ASSERT_EQUAL(std::string("a b"), found.parameters.front());
        const auto other = table->find("PUT", "/api/v1/things");
        CPPUNIT_ASSERT(!other.entry);
        CPPUNIT_ASSERT_EQUAL(std::string("GET, HEAD, POST, OPTIONS"), other.allow);
        CPPUNIT_ASSERT_EQUAL(std::string("DELETE, OPTIONS"), table->find("get", "/api/v1/things/1").allow);
    }

    void mostExactPathDecidesEvenWhenItsMethodDoesNot() {
        Router router;
        router.install("a", {route(Method::get, "/things/{id}"), route(Method::post, "/things/probe")},
                       gate_);
        CPPUNIT_ASSERT_EQUAL(std::string("POST, OPTIONS"),
                             router.table()->find("GET", "/api/v1/things/probe").allow);
        CPPUNIT_ASSERT(router.table()->find("GET", "/api/v1/things/probes").entry);
    }

    void unknownPathsMeetNothing() {
        Router router;
        router.install("a", {route(Method::get, "/things")}, gate_);
        for (const char* path : {"", "/", "/things", "/api/v1", "/api/v1/", "/api/v1/things/",
                                 "/api/v1//things", "/api/v2/things", "/api/v1things", "/api/v1/x/../things",
                                 "/api/v1/things%2F", "/API/v1/things", "/plugins/a/ui"}) {
            const auto found = router.table()->find("GET", path);
            CPPUNIT_ASSERT_MESSAGE(path, !found.entry && found.allow.empty());
        }
    }

    void incompleteOrTakenRoutesInstallNothing() {
        Router router;
        router.install("a", {route(Method::get, "/things")}, gate_);
        CPPUNIT_ASSERT_THROW(
            router.install("b", {route(Method::get, "/others"), route(Method::get, "/things")}, gate_),
            std::invalid_argument);
        Route incomplete = route(Method::get, "/more");
        incomplete.summary.clear();
        CPPUNIT_ASSERT_THROW(router.install("b", {route(Method::get, "/others"), incomplete}, gate_),
                             std::invalid_argument);
        CPPUNIT_ASSERT_THROW(router.install("b", {}, gate_, {{"ui", "things:read", nullptr}}),
                             std::invalid_argument);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, router.table()->entries().size());
    }

    void revokedRoutesStayAsWithdrawnAndLetGoOfTheirHandler() {
        Router router;
        auto held = std::make_shared<int>(1);
        const std::weak_ptr<int> seen = held;
        Route mine = route(Method::get, "/things/{id}");
        mine.handler = [held = std::move(held)](RequestContext&) { return Response::noContent(); };
        router.install("a", {std::move(mine)}, gate_);
        router.install("b", {route(Method::get, "/others")}, gate_);
        router.revoke("a");
        CPPUNIT_ASSERT(seen.expired());
        const auto found = router.table()->find("GET", "/api/v1/things/1");
        CPPUNIT_ASSERT(found.entry->isWithdrawn);
        CPPUNIT_ASSERT(!found.entry->route.handler);
        CPPUNIT_ASSERT(!router.table()->find("GET", "/api/v1/others").entry->isWithdrawn);
    }

    void withdrawnRoutesAreTakenOver() {
        Router router;
        router.install("a", {route(Method::get, "/things"), route(Method::post, "/things")}, gate_);
        router.revoke("a");
        router.install("a", {route(Method::get, "/things")}, gate_);
        CPPUNIT_ASSERT(!router.table()->find("GET", "/api/v1/things").entry->isWithdrawn);
        // Its owner came back without it: the method is none of the path's any more.
        CPPUNIT_ASSERT(!router.table()->find("POST", "/api/v1/things").entry);
        CPPUNIT_ASSERT_EQUAL(std::string("GET, HEAD, OPTIONS"),
                             router.table()->find("POST", "/api/v1/things").allow);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, router.table()->entries().size());
    }

    void oldTableServesWhoHoldsIt() {
        Router router;
        router.install("a", {route(Method::get, "/things")}, gate_);
        const auto table = router.table();
        router.revoke("a");
        CPPUNIT_ASSERT(table->find("GET", "/api/v1/things").entry->route.handler);
    }

    void longestMountWins() {
        struct Nothing : Poco::Net::HTTPRequestHandlerFactory {
            Poco::Net::HTTPRequestHandler*
            createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
                return nullptr;
            }
        };
        const Poco::Net::HTTPRequestHandlerFactory::Ptr factory(new Nothing);
        Router router;
        router.install("a", {}, gate_, {{"ui", "things:read", factory}, {"ui/deep", "things:read", factory}});
        const auto table = router.table();
        CPPUNIT_ASSERT_EQUAL(std::string("/plugins/a/ui"), table->find("PUT", "/plugins/a/ui").entry->label);
        CPPUNIT_ASSERT_EQUAL(std::string("/plugins/a/ui"),
                             table->find("GET", "/plugins/a/ui/x/").entry->label);
        CPPUNIT_ASSERT_EQUAL(std::string("/plugins/a/ui/deep"),
                             table->find("GET", "/plugins/a/ui/deep/x").entry->label);
        CPPUNIT_ASSERT(!table->find("GET", "/plugins/a/uix").entry);
        CPPUNIT_ASSERT(!table->find("GET", "/plugins/a/ui/../../b").entry);
        CPPUNIT_ASSERT(!table->find("GET", "/plugins/a/ui/%2e%2e/x").entry);
        CPPUNIT_ASSERT_THROW(router.install("a", {}, gate_, {{"ui", "things:read", factory}}),
                             std::invalid_argument);
        CPPUNIT_ASSERT_THROW(router.install("a", {}, gate_, {{"{x}", "things:read", factory}}),
                             std::invalid_argument);
        CPPUNIT_ASSERT_THROW(router.install("a", {}, gate_, {{"new", "things:fly", factory}}),
                             std::invalid_argument);
    }

    void closedGateLetsNobodyInAndWaitsForTheLast() {
        RouteGate gate;
        CPPUNIT_ASSERT(gate.enter());
        CPPUNIT_ASSERT(gate.enter());
        gate.close();
        CPPUNIT_ASSERT(!gate.enter());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, gate.inFlight());
        CPPUNIT_ASSERT(!gate.waitUntilIdle(std::chrono::steady_clock::now()));
        RethrowingThread last([&] {
            gate.leave();
            gate.leave();
        });
        CPPUNIT_ASSERT(gate.waitUntilIdle(std::chrono::steady_clock::now() + std::chrono::seconds(30)));
        last.join();
        CPPUNIT_ASSERT(gate.isClosed());
    }

    void leaseLeavesOnce() {
        auto gate = std::make_shared<RouteGate>();
        {
            host::RouteLease lease(gate);
            CPPUNIT_ASSERT(lease);
            const host::RouteLease moved = std::move(lease);
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, gate->inFlight());
            CPPUNIT_ASSERT(!moved.isClosing());
        }
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, gate->inFlight());
        gate->close();
        CPPUNIT_ASSERT(!host::RouteLease(gate));
    }

private:
    static Route route(Method method, std::string pattern) {
        Route made;
        made.method = method;
        made.pattern = std::move(pattern);
        made.permission = "things:read";
        made.summary = "A thing";
        made.action = "thing.do";
        made.successStatus = 204;
        made.handler = [](RequestContext&) { return Response::noContent(); };
        return made;
    }

    std::shared_ptr<RouteGate> gate_ = std::make_shared<RouteGate>();
};

CPPUNIT_TEST_SUITE_REGISTRATION(RouterTest);

} // namespace coffer::test
