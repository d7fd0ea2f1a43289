#include "host/plugin/ServiceRegistry.h"
#include "tests/fixtures/plugins/GreetingRoute.h"
#include "tests/fixtures/plugins/GreetingService.h"

#include <cppunit/extensions/HelperMacros.h>

#include <optional>
#include <stdexcept>
#include <thread>

namespace coffer::test {

using namespace coffer::host;

namespace {

class Echo final : public GreetingService {
    std::string greet(const std::string& name) override { return name; }
};

std::shared_ptr<PublishedService> echo(const std::string& owner, int version = 1) {
    const auto service = std::make_shared<Echo>();
    return std::make_shared<PublishedService>("greeting", version, owner, service,
                                              static_cast<GreetingService*>(service.get()));
}

} // namespace

class ServiceRegistryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServiceRegistryTest);
    CPPUNIT_TEST(serviceIsFoundByIdAndMajorVersion);
    CPPUNIT_TEST(secondOfTheSameVersionIsRefused);
    CPPUNIT_TEST(incompleteServiceIsRefused);
    CPPUNIT_TEST(leaseOutlivesTheServiceAndSaysSo);
    CPPUNIT_TEST(revokingWaitsForTheCallUnderWay);
    CPPUNIT_TEST(routeIsClaimedOnceWhateverItsParametersAreCalled);
    CPPUNIT_TEST_SUITE_END();

public:
    void serviceIsFoundByIdAndMajorVersion() {
        registry_.publish(echo("a", 1));
        registry_.publish(echo("b", 2));
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
        registry_.publish(echo("a"));
        try {
            registry_.publish(echo("b"));
        } catch (const std::invalid_argument& refused) {
            CPPUNIT_ASSERT_EQUAL(
                std::string("the service 'greeting' version 1 is published by the plugin 'a' already"),
                std::string(refused.what()));
            return;
        }
        CPPUNIT_FAIL("it was taken");
    }

    void incompleteServiceIsRefused() {
        CPPUNIT_ASSERT_THROW(registry_.publish(echo("a", 0)), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(
            registry_.publish(std::make_shared<PublishedService>("greeting", 1, "a", nullptr, nullptr)),
            std::invalid_argument);
    }

    void leaseOutlivesTheServiceAndSaysSo() {
        registry_.publish(echo("a"));
        const Lease<GreetingService> lease(registry_.find("greeting", 1));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, registry_.revoke("a").size());
        CPPUNIT_ASSERT_THROW((void)lease.call(), ServiceGone);
        CPPUNIT_ASSERT_THROW((void)Lease<GreetingService>().call(), ServiceGone);
        CPPUNIT_ASSERT(!registry_.find("greeting", 1));
        registry_.publish(echo("a")); // and the name is free again
    }

    void revokingWaitsForTheCallUnderWay() {
        registry_.publish(echo("a"));
        const Lease<GreetingService> lease(registry_.find("greeting", 1));
        std::optional<Lease<GreetingService>::Call> call;
        call.emplace(*registry_.find("greeting", 1));
        const auto revoked = registry_.revoke("a").front();
        CPPUNIT_ASSERT(
            !revoked->waitUntilIdle(std::chrono::steady_clock::now() + std::chrono::milliseconds(10)));
        CPPUNIT_ASSERT_EQUAL(std::string("you"), (*call)->greet("you"));
        std::thread ends([&] { call.reset(); });
        CPPUNIT_ASSERT(revoked->waitUntilIdle(std::chrono::steady_clock::now() + std::chrono::seconds(60)));
        ends.join();
    }

    void routeIsClaimedOnceWhateverItsParametersAreCalled() {
        RouteClaims claims;
        claims.claim(greetingRoute("/a/{id}/b"), "one");
        CPPUNIT_ASSERT_THROW(claims.claim(greetingRoute("/a/{name}/b"), "two"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(claims.claim(greetingRoute("/a/{id}/b"), "one"), std::invalid_argument);
        claims.claim(greetingRoute("/a/id/b"), "two");
        auto other = greetingRoute("/a/{id}/b");
        other.method = Method::post;
        claims.claim(other, "two");
        claims.release("one");
        claims.claim(greetingRoute("/a/{name}/b"), "two");
    }

private:
    ServiceRegistry registry_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServiceRegistryTest);

} // namespace coffer::test
