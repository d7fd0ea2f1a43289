#include "tests/host/identity/House.h"

namespace coffer::test {

/// Who may see, make, change and delete principals, and give and take their roles.
class PrincipalsTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PrincipalsTest);
    COFFER_TEST(oneIsMadeShownRenamedAndDeletedAndAllOfItRecorded);
    COFFER_TEST(roleAndOrganizationComeTogether);
    COFFER_TEST(aPartnerSeesPrincipalsAllOfWhoseRolesAreItsOwn);
    COFFER_TEST(aPartnerMakesPrincipalsInItsOrganizationsOnly);
    COFFER_TEST(aPartnerGivesNoMoreThanItHolds);
    COFFER_TEST(aPartnerOfAllOrganizationsIsNoAdministrator);
    COFFER_TEST(rolesAreGivenAndTakenAndRecorded);
    COFFER_TEST(anAdministratorIsOneOfAllOrganizations);
    COFFER_TEST(aPartnerDoesNotTakeTheLastRole);
    COFFER_TEST(theLastAdministratorStays);
    COFFER_TEST(anAdministratorWithoutTokenDoesNotCount);
    COFFER_TEST(rightsTakenAwayMeanwhileNoLongerCount);
    COFFER_TEST(robotsAreNotAmongPrincipals);
    COFFER_TEST(anOldVersionIsRefused);
    CPPUNIT_TEST_SUITE_END();

    House house;
    const std::int64_t admin = house.makePrincipal("Root", {everywhere});
    const std::int64_t own = house.makeOrganization("Own");
    const std::int64_t other = house.makeOrganization("Other");
    const std::int64_t partner = house.makePrincipal("Paula", {{Role::partner, own}});

    static std::string path(std::int64_t id) { return "/principals/" + std::to_string(id); }
    Answer give(std::int64_t caller, std::int64_t to, const std::string& role, Sent organization) {
        return house.call(caller, Method::post, path(to) + "/roles",
                          {{"role", role}, {"organizationId", std::move(organization)}});
    }
    std::int64_t firstRoleOf(std::int64_t id) {
        return house.number("SELECT min(id) FROM principal_role WHERE principal = " + std::to_string(id));
    }
    Answer take(std::int64_t caller, std::int64_t from, std::int64_t roleId) {
        return house.call(caller, Method::remove, path(from) + "/roles/" + std::to_string(roleId));
    }

    void oneIsMadeShownRenamedAndDeletedAndAllOfItRecorded() {
        const auto id = house
                            .call(partner, Method::post, "/principals",
                                  {{"name", "Ada"}, {"role", "viewer"}, {"organizationId", own}})
                            .id();
        CPPUNIT_ASSERT_EQUAL(own, house.last("principal.create").organization);
        const auto shown = house.call(partner, Method::get, path(id)).json();
        CPPUNIT_ASSERT_EQUAL(std::string("Ada"), shown->getValue<std::string>("name"));
        const auto role = shown->getArray("roles")->getObject(0);
        CPPUNIT_ASSERT_EQUAL(std::string("viewer"), role->getValue<std::string>("role"));
        CPPUNIT_ASSERT_EQUAL(std::string("Own"), role->getValue<std::string>("organizationName"));
        CPPUNIT_ASSERT_EQUAL(std::string("Grace"),
                             house.call(partner, Method::patch, path(id), {{"name", "Grace"}}).text("name"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Ada"})"), house.last("principal.rename").before);
        const auto removed = house.call(partner, Method::remove, path(id));
        CPPUNIT_ASSERT_EQUAL(204, removed.status);
        CPPUNIT_ASSERT_EQUAL(own, removed.concerned);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Grace","roles":[{"role":"viewer","organizationId":)") +
                                 std::to_string(own) + "}]}",
                             house.last("principal.delete").before);
        CPPUNIT_ASSERT_EQUAL(404, house.call(partner, Method::get, path(id)).status);
    }

    void roleAndOrganizationComeTogether() {
        CPPUNIT_ASSERT_EQUAL(
            std::string("organizationId: required"),
            house.call(admin, Method::post, "/principals", {{"name", "Ada"}, {"role", "viewer"}}).errors());
        CPPUNIT_ASSERT_EQUAL(
            std::string("role: required"),
            house.call(admin, Method::post, "/principals", {{"name", "Ada"}, {"organizationId", own}})
                .errors());
        CPPUNIT_ASSERT_EQUAL(201, house.call(admin, Method::post, "/principals", {{"name", "Ada"}}).status);
    }

    void aPartnerSeesPrincipalsAllOfWhoseRolesAreItsOwn() {
        const auto inside = house.makePrincipal("Inside", {{Role::viewer, own}});
        const auto outside = house.makePrincipal("Outside", {{Role::viewer, other}});
        const auto both = house.makePrincipal("Both", {{Role::viewer, own}, {Role::viewer, other}});
        const auto all = house.makePrincipal("All", {{Role::auditor, 0}});
        const auto none = house.makePrincipal("None", {});
        CPPUNIT_ASSERT_EQUAL(200, house.call(partner, Method::get, path(inside)).status);
        const auto missing = house.call(partner, Method::get, path(999));
        for (const auto hidden : {outside, both, all, none, admin}) {
            CPPUNIT_ASSERT_EQUAL(missing.body, house.call(partner, Method::get, path(hidden)).body);
            CPPUNIT_ASSERT_EQUAL(missing.body, house.call(partner, Method::remove, path(hidden)).body);
            CPPUNIT_ASSERT_EQUAL(missing.body,
                                 house.call(partner, Method::patch, path(hidden), {{"name", "New"}}).body);
            CPPUNIT_ASSERT_EQUAL(missing.body, give(partner, hidden, "viewer", own).body);
            CPPUNIT_ASSERT_EQUAL(missing.body, take(partner, hidden, 1).body);
        }
        const auto list = house.call(partner, Method::get, "/principals").json();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, list->getArray("items")->size());
        CPPUNIT_ASSERT_EQUAL(2, list->getValue<int>("totalCount"));
        CPPUNIT_ASSERT_EQUAL(
            7, house.call(admin, Method::get, "/principals").json()->getValue<int>("totalCount"));
        const auto broad = house.makePrincipal("Broad", {{Role::partner, 0}});
        CPPUNIT_ASSERT_EQUAL(
            6, house.call(broad, Method::get, "/principals").json()->getValue<int>("totalCount"));
    }

    void aPartnerMakesPrincipalsInItsOrganizationsOnly() {
        const auto attempt = [&](const Fields& role) {
            Fields fields{{"name", "Ada"}};
            fields.insert(fields.end(), role.begin(), role.end());
            return house.call(partner, Method::post, "/principals", fields);
        };
        CPPUNIT_ASSERT_EQUAL(std::string("role: required"), attempt({}).errors());
        CPPUNIT_ASSERT_EQUAL(std::string("beyond_your_rights"),
                             attempt({{"role", "viewer"}, {"organizationId", other}}).code);
        CPPUNIT_ASSERT_EQUAL(attempt({{"role", "viewer"}, {"organizationId", 999}}).body,
                             attempt({{"role", "viewer"}, {"organizationId", other}}).body);
        CPPUNIT_ASSERT_EQUAL(403, attempt({{"role", "viewer"}, {"organizationId", nullptr}}).status);
        CPPUNIT_ASSERT_EQUAL(403, attempt({{"role", "administrator"}, {"organizationId", nullptr}}).status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house.count("principal.create"));
        for (const std::string role : {"partner", "manager", "viewer", "auditor"})
            CPPUNIT_ASSERT_EQUAL(201, attempt({{"role", role}, {"organizationId", own}}).status);
    }

    void aPartnerGivesNoMoreThanItHolds() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, own}});
        CPPUNIT_ASSERT_EQUAL(std::string("beyond_your_rights"),
                             give(partner, ada, "administrator", nullptr).code);
        CPPUNIT_ASSERT_EQUAL(403, give(partner, ada, "administrator", own).status);
        CPPUNIT_ASSERT_EQUAL(403, give(partner, ada, "viewer", other).status);
        CPPUNIT_ASSERT_EQUAL(403, give(partner, ada, "manager", nullptr).status);
        CPPUNIT_ASSERT_EQUAL(403, give(partner, partner, "partner", other).status);
        CPPUNIT_ASSERT_EQUAL(201, give(partner, ada, "partner", own).status);
        for (const Role role : {Role::manager, Role::viewer, Role::auditor})
            CPPUNIT_ASSERT_EQUAL(
                403, give(house.makePrincipal("Lower", {{role, own}}), ada, "viewer", own).status);
    }

    void aPartnerOfAllOrganizationsIsNoAdministrator() {
        const auto broad = house.makePrincipal("Broad", {{Role::partner, 0}});
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, own}});
        CPPUNIT_ASSERT_EQUAL(403, give(broad, ada, "administrator", nullptr).status);
        CPPUNIT_ASSERT_EQUAL(404, house.call(broad, Method::get, path(admin)).status);
        CPPUNIT_ASSERT_EQUAL(
            404, house.call(broad, Method::post, path(admin) + "/tokens", {{"name", "a"}}).status);
        CPPUNIT_ASSERT_EQUAL(201, give(broad, ada, "manager", nullptr).status);
    }

    void rolesAreGivenAndTakenAndRecorded() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, own}});
        const auto role = give(admin, ada, "manager", other);
        CPPUNIT_ASSERT_EQUAL(std::string("Other"), role.text("organizationName"));
        CPPUNIT_ASSERT_EQUAL(other, house.last("principal.grant-role").organization);
        CPPUNIT_ASSERT_EQUAL(std::string("role_held"), give(admin, ada, "manager", other).code);
        CPPUNIT_ASSERT_EQUAL(std::string("organizationId: unknown_organization"),
                             give(admin, ada, "manager", 999).errors());
        CPPUNIT_ASSERT_EQUAL(std::string("role: not_allowed"), give(admin, ada, "king", own).errors());
        CPPUNIT_ASSERT_EQUAL(
            std::string("organizationId: required"),
            house.call(admin, Method::post, path(ada) + "/roles", {{"role", "viewer"}}).errors());
        CPPUNIT_ASSERT_EQUAL(204, take(admin, ada, role.id()).status);
        CPPUNIT_ASSERT_EQUAL(404, take(admin, ada, role.id()).status);
        CPPUNIT_ASSERT_EQUAL(404, take(admin, ada, firstRoleOf(partner)).status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.count("principal.revoke-role"));
        CPPUNIT_ASSERT_EQUAL(3, house.call(admin, Method::get, path(ada)).json()->getValue<int>("version"));
    }

    void anAdministratorIsOneOfAllOrganizations() {
        const auto ada = house.makePrincipal("Ada", {});
        CPPUNIT_ASSERT_EQUAL(std::string("organizationId: must_be_null"),
                             give(admin, ada, "administrator", own).errors());
        CPPUNIT_ASSERT_EQUAL(201, give(admin, ada, "administrator", nullptr).status);
    }

    void aPartnerDoesNotTakeTheLastRole() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, own}});
        CPPUNIT_ASSERT_EQUAL(std::string("last_role"), take(partner, ada, firstRoleOf(ada)).code);
        CPPUNIT_ASSERT_EQUAL(204, take(admin, ada, firstRoleOf(ada)).status);
    }

    void theLastAdministratorStays() {
        CPPUNIT_ASSERT_EQUAL(std::string("last_administrator"),
                             house.call(admin, Method::remove, path(admin)).code);
        CPPUNIT_ASSERT_EQUAL(std::string("last_administrator"), take(admin, admin, firstRoleOf(admin)).code);
        const auto token = house.number("SELECT id FROM token WHERE principal = " + std::to_string(admin));
        CPPUNIT_ASSERT_EQUAL(
            std::string("last_administrator"),
            house.call(admin, Method::remove, "/whoami/tokens/" + std::to_string(token)).code);
        CPPUNIT_ASSERT_EQUAL(200, house.call(admin, Method::get, path(admin)).status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house.count("token.revoke"));
        const auto second = house.makePrincipal("Second", {everywhere});
        CPPUNIT_ASSERT_EQUAL(204, house.call(second, Method::remove, path(admin)).status);
        CPPUNIT_ASSERT_EQUAL(409, house.call(second, Method::remove, path(second)).status);
    }

    void anAdministratorWithoutTokenDoesNotCount() {
        (void)house.makePrincipal("Locked out", {everywhere}, false);
        CPPUNIT_ASSERT_EQUAL(std::string("last_administrator"),
                             house.call(admin, Method::remove, path(admin)).code);
    }

    void rightsTakenAwayMeanwhileNoLongerCount() {
        const Principal stale = house.principal(partner);
        CPPUNIT_ASSERT_EQUAL(201, give(admin, partner, "viewer", own).status);
        CPPUNIT_ASSERT_EQUAL(204, take(admin, partner, firstRoleOf(partner)).status);
        const Fields ada{{"name", "Ada"}, {"role", "partner"}, {"organizationId", own}};
        CPPUNIT_ASSERT_EQUAL(403, house.call(stale, Method::post, "/principals", ada).status);
        CPPUNIT_ASSERT_EQUAL(204, house.call(admin, Method::remove, path(partner)).status);
        CPPUNIT_ASSERT_EQUAL(401, house.call(stale, Method::post, "/principals", ada).status);
    }

    void robotsAreNotAmongPrincipals() {
        const auto robot = house
                               .call(admin, Method::post, "/robots",
                                     {{"name", "nightly"}, {"organizationId", own}, {"role", "viewer"}})
                               .id();
        CPPUNIT_ASSERT_EQUAL(404, house.call(admin, Method::get, path(robot)).status);
        CPPUNIT_ASSERT_EQUAL(404, house.call(admin, Method::remove, path(robot)).status);
        CPPUNIT_ASSERT_EQUAL(404, give(admin, robot, "administrator", nullptr).status);
        CPPUNIT_ASSERT_EQUAL(
            404, house.call(admin, Method::post, path(robot) + "/tokens", {{"name", "a"}}).status);
        CPPUNIT_ASSERT_EQUAL(
            2, house.call(admin, Method::get, "/principals").json()->getValue<int>("totalCount"));
    }

    void anOldVersionIsRefused() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, own}});
        CPPUNIT_ASSERT_EQUAL(412,
                             house.call(partner, Method::patch, path(ada), {{"name", "Grace"}}, 7).status);
        CPPUNIT_ASSERT_EQUAL(412, house.call(partner, Method::remove, path(ada), {}, 7).status);
        const Fields role{{"role", "manager"}, {"organizationId", own}};
        const auto rolePath = path(ada) + "/roles/" + std::to_string(firstRoleOf(ada));
        const Fields grant{{"permission", "backup-credentials:use"}, {"object", "17"}};
        CPPUNIT_ASSERT_EQUAL(412, house.call(partner, Method::post, path(ada) + "/roles", role, 7).status);
        CPPUNIT_ASSERT_EQUAL(412, house.call(partner, Method::remove, rolePath, {}, 7).status);
        CPPUNIT_ASSERT_EQUAL(412, house.call(admin, Method::post, path(ada) + "/grants", grant, 7).status);
        CPPUNIT_ASSERT_EQUAL(201, house.call(admin, Method::post, path(ada) + "/grants", grant, 1).status);
        CPPUNIT_ASSERT_EQUAL(412, house.call(partner, Method::remove, path(ada), {}, 1).status);
        CPPUNIT_ASSERT_EQUAL(204, house.call(partner, Method::remove, path(ada), {}, 2).status);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PrincipalsTest);

} // namespace coffer::test
