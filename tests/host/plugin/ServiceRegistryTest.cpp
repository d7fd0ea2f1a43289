#include "host/plugin/ServiceRegistry.h"
#include "sdk/shared/RouteIndex.h"
#include "tests/fixtures/plugins/GreetingRoute.h"
#include "tests/fixtures/plugins/GreetingService.h"

#include <coffer/testkit/Test.h>

#include <optional>
#include <stdexcept>
#include <thread>

namespace coffer::test {

using namespace coffer::host;

namespace {

class Echo final : public GreetingService {
    std::string greet(const std::string& name) override { return name; }
};

/// What the second object of a plugin publishes.
class Shout final : public GreetingService {
    std::string greet(const std::string& name) override { return name + "!"; }
};

std::chrono::steady_clock::time_point soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(60);
}

} // namespace

class ServiceRegistryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServiceRegistryTest);
    COFFER_TEST(serviceIsFoundByIdAndMajorVersion);
    COFFER_TEST(secondOfTheSameVersionIsRefused);
    COFFER_TEST(incompleteServiceIsRefused);
    COFFER_TEST(serviceIsCalledOnceItIsOpen);
    COFFER_TEST(leaseOutlivesTheServiceAndSaysSo);
    COFFER_TEST(restingWaitsForTheCallUnderWay);
    COFFER_TEST(leaseComesBackWithTheNextObjectOfItsOwner);
    COFFER_TEST(whatIsNotPublishedAgainStaysGone);
    COFFER_TEST(whatRestsIsNobodyElses);
    COFFER_TEST(routeIsClaimedOnceWhateverItsParametersAreCalled);
    CPPUNIT_TEST_SUITE_END();

public:
    void serviceIsFoundByIdAndMajorVersion() {
        publish("a", 1);
        publish("b", 2);
        CPPUNIT_ASSERT_EQUAL(std::string("a"), registry_.find("greeting", 1)->owner());
        CPPUNIT_ASSERT_EQUAL(std::string("b"), registry_.find("greeting", 2)->owner());
        CPPUNIT_ASSERT(!registry_.find("greeting", 3));
        CPPUNIT_ASSERT(!registry_.find("weather", 1));
        CPPUNIT_ASSERT(registry_.has("greeting"));
        CPPUNIT_ASSERT(!registry_.has("weather"));
        const Lease<GreetingService> lease(registry_.find("greeting", 1));
        CPPUNIT_ASSERT_EQUAL(std::string("you"), lease.call()->greet("you"));
    }

    void secondOfTheSameVersionIsRefused() {
        publish("a");
        for (const char* owner : {"b", "a"})
            CPPUNIT_ASSERT_EQUAL(
                std::string("the service 'greeting' version 1 is published by the plugin 'a' already"),
                refusalOf(owner));
    }

    void incompleteServiceIsRefused() {
        CPPUNIT_ASSERT_THROW(registry_.publish("greeting", 0, "a", &echo_), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(registry_.publish("greeting", 1, "a", nullptr), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(registry_.publish("", 1, "a", &echo_), std::invalid_argument);
        CPPUNIT_ASSERT(!registry_.has("greeting"));
    }

    void serviceIsCalledOnceItIsOpen() {
        registry_.publish("greeting", 1, "a", static_cast<GreetingService*>(&echo_));
        const Lease<GreetingService> lease(registry_.find("greeting", 1));
        CPPUNIT_ASSERT(lease);
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
        registry_.open("b");
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
        registry_.open("a");
        CPPUNIT_ASSERT_EQUAL(std::string("you"), lease.call()->greet("you"));
    }

    void leaseOutlivesTheServiceAndSaysSo() {
        publish("a");
        const Lease<GreetingService> lease(registry_.find("greeting", 1));
        registry_.revoke("a");
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
        CPPUNIT_ASSERT_THROW((void)Lease<GreetingService>().call(), ServiceGone);
        CPPUNIT_ASSERT(!registry_.find("greeting", 1));
        publish("b"); // and the name is free again
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
    }

    void restingWaitsForTheCallUnderWay() {
        publish("a");
        std::optional<Lease<GreetingService>::Call> call;
        call.emplace(*registry_.find("greeting", 1));
        const auto resting = registry_.rest("a").front();
        CPPUNIT_ASSERT(
            !resting->waitUntilIdle(std::chrono::steady_clock::now() + std::chrono::milliseconds(10)));
        CPPUNIT_ASSERT_EQUAL(std::string("you"), (*call)->greet("you"));
        std::thread ends([&] { call.reset(); });
        CPPUNIT_ASSERT(resting->waitUntilIdle(soon()));
        ends.join();
    }

    void leaseComesBackWithTheNextObjectOfItsOwner() {
        publish("a");
        const Lease<GreetingService> lease(registry_.find("greeting", 1));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, registry_.rest("a").size());
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
        const Lease<GreetingService> later(registry_.find("greeting", 1));
        Shout shout;
        registry_.publish("greeting", 1, "a", static_cast<GreetingService*>(&shout));
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
        registry_.open("a");
        CPPUNIT_ASSERT_EQUAL(std::string("you!"), lease.call()->greet("you"));
        CPPUNIT_ASSERT_EQUAL(std::string("you!"), later.call()->greet("you"));
    }

    void whatIsNotPublishedAgainStaysGone() {
        publish("a");
        const Lease<GreetingService> lease(registry_.find("greeting", 1));
        (void)registry_.rest("a");
        registry_.open("a");
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
    }

    void whatRestsIsNobodyElses() {
        publish("a");
        (void)registry_.rest("a");
        CPPUNIT_ASSERT(registry_.has("greeting"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("the service 'greeting' version 1 is published by the plugin 'a' already"),
            refusalOf("b"));
    }

    void routeIsClaimedOnceWhateverItsParametersAreCalled() {
        Claims claims;
        const auto claim = [&](const Route& route, const char* owner) {
            claims.claim(detail::shapeOf(route), "the route " + detail::nameOf(route), owner);
        };
        claim(greetingRoute("/a/{id}/b"), "one");
        CPPUNIT_ASSERT_THROW(claim(greetingRoute("/a/{name}/b"), "two"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(claim(greetingRoute("/a/{id}/b"), "one"), std::invalid_argument);
        claim(greetingRoute("/a/id/b"), "two");
        auto other = greetingRoute("/a/{id}/b");
        other.method = Method::post;
        claim(other, "two");
        claims.release("one");
        claim(greetingRoute("/a/{name}/b"), "two");
    }

private:
    /// Published and open.
    void publish(const std::string& owner, int version = 1) {
        registry_.publish("greeting", version, owner, static_cast<GreetingService*>(&echo_));
        registry_.open(owner);
    }
    std::string refusalOf(const std::string& owner) {
        try {
            publish(owner);
        } catch (const std::invalid_argument& refused) {
            return refused.what();
        }
        return "it was taken";
    }

    Echo echo_;
    ServiceRegistry registry_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServiceRegistryTest);

} // namespace coffer::test
