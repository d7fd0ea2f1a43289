#include "tests/plugins/projects/House.h"

#include <coffer/testkit/Test.h>

#include <algorithm>
#include <set>

namespace coffer::test {

/// Lists: filters, what is suspended, search, order and pages.
class ListTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ListTest);
    COFFER_TEST(lockedMeansSuspendedUntilUnlocked);
    COFFER_TEST(notWorkingMeansSuspendedUnlessOverridden);
    COFFER_TEST(stateFiltersFindWhatIsShown);
    COFFER_TEST(metricCountsStates);
    COFFER_TEST(filtersCombine);
    COFFER_TEST(searchFindsNameDescriptionAndIdInAnyCase);
    COFFER_TEST(searchReadsNothingAsAnOperator);
    COFFER_TEST(searchFollowsChanges);
    COFFER_TEST(everyOrderPagesThroughAll);
    COFFER_TEST(aCursorFitsItsOrderOnly);
    COFFER_TEST(manyProjectsAreFoundAlikeByEveryWay);
    COFFER_TEST(listsLookAtTheScope);
    CPPUNIT_TEST_SUITE_END();

public:
    void lockedMeansSuspendedUntilUnlocked() {
        House house;
        const auto credential = house.credentials().create(1, "nightly");
        const auto id = house.createBackedUp("Web shop", credential);
        house.credentials().lock(credential, "key rotation");
        const auto backup = house.get(House::at(id))["backup"];
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), backup["state"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), backup["reason"]["code"].text());
        CPPUNIT_ASSERT(backup["reason"]["detail"].text().find("key rotation") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::to_string(id) + " ", house.ids("/projects?backup=suspended"));
        CPPUNIT_ASSERT_EQUAL(std::string(), house.ids("/projects?backup=enabled"));
        house.credentials().unlock(credential);
        CPPUNIT_ASSERT_EQUAL(std::string("enabled"), house.state(id));
        CPPUNIT_ASSERT_EQUAL(std::string(), house.ids("/projects?backup=suspended"));
        CPPUNIT_ASSERT_EQUAL(std::to_string(id) + " ", house.ids("/projects?backup=enabled"));
    }

    void notWorkingMeansSuspendedUnlessOverridden() {
        House house;
        const auto credential = house.credentials().create(1, "nightly");
        const auto id = house.createBackedUp("Web shop", credential);
        house.credentials().becomes(credential, "invalid");
        const auto accepted = house.create("accepted");
        (void)house.enable(accepted, credential, R"(,"acceptFailing":true)");
        const auto backup = house.get(House::at(id))["backup"];
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), backup["state"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("credential_not_working"), backup["reason"]["code"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("wrong_secret"), backup["reason"]["cause"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("enabled"), house.state(accepted));
        CPPUNIT_ASSERT_EQUAL(std::to_string(id) + " ", house.ids("/projects?backup=suspended"));
        CPPUNIT_ASSERT_EQUAL(std::to_string(accepted) + " ", house.ids("/projects?backup=enabled"));
        house.credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), house.state(accepted));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                             house.get("/projects?backup=suspended")["totalCount"].integer());
    }

    void stateFiltersFindWhatIsShown() {
        House house;
        makeMixture(house);
        std::int64_t sum = 0;
        for (const std::string state : {"disabled", "enabled", "suspended"}) {
            const Answer list = house.get("/projects?limit=100&backup=" + state);
            sum += list["totalCount"].integer();
            CPPUNIT_ASSERT_EQUAL(list["totalCount"].integer(),
                                 static_cast<std::int64_t>(list["items"].size()));
            for (std::size_t i = 0; i < list["items"].size(); ++i)
                CPPUNIT_ASSERT_EQUAL(state, list["items"][i]["backup"]["state"].text());
        }
        CPPUNIT_ASSERT_EQUAL(house.get("/projects")["totalCount"].integer(), sum);
        CPPUNIT_ASSERT_EQUAL(422, house.get("/projects?backup=unknown").status);
    }

    void metricCountsStates() {
        House house;
        makeMixture(house);
        for (const std::string state : {"disabled", "enabled", "suspended"})
            CPPUNIT_ASSERT_EQUAL(
                static_cast<double>(house.get("/projects?backup=" + state)["totalCount"].integer()),
                house.host().metric("coffer_projects{backup=\"" + state + "\"}"));
        const auto figures = house.host().figures();
        CPPUNIT_ASSERT_EQUAL(std::string("projects"), figures.at(0).name);
        CPPUNIT_ASSERT_EQUAL(12.0, figures.at(0).value);
    }

    void filtersCombine() {
        House house;
        const auto locked = makeMixture(house);
        const std::string of = "&credentialId=" + std::to_string(locked);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, total(house, "/projects?limit=1" + of));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, total(house, "/projects?backup=suspended" + of));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, total(house, "/projects?backup=enabled" + of));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, total(house, "/projects?organizationId=2" + of));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, total(house, "/projects?search=locked-1" + of));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                             total(house, "/projects?organizationId=1&backup=suspended&search=locked%202"));
    }

    void searchFindsNameDescriptionAndIdInAnyCase() {
        House house;
        const auto shop = house.create("Web Shop", 1, R"(,"description":"Sells Ärger and \u0130ce")");
        const auto other = house.create("Other thing");
        const std::string found = std::to_string(shop) + " ";
        for (const char* search :
             {"web", "SHOP", "eb+sh", "we", "b", "%C3%84RGER", "%C3%A4rg", "sells+web", "SELLS+%20+sho"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(search, found, house.ids(std::string("/projects?search=") + search));
        CPPUNIT_ASSERT_EQUAL(std::to_string(other) + " ",
                             house.ids("/projects?search=" + std::to_string(other)));
        CPPUNIT_ASSERT_EQUAL(std::string(), house.ids("/projects?search=shopsells"));
        CPPUNIT_ASSERT_EQUAL(std::string(), house.ids("/projects?search=nothing"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, total(house, "/projects?search="));
    }

    void searchReadsNothingAsAnOperator() {
        House house;
        const auto id = house.create("a*b?c[d]e", 1, R"(,"description":"\"quoted\" 100%_ OR NEAR")");
        const auto plain = house.create("axbyczdwe");
        const std::string found = std::to_string(id) + " ";
        for (const char* search : {"a*b", "%3Fc%5Bd", "%5Bd%5De", "%22quoted%22", "100%25_", "or+near", "*"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(search, found, house.ids(std::string("/projects?search=") + search));
        CPPUNIT_ASSERT_EQUAL(std::to_string(plain) + " ", house.ids("/projects?search=axb"));
    }

    void searchFollowsChanges() {
        House house;
        const auto id = house.create("before");
        (void)house.patch(House::at(id), R"({"name":"after","description":"described"})");
        CPPUNIT_ASSERT_EQUAL(std::string(), house.ids("/projects?search=before"));
        CPPUNIT_ASSERT_EQUAL(std::to_string(id) + " ", house.ids("/projects?search=after"));
        CPPUNIT_ASSERT_EQUAL(std::to_string(id) + " ", house.ids("/projects?search=described"));
        (void)house.remove(House::at(id));
        CPPUNIT_ASSERT_EQUAL(std::string(), house.ids("/projects?search=after"));
        house.sql("INSERT INTO projects_search (projects_search) VALUES ('integrity-check')");
    }

    void everyOrderPagesThroughAll() {
        House house;
        makeMixture(house);
        for (const char* sort :
             {"id", "-id", "name", "-name", "createdAt", "-createdAt", "lastModifiedAt", "-lastModifiedAt"})
            for (const char* filter : {"", "&backup=suspended", "&search=pro", "&organizationId=1"}) {
                const std::string query = std::string("/projects?sort=") + sort + filter;
                const Answer whole = house.get(query + "&limit=100");
                CPPUNIT_ASSERT_EQUAL(ids(whole), paged(house, query));
            }
        const auto names = [&](const std::string& sort) {
            std::vector<std::string> out;
            const Answer list = house.get("/projects?organizationId=1&sort=" + sort);
            for (std::size_t i = 0; i < list["items"].size(); ++i)
                out.push_back(list["items"][i]["name"].text());
            return out;
        };
        auto rising = names("name");
        CPPUNIT_ASSERT(std::ranges::is_sorted(rising));
        std::ranges::reverse(rising);
        CPPUNIT_ASSERT(rising == names("-name"));
    }

    void aCursorFitsItsOrderOnly() {
        House house;
        makeMixture(house);
        const std::string cursor = house.get("/projects?limit=1&sort=name")["nextCursor"].text();
        CPPUNIT_ASSERT_EQUAL(200, house.get("/projects?sort=name&cursor=" + cursor).status);
        for (const auto& query : std::vector<std::string>{"sort=id&cursor=" + cursor,
                                                          "sort=-name&cursor=" + cursor, "cursor=nonsense"})
            CPPUNIT_ASSERT_EQUAL(std::string("query.cursor:invalid_cursor"),
                                 house.get("/projects?" + query).errors().at(0));
    }

    /// More than are looked at one by one, so that indexes lead, by credential and by search.
    void manyProjectsAreFoundAlikeByEveryWay() {
        House house;
        const auto credential = house.credentials().create(1, "nightly");
        const auto id = house.createBackedUp("needle in the hay", credential);
        house.sql("INSERT INTO projects_project (organization, name, name_key, description, search_text, "
                  "created_at, created_by, modified_at, modified_by) "
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                  "SELECT 1 + i % 2, 'hay ' || i, 'hay ' || i, '', 'hay ' || i || char(10) || char(10) || "
                  "(i + " +
                  std::to_string(id) + "), i % 10, 'me', i % 10, 'me' FROM n");
        house.credentials().lock(credential);
        const std::string found = std::to_string(id) + " ";
        for (const char* query :
             {"backup=suspended", "backup=suspended&sort=-name", "search=needle", "search=needle&sort=name",
              "credentialId=1", "search=the+needle&backup=suspended", "search=ne+dl&sort=-createdAt",
              "organizationId=1&search=needle"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(query, found, house.ids(std::string("/projects?") + query));
        const Answer hay = house.get("/projects?search=hay&limit=3");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, hay["totalCount"].integer());
        CPPUNIT_ASSERT(!hay["totalIsExact"].boolean());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5001}, total(house, "/projects"));
        for (const char* query :
             {"/projects?search=hay&limit=500&sort=-name", "/projects?limit=500&sort=createdAt",
              "/projects?limit=500&search=ha", "/projects?limit=500&organizationId=2"}) {
            const std::string all = paged(house, query);
            const auto count = static_cast<std::int64_t>(std::ranges::count(all, ' '));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(query, std::int64_t{std::string(query).ends_with("2") ? 2500 : 5001},
                                         count);
        }
        CPPUNIT_ASSERT(house.host().checkStorage().empty());
    }

    void listsLookAtTheScope() {
        House house;
        makeMixture(house);
        const Caller viewer = house.as(Role::viewer, 2);
        for (const char* query :
             {"", "?backup=disabled", "?search=project", "?sort=-name", "?organizationId=2"}) {
            const Answer list = viewer.request("GET", std::string("/projects") + query);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(list.body, std::int64_t{2}, list["totalCount"].integer());
            for (std::size_t i = 0; i < list["items"].size(); ++i)
                CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, list["items"][i]["organization"]["id"].integer());
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             viewer.request("GET", "/projects?backup=suspended")["totalCount"].integer());
        Principal both = testkit::somebody(Role::viewer, 2);
        both.roles.push_back({Role::viewer, 1});
        CPPUNIT_ASSERT_EQUAL(ids(house.get("/projects?sort=-name")),
                             ids(house.host().as(both).request("GET", "/projects?sort=-name")));
    }

private:
    static std::int64_t total(House& house, const std::string& path) {
        return house.get(path)["totalCount"].integer();
    }
    static std::string ids(const Answer& list) {
        std::string out;
        for (std::size_t i = 0; i < list["items"].size(); ++i)
            out += std::to_string(list["items"][i]["id"].integer()) + " ";
        return out;
    }
    /// All pages, three entries each unless the query says more.
    static std::string paged(House& house, const std::string& query) {
        const std::string first = query.find("limit=") == std::string::npos ? query + "&limit=3" : query;
        std::string out;
        Answer page = house.get(first);
        out += ids(page);
        while (!page["nextCursor"].isNull()) {
            page = house.get(first + "&cursor=" + page["nextCursor"].text());
            out += ids(page);
        }
        return out;
    }
    /// Twelve projects: without backup (4, two of them organization 2's), with one that works (2), one that
    /// is locked (3), and one that fails (3, one overridden). @returns the locked credential
    static std::int64_t makeMixture(House& house) {
        const auto works = house.credentials().create(1, "works");
        const auto locked = house.credentials().create(1, "locked");
        const auto fails = house.credentials().create(1, "fails");
        const auto make = [&](const std::string& kind, int count, std::int64_t credential) {
            for (int i = 0; i < count; ++i) {
                house.host().advance(std::chrono::seconds(1));
                const std::string name = "Project " + kind + "-" + std::to_string(i);
                if (credential == 0)
                    (void)house.create(name, 1 + i % 2);
                else
                    (void)house.createBackedUp(name, credential);
            }
        };
        make("fails", 2, fails);
        make("without", 4, 0);
        make("works", 2, works);
        make("locked", 3, locked);
        house.credentials().lock(locked);
        house.credentials().becomes(fails, "failing");
        const auto accepted = house.create("Project accepted");
        CPPUNIT_ASSERT_EQUAL(200, house.enable(accepted, fails, R"(,"acceptFailing":true)").status);
        return locked;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ListTest);

} // namespace coffer::test
