#include "tests/host/identity/House.h"

namespace coffer::test {

class OrganizationsTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OrganizationsTest);
    COFFER_TEST(oneIsMadeShownRenamedAndDeletedAndAllOfItRecorded);
    COFFER_TEST(namesAreUniqueWhateverTheirCase);
    COFFER_TEST(badNamesAreRefused);
    COFFER_TEST(anOldVersionIsRefused);
    COFFER_TEST(listsShowTheScopeAndPageThroughIt);
    COFFER_TEST(whatLiesOutsideTheScopeReadsLikeWhatDoesNotExist);
    COFFER_TEST(onlyAdministratorsChangeThem);
    COFFER_TEST(oneInUseIsNotDeleted);
    COFFER_TEST(oneThatAPluginRefersToIsNotDeleted);
    COFFER_TEST(whatPluginsKeepIsNamed);
    COFFER_TEST(idsAreNeverGivenOutAgain);
    CPPUNIT_TEST_SUITE_END();

    House house;
    const std::int64_t admin = house.makePrincipal("Root", {everywhere});

    Answer make(const std::string& name) {
        return house.call(admin, Method::post, "/organizations", {{"name", name}});
    }
    static std::string path(std::int64_t id) { return "/organizations/" + std::to_string(id); }

    void oneIsMadeShownRenamedAndDeletedAndAllOfItRecorded() {
        const auto id = make(" Research ").id();
        const auto shown = house.call(admin, Method::get, path(id));
        CPPUNIT_ASSERT_EQUAL(std::string("Research"), shown.text("name"));
        CPPUNIT_ASSERT_EQUAL(std::string("Root"), shown.text("createdBy"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Research"})"), house.last("organization.create").after);

        const auto renamed = house.call(admin, Method::patch, path(id), {{"name", "Science"}}, 1);
        CPPUNIT_ASSERT_EQUAL(std::string("Science"), renamed.text("name"));
        CPPUNIT_ASSERT_EQUAL(2, renamed.json()->getValue<int>("version"));
        const auto event = house.last("organization.rename");
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Research"})"), event.before);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Science"})"), event.after);
        CPPUNIT_ASSERT_EQUAL(id, event.organization);

        CPPUNIT_ASSERT_EQUAL(204, house.call(admin, Method::remove, path(id)).status);
        CPPUNIT_ASSERT_EQUAL(404, house.call(admin, Method::get, path(id)).status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Science"})"), house.last("organization.delete").before);
    }

    void namesAreUniqueWhateverTheirCase() {
        const auto id = make("Research").id();
        CPPUNIT_ASSERT_EQUAL(std::string("organization_name_taken"), make("RESEARCH").code);
        CPPUNIT_ASSERT_EQUAL(409, make("\uff32esearch").status);
        const auto other = make("Other").id();
        CPPUNIT_ASSERT_EQUAL(409,
                             house.call(admin, Method::patch, path(other), {{"name", "research"}}).status);
        CPPUNIT_ASSERT_EQUAL(200, house.call(admin, Method::patch, path(id), {{"name", "RESEARCH"}}).status);
    }

    void badNamesAreRefused() {
        CPPUNIT_ASSERT_EQUAL(std::string("name: too_short"), make("  ab ").errors());
        CPPUNIT_ASSERT_EQUAL(std::string("name: too_long"), make(std::string(61, 'a')).errors());
        CPPUNIT_ASSERT_EQUAL(std::string("name: invalid_characters"), make("ab\u202ec").errors());
        CPPUNIT_ASSERT_EQUAL(std::string("name: required"),
                             house.call(admin, Method::post, "/organizations").errors());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.number("SELECT count(*) FROM organization"));
    }

    void anOldVersionIsRefused() {
        const auto id = make("Research").id();
        CPPUNIT_ASSERT_EQUAL(412,
                             house.call(admin, Method::patch, path(id), {{"name", "Science"}}, 7).status);
        CPPUNIT_ASSERT_EQUAL(412, house.call(admin, Method::remove, path(id), {}, 7).status);
        CPPUNIT_ASSERT_EQUAL(std::string("Research"), house.call(admin, Method::get, path(id)).text("name"));
    }

    void listsShowTheScopeAndPageThroughIt() {
        std::vector<std::int64_t> ids;
        for (const std::string name : {"One", "Two", "Three", "Four", "Five"})
            ids.push_back(make(name).id());
        const auto partner = house.makePrincipal(
            "Paula", {{Role::partner, ids[0]}, {Role::viewer, ids[2]}, {Role::manager, ids[4]}});
        const auto first = house.call(partner, Method::get, "/organizations?limit=2").json();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, first->getArray("items")->size());
        CPPUNIT_ASSERT_EQUAL(3, first->getValue<int>("totalCount"));
        CPPUNIT_ASSERT(first->getValue<bool>("totalIsExact"));
        const auto second =
            house
                .call(partner, Method::get,
                      "/organizations?limit=2&cursor=" + first->getValue<std::string>("nextCursor"))
                .json();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, second->getArray("items")->size());
        CPPUNIT_ASSERT_EQUAL(ids[4], second->getArray("items")->getObject(0)->getValue<std::int64_t>("id"));
        CPPUNIT_ASSERT(second->isNull("nextCursor"));
        const auto all = house.call(admin, Method::get, "/organizations").json();
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, all->getArray("items")->size());
        for (const std::string cursor : {"x", "aWQ6MA", "aWQ6MQ==", "bmFtZTox"})
            CPPUNIT_ASSERT_EQUAL(std::string("query.cursor: invalid_cursor"),
                                 house.call(admin, Method::get, "/organizations?cursor=" + cursor).errors());
    }

    void whatLiesOutsideTheScopeReadsLikeWhatDoesNotExist() {
        const auto own = make("Own").id();
        const auto other = make("Other").id();
        const auto viewer = house.makePrincipal("Vera", {{Role::viewer, own}});
        CPPUNIT_ASSERT_EQUAL(200, house.call(viewer, Method::get, path(own)).status);
        const auto hidden = house.call(viewer, Method::get, path(other));
        CPPUNIT_ASSERT_EQUAL(404, hidden.status);
        CPPUNIT_ASSERT_EQUAL(house.call(viewer, Method::get, path(999)).body, hidden.body);
        CPPUNIT_ASSERT_EQUAL(404, house.call(viewer, Method::get, "/organizations/0").status);
        CPPUNIT_ASSERT_EQUAL(404, house.call(viewer, Method::get, "/organizations/2147483648").status);
    }

    void onlyAdministratorsChangeThem() {
        const auto id = make("Own").id();
        for (const Role role : {Role::partner, Role::manager, Role::viewer, Role::auditor}) {
            const auto caller = house.makePrincipal("Someone", {{role, id}});
            CPPUNIT_ASSERT_EQUAL(
                403, house.call(caller, Method::post, "/organizations", {{"name", "New"}}).status);
            CPPUNIT_ASSERT_EQUAL(403, house.call(caller, Method::patch, path(id), {{"name", "New"}}).status);
            CPPUNIT_ASSERT_EQUAL(403, house.call(caller, Method::remove, path(id)).status);
        }
    }

    void oneInUseIsNotDeleted() {
        const auto id = make("Research").id();
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, id}});
        const auto robot = house.call(admin, Method::post, "/robots",
                                      {{"name", "nightly"}, {"organizationId", id}, {"role", "viewer"}});
        const auto refused = house.call(admin, Method::remove, path(id));
        CPPUNIT_ASSERT_EQUAL(std::string("organization_in_use"), refused.code);
        CPPUNIT_ASSERT(refused.text("detail").starts_with("To it belong 1 role of a principal, 1 robot."));
        CPPUNIT_ASSERT_EQUAL(id, refused.concerned);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house.count("organization.delete"));
        CPPUNIT_ASSERT_EQUAL(204,
                             house.call(admin, Method::remove, "/principals/" + std::to_string(ada)).status);
        CPPUNIT_ASSERT_EQUAL(409, house.call(admin, Method::remove, path(id)).status);
        CPPUNIT_ASSERT_EQUAL(
            204, house.call(admin, Method::remove, "/robots/" + std::to_string(robot.id())).status);
        CPPUNIT_ASSERT_EQUAL(204, house.call(admin, Method::remove, path(id)).status);
    }

    void oneThatAPluginRefersToIsNotDeleted() {
        const auto id = make("Research").id();
        house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            transaction.execute(
                "CREATE TABLE plugin_thing (organization INTEGER REFERENCES organization(id))");
            transaction.execute("INSERT INTO plugin_thing VALUES (?)", id);
        });
        CPPUNIT_ASSERT_EQUAL(std::string("organization_in_use"),
                             house.call(admin, Method::remove, path(id)).code);
        CPPUNIT_ASSERT_EQUAL(200, house.call(admin, Method::get, path(id)).status);
    }

    void whatPluginsKeepIsNamed() {
        const auto id = make("Research").id();
        const auto other = make("Other").id();
        house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            for (const std::string owner : {"back", "back-up", "projects"})
                transaction.execute("INSERT INTO schema_migration VALUES (?, 1, '', '', 0)", owner);
            const std::string refers = "(organization INTEGER REFERENCES organization(id)";
            for (const std::string table : {"back_up_key", "projects_project", "projects_\"odd\""}) {
                const auto quoted = table.find('"') == std::string::npos ? table : "'" + table + "'";
                transaction.execute("CREATE TABLE " + quoted + refers + ")");
                transaction.execute("INSERT INTO " + quoted + " VALUES (?), (?)", id, other);
            }
            transaction.execute("INSERT INTO projects_project VALUES (?)", id);
            transaction.execute("CREATE TABLE projects_note" + refers + " ON DELETE CASCADE)");
            transaction.execute("INSERT INTO projects_note VALUES (?)", id);
        });
        const auto refused = house.call(admin, Method::remove, path(id));
        CPPUNIT_ASSERT_EQUAL(std::string("organization_in_use"), refused.code);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(
            refused.body,
            std::string("To it belong 1 of back-up (key), 1 of projects (\"odd\"), 2 of "
                        "projects (project). Delete or move that first."),
            refused.text("detail"));
        const auto inTheWay = refused.json()->getArray("inTheWay");
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, inTheWay->size());
        CPPUNIT_ASSERT_EQUAL(std::string("projects"),
                             inTheWay->getObject(2)->getValue<std::string>("plugin"));
        CPPUNIT_ASSERT_EQUAL(2, inTheWay->getObject(2)->getValue<int>("count"));
        CPPUNIT_ASSERT_EQUAL(200, house.call(admin, Method::get, path(id)).status);
        house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            for (const std::string table : {"back_up_key", "projects_project", "'projects_\"odd\"'"})
                transaction.execute("DELETE FROM " + table);
        });
        CPPUNIT_ASSERT_EQUAL(204, house.call(admin, Method::remove, path(id)).status);
    }

    void idsAreNeverGivenOutAgain() {
        const auto id = make("Research").id();
        CPPUNIT_ASSERT_EQUAL(204, house.call(admin, Method::remove, path(id)).status);
        CPPUNIT_ASSERT(make("Research").id() > id);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(OrganizationsTest);

} // namespace coffer::test
