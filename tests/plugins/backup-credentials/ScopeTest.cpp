#include "tests/plugins/backup-credentials/House.h"

namespace coffer::test {

/// Who sees what, and what nobody sees.
class ScopeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ScopeTest);
    COFFER_TEST(othersDoNotExist);
    COFFER_TEST(viewersReadAndChangeNothing);
    COFFER_TEST(refusalsOfOthersAreNotInTheHistory);
    COFFER_TEST(manyRefusalsOfOthersHideNothingOfTheHistory);
    COFFER_TEST(canaryIsNowhere);
    CPPUNIT_TEST_SUITE_END();

public:
    void othersDoNotExist() {
        House house;
        const auto id = house.create("nightly", 1);
        const auto missing = id + 1000;
        const auto same = [&](const std::string& method, const std::string& rest,
                              const std::string& body = {}) {
            const Answer theirs = house.send("manager2", method, House::at(id, rest), body);
            const Answer none = house.send("manager2", method, House::at(missing, rest), body);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(method + rest, 404, theirs.status);
            CPPUNIT_ASSERT_EQUAL(none.body, theirs.body);
        };
        same("GET", "");
        same("PATCH", "", R"({"name":"stolen"})");
        same("DELETE", "");
        same("PUT", "/lock", R"({"reason":"mine"})");
        same("DELETE", "/lock");
        same("PUT", "/default");
        same("DELETE", "/default");
        same("POST", "/probe");
        same("GET", "/projects");
        same("PUT", "/projects/p", R"({"name":"p"})");
        same("DELETE", "/projects/p");
        same("GET", "/history");
        CPPUNIT_ASSERT_EQUAL(
            404, house.send("manager2", "POST", "/backup-credentials", House::body("new", 1)).status);
        CPPUNIT_ASSERT_EQUAL(
            404, house.send("manager2", "GET", "/backup-credentials/default?organizationId=1").status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             house.send("manager2", "GET", "/backup-credentials").number("totalCount"));
    }

    void viewersReadAndChangeNothing() {
        House house;
        house.principal("both", {{Role::viewer, 1}, {Role::manager, 2}});
        const auto id = house.create("nightly", 1);
        for (const char* token : {"viewer1", "both"}) {
            CPPUNIT_ASSERT_EQUAL(200, house.send(token, "GET", House::at(id)).status);
            CPPUNIT_ASSERT_EQUAL(403,
                                 house.send(token, "PATCH", House::at(id), R"({"name":"other"})").status);
            CPPUNIT_ASSERT_EQUAL(403, house.send(token, "DELETE", House::at(id)).status);
            CPPUNIT_ASSERT_EQUAL(
                403, house.send(token, "POST", "/backup-credentials", House::body("new", 1)).status);
        }
    }

    void refusalsOfOthersAreNotInTheHistory() {
        House house;
        house.principal("viewer2", {{Role::viewer, 2}});
        const auto id = house.create("nightly", 1);
        CPPUNIT_ASSERT_EQUAL(403, house.send("viewer2", "DELETE", House::at(id)).status);
        CPPUNIT_ASSERT_EQUAL(403, house.send("viewer1", "DELETE", House::at(id)).status);
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.delete", AuditResult::refused));
        for (const char* token : {"viewer1", "manager1", "administrator"}) {
            const Answer shown = house.send(token, "GET", House::at(id, "/history"));
            CPPUNIT_ASSERT_EQUAL(200, shown.status);
            CPPUNIT_ASSERT(shown.body.find("viewer2") == std::string::npos);
            CPPUNIT_ASSERT(shown.body.find("viewer1 was refused") != std::string::npos);
            CPPUNIT_ASSERT(shown.body.find("administrator created it") != std::string::npos);
            CPPUNIT_ASSERT(shown.truth("totalIsExact"));
            CPPUNIT_ASSERT_EQUAL(static_cast<std::int64_t>(shown.list().size()), shown.number("totalCount"));
        }
    }

    void manyRefusalsOfOthersHideNothingOfTheHistory() {
        House house;
        house.principal("viewer2", {{Role::viewer, 2}});
        const auto id = house.create("nightly", 1);
        for (int i = 0; i < 3; ++i) {
            CPPUNIT_ASSERT_EQUAL(403, house.send("viewer1", "DELETE", House::at(id)).status);
            for (int j = 0; j < 10; ++j)
                CPPUNIT_ASSERT_EQUAL(403, house.send("viewer2", "DELETE", House::at(id)).status);
        }
        const auto all = house.send("viewer1", "GET", House::at(id, "/history")).list().size();
        CPPUNIT_ASSERT(all >= 4);
        std::size_t seen = 0;
        std::string cursor;
        for (bool last = false; !last;) {
            const Answer page = house.send("viewer1", "GET", House::at(id, "/history?limit=1" + cursor));
            CPPUNIT_ASSERT_EQUAL(200, page.status);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, page.list().size());
            CPPUNIT_ASSERT(page.body.find("viewer2") == std::string::npos);
            ++seen;
            last = page.isNull("nextCursor");
            cursor = "&cursor=" + page.text("nextCursor");
        }
        CPPUNIT_ASSERT_EQUAL(all, seen);
    }

    void canaryIsNowhere() {
        House house;
        const auto id = house.create("nightly");
        const auto other = house.create("other");
        std::string seen;
        seen += house.get(House::at(id)).body;
        seen += house.get("/backup-credentials").body;
        seen += house.post("/backup-credentials", House::body("nightly")).body;
        seen += house.post("/backup-credentials", House::body("x")).body;
        seen += house.post("/backup-credentials/probe", House::body("x")).body;
        seen += house.post(House::at(id, "/probe"), "").body;
        seen +=
            house.patch(House::at(id), R"({"secretAccessKey":"wrong-)" + std::string(canary) + "\"}").body;
        seen += house.get(House::at(id, "/history")).body;
        (void)house.remove(House::at(other));
        seen += house.database();
        for (const auto& record : house.host().audit())
            seen += toJson(record);
        seen += house.host().metricsText();
        CPPUNIT_ASSERT(seen.find("nightly") != std::string::npos);
        CPPUNIT_ASSERT(seen.find("cAnArY") == std::string::npos);
        CPPUNIT_ASSERT(!house.host().hasLogged("cAnArY"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ScopeTest);

} // namespace coffer::test
