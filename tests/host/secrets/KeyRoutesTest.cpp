#include "host/secrets/KeyRoutes.h"

#include "tests/host/secrets/Keys.h"
#include "tests/host/secrets/RouteCall.h"

namespace coffer::test {

using namespace coffer::host;

class KeyRoutesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeyRoutesTest);
    COFFER_TEST(showsVersionsAndProgress);
    COFFER_TEST(rotatesRewrapsAndRetires);
    COFFER_TEST(refusesWhoAdministersOnlySomeOrganizations);
    COFFER_TEST(everyRouteIsComplete);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    KeyHouse house_{folder_.path()};
    Rewrapper rewrapper_{house_.database(), house_.ring(), house_.log};
    std::vector<Route> routes_ = keyRoutes(house_.ring(), rewrapper_);

    Response call(Method method, std::string_view pattern, const std::string& id = {},
                  std::vector<RoleGrant> roles = {{Role::administrator, 0}}) {
        RouteCall context(house_.database(), std::move(roles));
        context.at("id", id);
        return context(routes_, method, pattern);
    }

public:
    void showsVersionsAndProgress() {
        const std::string body = call(Method::get, "/keys").body;
        for (const std::string& part :
             {"\"keyEncryptionKeyId\":\"" + house_.ring().keyEncryptionKeyId() + '"',
              std::string("\"activeVersion\":1"), std::string("\"state\":\"active\""),
              std::string("\"sealedCount\":0"), std::string("\"rewrap\":null")})
            CPPUNIT_ASSERT_MESSAGE(body, body.find(part) != std::string::npos);
    }

    void rotatesRewrapsAndRetires() {
        rewrapper_.start();
        CPPUNIT_ASSERT_EQUAL(201, call(Method::post, "/keys/rotate").status);
        const Response rewrap = call(Method::post, "/keys/rewrap");
        CPPUNIT_ASSERT_EQUAL(202, rewrap.status);
        CPPUNIT_ASSERT(rewrap.body.find("\"target\":2") != std::string::npos);
        const Response retired = call(Method::remove, "/keys/{id}", "1");
        CPPUNIT_ASSERT_EQUAL(200, retired.status);
        CPPUNIT_ASSERT(retired.body.find("Backups made before") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("key_active"),
                             problemOf([&] { (void)call(Method::remove, "/keys/{id}", "2"); }));
        CPPUNIT_ASSERT_EQUAL(std::string("not_found"),
                             problemOf([&] { (void)call(Method::remove, "/keys/{id}", "x"); }));
        rewrapper_.stop();
    }

    void refusesWhoAdministersOnlySomeOrganizations() {
        for (const Route& route : routes_)
            CPPUNIT_ASSERT_EQUAL(std::string("permission_denied"), problemOf([&] {
                                     (void)call(route.method, route.pattern, "1", {{Role::administrator, 5}});
                                 }));
        CPPUNIT_ASSERT(call(Method::get, "/keys").body.find("\"version\":2") == std::string::npos);
    }

    void everyRouteIsComplete() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, routes_.size());
        for (const Route& route : routes_) {
            CPPUNIT_ASSERT(isPermission(route.permission));
            CPPUNIT_ASSERT(!route.summary.empty() && !route.response.empty());
            CPPUNIT_ASSERT(route.method == Method::get || !route.action.empty());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyRoutesTest);

} // namespace coffer::test
