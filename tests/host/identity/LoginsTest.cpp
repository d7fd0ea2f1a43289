#include "tests/host/identity/House.h"

#include <coffer/sdk/Time.h>

namespace coffer::test {

/// Tokens, robots, named grants, and `whoami`.
class LoginsTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LoginsTest);
    COFFER_TEST(aTokenIsShownOnceListedAndRevoked);
    COFFER_TEST(aTokenExpiresWhenAskedTo);
    COFFER_TEST(aPrincipalHasSoManyTokensAndNoMore);
    COFFER_TEST(everyoneHasTokensOfTheirOwnAndNobodyElses);
    COFFER_TEST(robotsHaveNoTokens);
    COFFER_TEST(robotsAreMadeShownRotatedAndDeleted);
    COFFER_TEST(robotsOfOtherOrganizationsDoNotExist);
    COFFER_TEST(robotsAreManagersOrViewersAndNamedOnce);
    COFFER_TEST(namedGrantsAreTheAdministratorsAndEndInUse);
    COFFER_TEST(nobodyTakesOverNamedGrantsThroughALogin);
    COFFER_TEST(whoAmISaysWhatOneMayDo);
    CPPUNIT_TEST_SUITE_END();

    House house;
    const std::int64_t admin = house.makePrincipal("Root", {everywhere});
    const std::int64_t own = house.makeOrganization("Own");
    const std::int64_t other = house.makeOrganization("Other");
    const std::int64_t partner = house.makePrincipal("Paula", {{Role::partner, own}});
    const std::int64_t manager = house.makePrincipal("Max", {{Role::manager, own}});
    const std::int64_t viewer = house.makePrincipal("Vera", {{Role::viewer, own}}, false);

    static std::string principal(std::int64_t id) { return "/principals/" + std::to_string(id); }
    static std::string robot(std::int64_t id) { return "/robots/" + std::to_string(id); }
    Answer makeRobot(std::int64_t caller, std::int64_t organization, const std::string& name = "nightly",
                     const std::string& role = "viewer") {
        return house.call(caller, Method::post, "/robots",
                          {{"name", name}, {"organizationId", organization}, {"role", role}});
    }
    Answer grant(std::int64_t caller, std::int64_t to,
                 const std::string& permission = "backup-credentials:use") {
        return house.call(caller, Method::post, principal(to) + "/grants",
                          {{"permission", permission}, {"object", "17"}});
    }

    void aTokenIsShownOnceListedAndRevoked() {
        const auto made =
            house.call(partner, Method::post, principal(viewer) + "/tokens", {{"name", "laptop"}});
        CPPUNIT_ASSERT_EQUAL(201, made.status);
        CPPUNIT_ASSERT(made.oneTimeSecret);
        CPPUNIT_ASSERT(made.text("token").starts_with("coffer_"));
        CPPUNIT_ASSERT(made.json()->isNull("expiresAt"));
        const auto list = house.call(partner, Method::get, principal(viewer) + "/tokens");
        CPPUNIT_ASSERT(list.body.find(made.text("token")) == std::string::npos);
        CPPUNIT_ASSERT_EQUAL(1, list.json()->getValue<int>("totalCount"));
        const auto event = house.last("token.create");
        CPPUNIT_ASSERT_EQUAL(own, event.organization);
        CPPUNIT_ASSERT_EQUAL(std::to_string(viewer), event.objectId);
        const auto path = principal(viewer) + "/tokens/" + std::to_string(made.id());
        CPPUNIT_ASSERT_EQUAL(204, house.call(partner, Method::remove, path).status);
        CPPUNIT_ASSERT_EQUAL(204, house.call(partner, Method::remove, path).status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.count("token.revoke"));
        CPPUNIT_ASSERT_EQUAL(404,
                             house.call(partner, Method::remove, principal(viewer) + "/tokens/999").status);
        const auto after = house.call(partner, Method::get, principal(viewer) + "/tokens").json();
        CPPUNIT_ASSERT(!after->getArray("items")->getObject(0)->isNull("revokedAt"));
    }

    void aTokenExpiresWhenAskedTo() {
        const auto made = house.call(partner, Method::post, principal(viewer) + "/tokens",
                                     {{"name", "laptop"}, {"expiresInDays", 2}});
        const auto expires = parseRfc3339(made.text("expiresAt")).value();
        const auto created = parseRfc3339(made.text("createdAt")).value();
        CPPUNIT_ASSERT(expires - created == std::chrono::days(2));
        for (const std::int64_t days : {0, 3651})
            CPPUNIT_ASSERT_EQUAL(std::string("expiresInDays: out_of_range"),
                                 house
                                     .call(partner, Method::post, principal(viewer) + "/tokens",
                                           {{"name", "laptop"}, {"expiresInDays", days}})
                                     .errors());
    }

    void aPrincipalHasSoManyTokensAndNoMore() {
        house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            transaction.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                "INSERT INTO token (principal, name, digest, created_at, created_by) "
                "SELECT ?, 'many', randomblob(32), 0, 'test' FROM n",
                viewer);
        });
        const auto make = [&] {
            return house.call(viewer, Method::post, "/whoami/tokens", {{"name", "laptop"}});
        };
        CPPUNIT_ASSERT_EQUAL(std::string("too_many_tokens"), make().code);
        house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            transaction.execute("UPDATE token SET revoked_at = 1 WHERE principal = ?", viewer);
        });
        CPPUNIT_ASSERT_EQUAL(201, make().status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.number("SELECT count(*) FROM token WHERE principal = " +
                                                           std::to_string(viewer)));
    }

    void everyoneHasTokensOfTheirOwnAndNobodyElses() {
        const auto made = house.call(viewer, Method::post, "/whoami/tokens", {{"name", "laptop"}});
        CPPUNIT_ASSERT_EQUAL(201, made.status);
        CPPUNIT_ASSERT_EQUAL(
            1, house.call(viewer, Method::get, "/whoami/tokens").json()->getValue<int>("totalCount"));
        const auto path = "/whoami/tokens/" + std::to_string(made.id());
        CPPUNIT_ASSERT_EQUAL(404, house.call(manager, Method::remove, path).status);
        for (const auto caller : {manager, viewer}) {
            CPPUNIT_ASSERT_EQUAL(403, house.call(caller, Method::get, principal(viewer) + "/tokens").status);
            CPPUNIT_ASSERT_EQUAL(
                403, house.call(caller, Method::post, principal(viewer) + "/tokens", {{"name", "a"}}).status);
        }
        const auto stranger = house.makePrincipal("Stranger", {{Role::partner, other}});
        CPPUNIT_ASSERT_EQUAL(404, house.call(stranger, Method::get, principal(viewer) + "/tokens").status);
        CPPUNIT_ASSERT_EQUAL(
            404, house.call(stranger, Method::post, principal(viewer) + "/tokens", {{"name", "a"}}).status);
        CPPUNIT_ASSERT_EQUAL(204, house.call(viewer, Method::remove, path).status);
    }

    void robotsHaveNoTokens() {
        const auto id = makeRobot(manager, own).id();
        CPPUNIT_ASSERT_EQUAL(std::string("robots_have_no_tokens"),
                             house.call(id, Method::post, "/whoami/tokens", {{"name", "laptop"}}).code);
        CPPUNIT_ASSERT_EQUAL(403, house.call(id, Method::get, "/whoami/tokens").status);
    }

    void robotsAreMadeShownRotatedAndDeleted() {
        const auto made = makeRobot(manager, own);
        CPPUNIT_ASSERT(made.oneTimeSecret);
        CPPUNIT_ASSERT_EQUAL(own, made.concerned);
        const auto shown = house.call(manager, Method::get, robot(made.id()));
        CPPUNIT_ASSERT_EQUAL(made.text("accessKeyId"), shown.text("accessKeyId"));
        CPPUNIT_ASSERT(!shown.json()->has("secret"));
        const auto list = house.call(manager, Method::get, "/robots");
        CPPUNIT_ASSERT_EQUAL(1, list.json()->getValue<int>("totalCount"));
        CPPUNIT_ASSERT(list.body.find(made.text("secret")) == std::string::npos);
        const auto rotate = robot(made.id()) + "/rotate";
        CPPUNIT_ASSERT_EQUAL(412, house.call(manager, Method::post, rotate, {}, 7).status);
        const auto rotated = house.call(manager, Method::post, rotate, {}, 1);
        CPPUNIT_ASSERT(rotated.text("secret") != made.text("secret"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"version":2})"), house.last("robot.rotate").after);
        CPPUNIT_ASSERT_EQUAL(412, house.call(manager, Method::remove, robot(made.id()), {}, 1).status);
        CPPUNIT_ASSERT_EQUAL(204, house.call(manager, Method::remove, robot(made.id())).status);
        CPPUNIT_ASSERT_EQUAL(404, house.call(manager, Method::get, robot(made.id())).status);
        CPPUNIT_ASSERT_EQUAL(own, house.last("robot.delete").organization);
    }

    void robotsOfOtherOrganizationsDoNotExist() {
        const auto foreign = makeRobot(admin, other).id();
        const auto missing = house.call(manager, Method::get, robot(999));
        CPPUNIT_ASSERT_EQUAL(404, missing.status);
        CPPUNIT_ASSERT_EQUAL(missing.body, house.call(manager, Method::get, robot(foreign)).body);
        CPPUNIT_ASSERT_EQUAL(missing.body,
                             house.call(manager, Method::post, robot(foreign) + "/rotate").body);
        const auto refused = house.call(manager, Method::remove, robot(foreign));
        CPPUNIT_ASSERT_EQUAL(missing.body, refused.body);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, refused.concerned);
        CPPUNIT_ASSERT_EQUAL(makeRobot(manager, 999).body, makeRobot(manager, other).body);
        CPPUNIT_ASSERT_EQUAL(std::string("organizationId: unknown_organization"),
                             makeRobot(manager, other).errors());
        CPPUNIT_ASSERT_EQUAL(missing.body, house.call(manager, Method::get, robot(viewer)).body);
        CPPUNIT_ASSERT_EQUAL(0,
                             house.call(manager, Method::get, "/robots").json()->getValue<int>("totalCount"));
        CPPUNIT_ASSERT_EQUAL(403, house.call(viewer, Method::get, "/robots").status);
        CPPUNIT_ASSERT_EQUAL(403, makeRobot(viewer, own).status);
    }

    void robotsAreManagersOrViewersAndNamedOnce() {
        for (const std::string role : {"administrator", "partner", "auditor"})
            CPPUNIT_ASSERT_EQUAL(std::string("role: not_allowed"),
                                 makeRobot(admin, own, "nightly", role).errors());
        CPPUNIT_ASSERT_EQUAL(201, makeRobot(manager, own, "nightly", "manager").status);
        CPPUNIT_ASSERT_EQUAL(std::string("robot_name_taken"), makeRobot(manager, own, "NIGHTLY").code);
        CPPUNIT_ASSERT_EQUAL(201, makeRobot(admin, other, "nightly").status);
    }

    void namedGrantsAreTheAdministratorsAndEndInUse() {
        CPPUNIT_ASSERT_EQUAL(403, grant(partner, viewer).status);
        const auto made = grant(admin, viewer);
        CPPUNIT_ASSERT_EQUAL(201, made.status);
        CPPUNIT_ASSERT_EQUAL(own, house.last("principal.grant").organization);
        CPPUNIT_ASSERT_EQUAL(std::string("grant_held"), grant(admin, viewer).code);
        CPPUNIT_ASSERT_EQUAL(std::string("permission: not_grantable"),
                             grant(admin, viewer, "keys:administer").errors());
        CPPUNIT_ASSERT_EQUAL(422, grant(admin, viewer, "Use:use").status);
        CPPUNIT_ASSERT_EQUAL(404, grant(admin, 999).status);
        const auto path = principal(viewer) + "/grants/" + std::to_string(made.id());
        CPPUNIT_ASSERT(holdsNamed(house.principal(viewer), "backup-credentials:use", "17"));
        CPPUNIT_ASSERT_EQUAL(1, house.call(admin, Method::get, principal(viewer) + "/grants")
                                    .json()
                                    ->getValue<int>("totalCount"));
        CPPUNIT_ASSERT_EQUAL(403, house.call(partner, Method::remove, path).status);
        CPPUNIT_ASSERT_EQUAL(204, house.call(admin, Method::remove, path).status);
        CPPUNIT_ASSERT_EQUAL(404, house.call(admin, Method::remove, path).status);
        CPPUNIT_ASSERT(!holdsNamed(house.principal(viewer), "backup-credentials:use", "17"));
        CPPUNIT_ASSERT_EQUAL(201, grant(admin, makeRobot(admin, own).id()).status);
    }

    void nobodyTakesOverNamedGrantsThroughALogin() {
        const auto id = makeRobot(manager, own).id();
        CPPUNIT_ASSERT_EQUAL(201, grant(admin, id).status);
        CPPUNIT_ASSERT_EQUAL(201, grant(admin, viewer).status);
        const auto rotate = [&](std::int64_t caller) {
            return house.call(caller, Method::post, robot(id) + "/rotate");
        };
        CPPUNIT_ASSERT_EQUAL(std::string("beyond_your_rights"), rotate(manager).code);
        const auto token = [&](std::int64_t caller) {
            return house.call(caller, Method::post, principal(viewer) + "/tokens", {{"name", "laptop"}});
        };
        CPPUNIT_ASSERT_EQUAL(std::string("beyond_your_rights"), token(partner).code);
        CPPUNIT_ASSERT_EQUAL(201, token(admin).status);
        CPPUNIT_ASSERT_EQUAL(200, rotate(admin).status);
        CPPUNIT_ASSERT_EQUAL(201,
                             house.call(viewer, Method::post, "/whoami/tokens", {{"name", "mine"}}).status);
        CPPUNIT_ASSERT_EQUAL(201, grant(admin, manager).status);
        CPPUNIT_ASSERT_EQUAL(200, rotate(manager).status);
    }

    void whoAmISaysWhatOneMayDo() {
        CPPUNIT_ASSERT_EQUAL(201, grant(admin, viewer).status);
        const auto shown = house.call(viewer, Method::get, "/whoami");
        const std::string expected =
            R"({"id":)" + std::to_string(viewer) + R"(,"name":"Vera","robot":false,"roles":[{"id":)" +
            std::to_string(
                house.number("SELECT id FROM principal_role WHERE principal = " + std::to_string(viewer))) +
            R"(,"role":"viewer","organizationId":)" + std::to_string(own) +
            R"(,"organizationName":"Own"}],"permissions":["*:read","*:self"],)" +
            R"("grants":[{"permission":"backup-credentials:use","object":"17"}]})";
        CPPUNIT_ASSERT_EQUAL(expected, shown.body);
        CPPUNIT_ASSERT_EQUAL(
            std::size_t{8},
            house.call(admin, Method::get, "/whoami").json()->getArray("permissions")->size());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LoginsTest);

} // namespace coffer::test
