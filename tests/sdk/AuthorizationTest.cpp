#include <coffer/sdk/Authorization.h>

#include <map>

namespace coffer::test {

class AuthorizationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuthorizationTest);
    COFFER_TEST(everyRoleHasWhatTheTableSays);
    COFFER_TEST(scopeIsTheOrganizationsOfTheRolesThatAllow);
    COFFER_TEST(grantForAllOrganizationsHoldsInEach);
    COFFER_TEST(nobodyHasNoScope);
    COFFER_TEST(unknownActionsAllowNothing);
    COFFER_TEST(permissionsHaveAForm);
    COFFER_TEST(namedGrantNamesOneObject);
    COFFER_TEST(roleNamesReadBack);
    CPPUNIT_TEST_SUITE_END();

public:
    void everyRoleHasWhatTheTableSays() {
        // administrator, partner, manager, viewer, auditor
        const std::map<std::string, std::string> table{
            {"read", "yyyy-"},   {"change", "yyy--"},  {"override", "y----"}, {"administer", "y----"},
            {"govern", "yy---"}, {"operate", "yyy--"}, {"audit", "yyy-y"},    {"use", "yyyyy"},
            {"self", "yyyyy"},   {"public", "-----"}};
        for (const auto& [action, row] : table)
            for (std::size_t i = 0; i < row.size(); ++i) {
                const Principal principal = withRoles({{roles_[i], 7}});
                const bool allowed = !authorizedScope(principal, "things:" + action).empty();
                CPPUNIT_ASSERT_EQUAL_MESSAGE(action + " " + std::string(toString(roles_[i])), row[i] == 'y',
                                             allowed);
            }
    }

    void scopeIsTheOrganizationsOfTheRolesThatAllow() {
        const Principal principal = withRoles({{Role::manager, 9},
                                               {Role::viewer, 3},
                                               {Role::partner, 5},
                                               {Role::manager, 5},
                                               {Role::auditor, 1}});
        const auto change = authorizedScope(principal, "things:change");
        CPPUNIT_ASSERT(change.organizations == (std::vector<std::int64_t>{5, 9}));
        CPPUNIT_ASSERT(!change.all);
        CPPUNIT_ASSERT(change.contains(5));
        CPPUNIT_ASSERT(!change.contains(3));
        const auto read = authorizedScope(principal, "things:read");
        CPPUNIT_ASSERT(read.organizations == (std::vector<std::int64_t>{3, 5, 9}));
    }

    void grantForAllOrganizationsHoldsInEach() {
        const auto scope =
            authorizedScope(withRoles({{Role::viewer, 4}, {Role::administrator, 0}}), "things:read");
        CPPUNIT_ASSERT(scope.all);
        CPPUNIT_ASSERT(scope.contains(1234));
        CPPUNIT_ASSERT(!scope.empty());
    }

    void nobodyHasNoScope() {
        CPPUNIT_ASSERT(authorizedScope(Principal{}, "things:read").empty());
        CPPUNIT_ASSERT(!authorizedScope(Principal{}, "things:read").contains(0));
    }

    void unknownActionsAllowNothing() {
        const Principal everything = withRoles({{Role::administrator, 0}});
        for (const std::string_view permission : {"things:fly", "things", "", ":", "things:", "things:readx"})
            CPPUNIT_ASSERT_MESSAGE(std::string(permission), authorizedScope(everything, permission).empty());
    }

    void permissionsHaveAForm() {
        for (const std::string_view good : {"backup-credentials:read", "a1:public", "x:use", "whoami:self"})
            CPPUNIT_ASSERT(isPermission(good));
        for (const std::string_view bad :
             {"", "read", ":read", "Things:read", "a b:read", "a:fly", "a:read:read", "a:"})
            CPPUNIT_ASSERT_MESSAGE(std::string(bad), !isPermission(bad));
        CPPUNIT_ASSERT(isPublic("openapi:public"));
        CPPUNIT_ASSERT(!isPublic("public:read"));
        CPPUNIT_ASSERT(!isPublic("public"));
    }

    void namedGrantNamesOneObject() {
        Principal principal = withRoles({{Role::administrator, 0}});
        CPPUNIT_ASSERT(!holdsNamed(principal, "credentials:use", "17"));
        principal.named = {{"credentials:use", "17"}};
        CPPUNIT_ASSERT(holdsNamed(principal, "credentials:use", "17"));
        CPPUNIT_ASSERT(!holdsNamed(principal, "credentials:use", "170"));
        CPPUNIT_ASSERT(!holdsNamed(principal, "credentials:use", ""));
        CPPUNIT_ASSERT(!holdsNamed(principal, "projects:use", "17"));
    }

    void roleNamesReadBack() {
        for (const Role role : roles_)
            CPPUNIT_ASSERT(roleFromString(toString(role)) == role);
        CPPUNIT_ASSERT(!roleFromString("Administrator"));
        CPPUNIT_ASSERT(!roleFromString(""));
    }

private:
    static Principal withRoles(std::vector<RoleGrant> roles) {
        Principal principal;
        principal.id = 1;
        principal.roles = std::move(roles);
        return principal;
    }

    const std::vector<Role> roles_{Role::administrator, Role::partner, Role::manager, Role::viewer,
                                   Role::auditor};
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuthorizationTest);

} // namespace coffer::test
