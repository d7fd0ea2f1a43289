#include "host/plugin/PluginRoutes.h"
#include "host/plugin/PluginHost.h"
#include "tests/host/plugin/PluginHouse.h"
#include "tests/host/plugin/SimpleRequest.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <coffer/testkit/Test.h>

#include <string>

namespace coffer::test {

using namespace coffer::host;

namespace {

Poco::JSON::Object::Ptr parse(const std::string& body) {
    return Poco::JSON::Parser().parse(body).extract<Poco::JSON::Object::Ptr>();
}

} // namespace

class PluginRoutesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PluginRoutesTest);
    COFFER_TEST(routesAreCompleteAndForAdministrators);
    COFFER_TEST(everyPluginIsListedWithItsReason);
    COFFER_TEST(pagesFollowEachOther);
    COFFER_TEST(onePluginIsShown);
    COFFER_TEST(unknownPluginDoesNotExist);
    COFFER_TEST(switchedPluginIsShown);
    COFFER_TEST(whoAdministersOneOrganizationSwitchesNothing);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        house_ = std::make_unique<PluginHouse>();
        host_ = house_->start(
            {house_->fixture("good"), house_->fixture("throws-in-init"), house_->file("empty", "")});
    }
    void tearDown() override {
        host_.reset();
        house_.reset();
    }

    void routesAreCompleteAndForAdministrators() {
        house_->router.install("plugins", pluginRoutes(*host_), std::make_shared<RouteGate>());
        for (const auto& route : pluginRoutes(*host_))
            CPPUNIT_ASSERT_EQUAL(std::string("plugins:administer"), route.permission);
        CPPUNIT_ASSERT(house_->serves("GET /api/v1/plugins"));
        CPPUNIT_ASSERT(house_->serves("GET /api/v1/plugins/{id}"));
    }

    void everyPluginIsListedWithItsReason() {
        const auto list = get(0, SimpleRequest());
        CPPUNIT_ASSERT_EQUAL(3, list->getValue<int>("totalCount"));
        CPPUNIT_ASSERT(list->isNull("nextCursor"));
        const auto items = list->getArray("items");
        CPPUNIT_ASSERT_EQUAL(std::string("empty"), items->getObject(0)->getValue<std::string>("id"));
        CPPUNIT_ASSERT(items->getObject(0)->isNull("version"));
        CPPUNIT_ASSERT_EQUAL(std::string("quarantined"), items->getObject(0)->getValue<std::string>("state"));
        CPPUNIT_ASSERT_EQUAL(std::string("good"), items->getObject(1)->getValue<std::string>("id"));
        CPPUNIT_ASSERT_EQUAL(std::string("its init() threw: no greeting today"),
                             items->getObject(2)->getValue<std::string>("reason"));
        CPPUNIT_ASSERT_EQUAL(std::string("failed"),
                             items->getObject(2)->getObject("health")->getValue<std::string>("state"));
    }

    void pagesFollowEachOther() {
        Values::Value two;
        two.type = FieldType::integer;
        two.number = 2;
        SimpleRequest first;
        first.values.set("limit", std::move(two));
        const auto page = get(0, std::move(first));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, page->getArray("items")->size());
        Values::Value cursor;
        cursor.text = page->getValue<std::string>("nextCursor");
        SimpleRequest second;
        second.values.set("cursor", std::move(cursor));
        const auto rest = get(0, std::move(second));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rest->getArray("items")->size());
        CPPUNIT_ASSERT(rest->isNull("nextCursor"));
        CPPUNIT_ASSERT_EQUAL(3, rest->getValue<int>("totalCount"));
    }

    void onePluginIsShown() {
        const auto plugin = get(1, SimpleRequest(SimpleRequest::Path{{"id", "good"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("running"), plugin->getValue<std::string>("state"));
        CPPUNIT_ASSERT(plugin->isNull("reason"));
        CPPUNIT_ASSERT_EQUAL(std::string("GET /greetings/{name}"),
                             plugin->getObject("registered")->getArray("routes")->getElement<std::string>(0));
        CPPUNIT_ASSERT_EQUAL(1, plugin->getObject("registered")->getValue<int>("auditHooks"));
    }

    void unknownPluginDoesNotExist() {
        SimpleRequest request(SimpleRequest::Path{{"id", "nobody"}});
        CPPUNIT_ASSERT_THROW((void)pluginRoutes(*host_)[1].handler(request), Problem);
    }

    void switchedPluginIsShown() {
        const auto off = get(2, SimpleRequest(SimpleRequest::Path{{"id", "good"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), off->getValue<std::string>("state"));
        CPPUNIT_ASSERT(off->has("disabledBy"));
        CPPUNIT_ASSERT(off->isNull("reason"));
        const auto on = get(3, SimpleRequest(SimpleRequest::Path{{"id", "good"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("running"), on->getValue<std::string>("state"));
        CPPUNIT_ASSERT(on->isNull("disabledBy"));
    }

    void whoAdministersOneOrganizationSwitchesNothing() {
        for (const std::size_t route : {std::size_t{2}, std::size_t{3}}) {
            SimpleRequest request(SimpleRequest::Path{{"id", "good"}});
            request.organizations = {false, {7}};
            try {
                (void)pluginRoutes(*host_)[route].handler(request);
                CPPUNIT_FAIL("switched");
            } catch (const Problem& problem) {
                CPPUNIT_ASSERT_EQUAL(403, problem.status());
                CPPUNIT_ASSERT_EQUAL(std::string("permission_denied"), problem.code());
            }
        }
        CPPUNIT_ASSERT(host_->status("good")->state == PluginState::running);
    }

private:
    Poco::JSON::Object::Ptr get(std::size_t route, SimpleRequest request) {
        return parse(pluginRoutes(*host_)[route].handler(request).body);
    }

    std::unique_ptr<PluginHouse> house_;
    std::unique_ptr<PluginHost> host_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginRoutesTest);

} // namespace coffer::test
