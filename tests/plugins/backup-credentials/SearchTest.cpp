#include "search/Listing.h"
#include "tests/plugins/backup-credentials/House.h"

#include <algorithm>
#include <set>

namespace coffer::test {

/// Lists: search, filters, order, pages, totals.
class SearchTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SearchTest);
    COFFER_TEST(findsAnyPartOfEveryField);
    COFFER_TEST(oneAndTwoCharactersMatchBeginnings);
    COFFER_TEST(allTermsMustMatch);
    COFFER_TEST(searchFoldsCaseAndWidth);
    COFFER_TEST(nothingTypedIsAnOperator);
    COFFER_TEST(nothingIsFoundAcrossFields);
    COFFER_TEST(renamedOrganizationIsFoundByItsNewName);
    COFFER_TEST(searchFollowsChangesAtOnce);
    COFFER_TEST(searchStaysInTheScope);
    COFFER_TEST(filtersCombine);
    COFFER_TEST(sortsBothWaysByEveryColumn);
    COFFER_TEST(filteredListsHaveTheOrderOfTheWholeList);
    COFFER_TEST(partnersSeeTheirOrganizationsInOneOrder);
    COFFER_TEST(pagesAreStableWhileRowsComeAndGo);
    COFFER_TEST(refusesForeignCursorsAndOrders);
    COFFER_TEST(tenThousand);
    CPPUNIT_TEST_SUITE_END();

    static std::size_t hits(House& house, const std::string& query, const char* token = "administrator") {
        const Answer answer = house.send(token, "GET", "/backup-credentials?" + query);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(query + ": " + answer.body, 200, answer.status);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(query, answer.number("totalCount"),
                                     static_cast<std::int64_t>(answer.ids().size()));
        return answer.ids().size();
    }
    /// Every page, one after the other.
    static std::vector<std::int64_t> walk(House& house, const std::string& query,
                                          const char* token = "administrator") {
        std::vector<std::int64_t> out;
        std::string cursor;
        do {
            const Answer page = house.send(token, "GET", "/backup-credentials?" + query + cursor);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(page.body, 200, page.status);
            const auto ids = page.ids();
            out.insert(out.end(), ids.begin(), ids.end());
            cursor = page.isNull("nextCursor") ? "" : "&cursor=" + page.text("nextCursor");
        } while (!cursor.empty());
        return out;
    }

public:
    void findsAnyPartOfEveryField() {
        House house;
        const auto id = house.create("Nightly");
        (void)house.create("other", 2);
        (void)house.put(House::at(id, "/projects/prj-4711"), R"({"name":"Web shop"})");
        for (const char* part : {"ightl", "prj-47", "4711", "shop", "lpha", "werke"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(part, std::size_t{1}, hits(house, std::string("search=") + part));
        for (const char* part : {"KIAEX", "example.org", "s3.ex", "west-1"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(part, std::size_t{2}, hits(house, std::string("search=") + part));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=nosuch"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search="));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search=+++"));
    }

    void oneAndTwoCharactersMatchBeginnings() {
        House house;
        (void)house.create("nightly zebra");
        (void)house.create("zed", 2);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=n"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search=z"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search=ZE"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=ig"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search=eu"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search=1"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=be"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=-"));
        (void)house.create("\xE6\xBC\xA2\xE5\xAD\x97\xE5\x90\x8D");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=%E6%BC%A2"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=%E5%AD%97"));
    }

    void allTermsMustMatch() {
        House house;
        (void)house.create("nightly one");
        (void)house.create("nightly two");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=nightly+two"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=tw+ightl"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=one+two"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search=alpha+nightly"));
    }

    void searchFoldsCaseAndWidth() {
        House house;
        (void)house.create("Gro\xC3\x9F"
                           "e Stra\xC3\x9F"
                           "e");
        for (const char* typed : {"STRASSE", "stra%C3%9Fe", "%EF%BC%B3TRA", "GROSSE"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(typed, std::size_t{1}, hits(house, std::string("search=") + typed));
    }

    void nothingTypedIsAnOperator() {
        House house;
        (void)house.create("a\xE2\x80\x9Cquoted\xE2\x80\x9D name");
        (void)house.create("star*star");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=star*star"));
        for (const char* typed : {"%22", "%22%22%22", "*", "nosuch+OR+star", "text:star", "NEAR(star)",
                                  "star)+OR+(star", "%5Estar", "%7Btext%7D+:+star", "-star", "star+NOT+zzz",
                                  "'", "%00", "%25", "_____", "star%22+OR+%22a"})
            CPPUNIT_ASSERT_MESSAGE(
                typed, house.get(std::string("/backup-credentials?search=") + typed).ids().empty());
    }

    void nothingIsFoundAcrossFields() {
        House house;
        (void)house.create("nightly");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=nightlyakia"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=nightly%0Aakia%0Ahttp+zzz"));
    }

    void renamedOrganizationIsFoundByItsNewName() {
        House house;
        (void)house.create("nightly");
        house.organization(1, "Gamma Gro\xC3\x9Fhandel");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=alpha"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=grosshandel+nightly"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=ga", "manager1"));
    }

    void searchFollowsChangesAtOnce() {
        House house;
        const auto id = house.create("nightly");
        (void)house.patch(House::at(id), R"({"name":"weekly"})");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=nightly"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=weekly"));
        (void)house.patch(House::at(id), R"({"accessKeyId":"BRANDNEW"})");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=brandnew"));
        (void)house.put(House::at(id, "/projects/prj"), R"({"name":"Payments"})");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=payments"));
        (void)house.remove(House::at(id, "/projects/prj"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=payments"));
        (void)house.remove(House::at(id));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=weekly"));
    }

    void searchStaysInTheScope() {
        House house;
        (void)house.create("nightly", 1);
        (void)house.create("nightly", 2);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "search=nightly"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=nightly", "manager2"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=alpha", "manager2"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=nightly&organizationId=1", "manager2"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=nightly&organizationId=1"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "organizationId=99"));
    }

    void filtersCombine() {
        House house;
        const auto plain = house.create("plain");
        const auto locked = house.create("locked");
        const auto chosen = house.create("chosen");
        (void)house.create("theirs", 2);
        (void)house.put(House::at(chosen, "/default"));
        (void)house.put(House::at(locked, "/projects/web"), R"({"name":"Web"})");
        (void)house.put(House::at(locked, "/lock"), R"({"reason":"why"})");
        house.sql("UPDATE backup_credentials_credential SET validation_state = 'failing' WHERE id = " +
                  std::to_string(plain));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "locked=true"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, hits(house, "locked=false"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, hits(house, "locked=false&organizationId=1"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "default=true"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, hits(house, "default=false"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "projectId=web"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "projectId=we"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "validation=failing"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, hits(house, "validation=valid&sort=-name"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "validation=failing&locked=true"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                             hits(house, "projectId=web&locked=true&validation=valid&search=ocke"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "locked=true&search=plain"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "default=true&search=chos", "viewer1"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "default=true", "manager2"));
        CPPUNIT_ASSERT_EQUAL(422, house.get("/backup-credentials?validation=perhaps").status);
        CPPUNIT_ASSERT_EQUAL(422, house.get("/backup-credentials?limit=0").status);
        CPPUNIT_ASSERT_EQUAL(422, house.get("/backup-credentials?limit=501").status);
    }

    void sortsBothWaysByEveryColumn() {
        House house;
        house.createMany(40, 1, "Name-");
        for (const char* column :
             {"id", "name", "accessKeyId", "endpoint", "region", "created", "modified"}) {
            const std::string sort(column);
            auto up = walk(house, "limit=7&sort=" + sort);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(sort, std::size_t{40}, up.size());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(sort, std::size_t{40}, std::set(up.begin(), up.end()).size());
            for (const char* more :
                 {"&organizationId=1", "&search=name", "&validation=valid", "&locked=false"})
                CPPUNIT_ASSERT_MESSAGE(sort + more, up == walk(house, "limit=7&sort=" + sort + more));
            std::ranges::reverse(up);
            CPPUNIT_ASSERT_MESSAGE(sort, up == walk(house, "limit=7&sort=-" + sort));
            CPPUNIT_ASSERT_MESSAGE(sort, up == walk(house, "limit=7&search=name&sort=-" + sort));
        }
        const Answer byName = house.get("/backup-credentials?limit=3&sort=-name");
        CPPUNIT_ASSERT_EQUAL(std::string("Name-9"), byName.list()[0]->getValue<std::string>("name"));
        const Answer byKey = house.get("/backup-credentials?limit=500&sort=accessKeyId");
        std::vector<std::string> keys;
        for (const auto& item : byKey.list())
            keys.push_back(item->getValue<std::string>("accessKeyId"));
        CPPUNIT_ASSERT(std::ranges::is_sorted(keys));
    }

    void filteredListsHaveTheOrderOfTheWholeList() {
        House house;
        house.createMany(40, 1, "One-");
        house.createMany(40, 2, "Two-");
        house.sql(
            "UPDATE backup_credentials_credential SET locked_at = 1, locked_by = 'x', lock_reason = 'x' "
            "WHERE id % 3 = 0");
        house.sql("UPDATE backup_credentials_credential SET validation_state = 'failing' WHERE id % 4 = 0");
        house.sql("UPDATE backup_credentials_credential SET validation_state = 'invalid' WHERE id % 4 = 1");
        const auto only = [](std::vector<std::int64_t> ids, auto matches) {
            std::erase_if(ids, [&](std::int64_t id) { return !matches(id); });
            return ids;
        };
        for (const char* token : {"administrator", "manager1"})
            for (const auto& sort : backup_credentials::search::sortNames()) {
                const std::string sorted = "limit=7&sort=" + sort;
                const auto all = walk(house, sorted, token);
                CPPUNIT_ASSERT(walk(house, sorted + "&locked=true", token) ==
                               only(all, [](auto id) { return id % 3 == 0; }));
                CPPUNIT_ASSERT(walk(house, sorted + "&validation=failing", token) ==
                               only(all, [](auto id) { return id % 4 == 0; }));
                CPPUNIT_ASSERT(walk(house, sorted + "&validation=invalid&locked=false", token) ==
                               only(all, [](auto id) { return id % 4 == 1 && id % 3 != 0; }));
                CPPUNIT_ASSERT(walk(house, sorted + "&validation=failing&locked=true&search=one", token) ==
                               only(all, [](auto id) { return id % 12 == 0 && id <= 40; }));
            }
    }

    void partnersSeeTheirOrganizationsInOneOrder() {
        House house;
        house.organization(3, "Other");
        house.principal("partner", {{Role::partner, 1}, {Role::partner, 2}});
        house.createMany(15, 1, "Uno-");
        house.createMany(15, 2, "Due-");
        house.createMany(15, 3, "Tre-");
        for (const char* sort : {"id", "name", "-region", "-created"}) {
            const auto whole = walk(house, std::string("limit=500&sort=") + sort, "partner");
            CPPUNIT_ASSERT_EQUAL(std::size_t{30}, whole.size());
            CPPUNIT_ASSERT_MESSAGE(sort,
                                   whole == walk(house, std::string("limit=4&sort=") + sort, "partner"));
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{30}, hits(house, "search=region&limit=500", "partner"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, hits(house, "search=tre", "partner"));
    }

    void pagesAreStableWhileRowsComeAndGo() {
        House house;
        house.createMany(20, 1, "Name-");
        const Answer first = house.get("/backup-credentials?limit=10&sort=name");
        const auto seen = first.ids();
        (void)house.create("AAA before the page");
        (void)house.remove(House::at(seen.back()));
        const Answer second =
            house.get("/backup-credentials?limit=500&sort=name&cursor=" + first.text("nextCursor"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{10}, second.ids().size());
        for (const auto id : second.ids())
            CPPUNIT_ASSERT(std::ranges::find(seen, id) == seen.end());
        CPPUNIT_ASSERT(second.isNull("nextCursor"));
    }

    void refusesForeignCursorsAndOrders() {
        House house;
        house.createMany(5, 1, "Name-");
        const std::string cursor = house.get("/backup-credentials?limit=2&sort=name").text("nextCursor");
        for (const char* query : {"sort=-name&cursor=", "sort=id&cursor=", "cursor="}) {
            const Answer answer = house.get("/backup-credentials?" + std::string(query) + cursor);
            CPPUNIT_ASSERT_EQUAL(422, answer.status);
            CPPUNIT_ASSERT(answer.hasError("query.cursor:invalid_cursor"));
        }
        for (const char* rubbish : {"A", "AA", "AAAAA", "%22", "aWQKMQpk", "aWQKeAox"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                rubbish, 422, house.get(std::string("/backup-credentials?cursor=") + rubbish).status);
        CPPUNIT_ASSERT_EQUAL(422, house.get("/backup-credentials?sort=secret").status);
    }

    void tenThousand() {
        House house;
        house.createMany(9000, 1, "Bulk-");
        house.createMany(1000, 2, "Bulk-");
        const Answer all = house.get("/backup-credentials?limit=1");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{10000}, all.number("totalCount"));
        CPPUNIT_ASSERT(all.truth("totalIsExact"));
        const Answer many = house.get("/backup-credentials?limit=1&search=bulk");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, many.number("totalCount"));
        CPPUNIT_ASSERT(!many.truth("totalIsExact"));
        const Answer exact = house.get("/backup-credentials?limit=1&search=bulk&organizationId=2");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, exact.number("totalCount"));
        CPPUNIT_ASSERT(exact.truth("totalIsExact"));
        const Answer unsortable = house.get("/backup-credentials?search=bulk&sort=name");
        CPPUNIT_ASSERT_EQUAL(422, unsortable.status);
        CPPUNIT_ASSERT(unsortable.hasError("query.sort:too_many_matches"));
        CPPUNIT_ASSERT_EQUAL(200, house.get("/backup-credentials?search=bulk&sort=-id").status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{10000}, walk(house, "limit=500&sort=-region").size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{10000}, walk(house, "limit=500&search=bulk").size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, hits(house, "search=bulk-8765"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SearchTest);

} // namespace coffer::test
