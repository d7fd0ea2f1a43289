#include "host/identity/IdentityRoutes.h"

#include <array>

namespace coffer::test {

/// The table of who may what: every permission that the house and its plugins use, for every role.
class AuthorizationTableTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuthorizationTableTest);
    COFFER_TEST(everyRoleHoldsWhatTheTableSaysInItsOwnOrganizationOnly);
    COFFER_TEST(aRoleInAllOrganizationsHoldsThereWhatItHoldsInOne);
    COFFER_TEST(rolesAddUp);
    COFFER_TEST(whoHasNoRoleHoldsNothing);
    COFFER_TEST(noRoleReplacesANamedGrant);
    COFFER_TEST(whatIsNoPermissionIsHeldByNobody);
    COFFER_TEST(everyRouteOfThisModuleIsInTheTable);
    CPPUNIT_TEST_SUITE_END();

    struct Row {
        std::string_view permission;
        bool administrator, partner, manager, viewer, auditor;
    };
    static constexpr bool yes = true, no = false;
    static constexpr std::array<Row, 20> table{{
        {"organizations:read", yes, yes, yes, yes, no},
        {"organizations:administer", yes, no, no, no, no},
        {"principals:govern", yes, yes, no, no, no},
        {"grants:administer", yes, no, no, no, no},
        {"robots:operate", yes, yes, yes, no, no},
        {"tokens:self", yes, yes, yes, yes, yes},
        {"whoami:self", yes, yes, yes, yes, yes},
        {"backup-credentials:read", yes, yes, yes, yes, no},
        {"backup-credentials:change", yes, yes, yes, no, no},
        {"backup-credentials:override", yes, no, no, no, no},
        {"backup-credentials:use", yes, yes, yes, yes, yes}, // and a named grant besides
        {"projects:read", yes, yes, yes, yes, no},
        {"projects:change", yes, yes, yes, no, no},
        {"policies:read", yes, yes, yes, yes, no},
        {"policies:change", yes, yes, yes, no, no},
        {"audit:audit", yes, yes, yes, no, yes},
        {"plugins:administer", yes, no, no, no, no},
        {"keys:administer", yes, no, no, no, no},
        {"storage:administer", yes, no, no, no, no},
        {"probes:override", yes, no, no, no, no},
    }};
    static constexpr std::int64_t own = 7;
    static constexpr std::int64_t other = 8;

    static bool allowed(const Row& row, Role role) {
        switch (role) {
        case Role::administrator:
            return row.administrator;
        case Role::partner:
            return row.partner;
        case Role::manager:
            return row.manager;
        case Role::viewer:
            return row.viewer;
        case Role::auditor:
            return row.auditor;
        }
        return false;
    }
    static constexpr std::array<Role, 5> roles{Role::administrator, Role::partner, Role::manager,
                                               Role::viewer, Role::auditor};
    static Principal with(std::vector<RoleGrant> grants) { return {1, "Ada", false, std::move(grants), {}}; }
    static std::string cell(const Row& row, Role role) {
        return std::string(row.permission) + " as " + std::string(toString(role));
    }

    void everyRoleHoldsWhatTheTableSaysInItsOwnOrganizationOnly() {
        for (const Row& row : table)
            for (const Role role : roles) {
                const auto scope = authorizedScope(with({{role, own}}), row.permission);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(cell(row, role), allowed(row, role), scope.contains(own));
                CPPUNIT_ASSERT_MESSAGE(cell(row, role),
                                       !scope.contains(other) && !scope.contains(0) && !scope.all);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(cell(row, role), !allowed(row, role), scope.empty());
            }
    }

    void aRoleInAllOrganizationsHoldsThereWhatItHoldsInOne() {
        for (const Row& row : table)
            for (const Role role : roles) {
                const auto scope = authorizedScope(with({{role, 0}}), row.permission);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(cell(row, role), allowed(row, role), scope.all);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(cell(row, role), allowed(row, role), scope.contains(other));
            }
    }

    void rolesAddUp() {
        const Principal both = with({{Role::manager, other}, {Role::viewer, own}, {Role::partner, other}});
        const auto read = authorizedScope(both, "backup-credentials:read");
        CPPUNIT_ASSERT((read.organizations == std::vector<std::int64_t>{own, other}));
        const auto change = authorizedScope(both, "backup-credentials:change");
        CPPUNIT_ASSERT((change.organizations == std::vector<std::int64_t>{other}));
    }

    void whoHasNoRoleHoldsNothing() {
        for (const Row& row : table)
            CPPUNIT_ASSERT(authorizedScope(with({}), row.permission).empty());
    }

    void noRoleReplacesANamedGrant() {
        for (const Role role : roles)
            CPPUNIT_ASSERT(!holdsNamed(with({{role, 0}}), "backup-credentials:use", "17"));
        Principal named = with({{Role::viewer, own}});
        named.named.push_back({"backup-credentials:use", "17"});
        CPPUNIT_ASSERT(holdsNamed(named, "backup-credentials:use", "17"));
        CPPUNIT_ASSERT(!holdsNamed(named, "backup-credentials:use", "18"));
        CPPUNIT_ASSERT(!holdsNamed(named, "projects:use", "17"));
    }

    void whatIsNoPermissionIsHeldByNobody() {
        for (const std::string_view permission :
             {"", "read", "backup-credentials", "backup-credentials:", "backup-credentials:delete",
              "backup-credentials:read:change"})
            for (const Role role : roles)
                CPPUNIT_ASSERT(authorizedScope(with({{role, 0}}), permission).empty());
    }

    void everyRouteOfThisModuleIsInTheTable() {
        for (const Route& route : host::identityRoutes())
            CPPUNIT_ASSERT_MESSAGE(route.permission, std::ranges::find(table, route.permission,
                                                                       &Row::permission) != table.end());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AuthorizationTableTest);

} // namespace coffer::test
