#include "tests/plugins/projects/House.h"

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// While backup-credentials is disabled or in quarantine.
class GoneTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GoneTest);
    COFFER_TEST(readsGoOnWithAnUnknownState);
    COFFER_TEST(changesThatNeedItAnswer503AndChangeNothing);
    COFFER_TEST(changesThatDoNotNeedItGoOn);
    COFFER_TEST(itsHealthAndMetricSayIt);
    CPPUNIT_TEST_SUITE_END();

    struct Bereft {
        House house;
        std::int64_t credential = house.credentials().create(1, "nightly", "bucket");
        std::int64_t backedUp = house.createBackedUp("Web shop", credential);
        std::int64_t without = house.create("Other thing");
        Bereft() { house.takeCredentialsAway(); }
    };

public:
    void readsGoOnWithAnUnknownState() {
        Bereft all;
        House& house = all.house;
        const auto backup = house.get(House::at(all.backedUp))["backup"];
        CPPUNIT_ASSERT_EQUAL(std::string("unknown"), backup["state"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("backup_credentials_gone"), backup["reason"]["code"].text());
        CPPUNIT_ASSERT_EQUAL(all.credential, backup["credentialId"].integer());
        CPPUNIT_ASSERT(backup["credential"].isNull());
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), house.state(all.without));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.get("/projects?sort=name")["totalCount"].integer());
        CPPUNIT_ASSERT_EQUAL(std::to_string(all.without) + " ", house.ids("/projects?backup=disabled"));
        CPPUNIT_ASSERT_EQUAL(200, house.get(House::at(all.backedUp, "/history")).status);
        for (const char* state : {"enabled", "suspended"}) {
            const Answer asked = house.get(std::string("/projects?backup=") + state);
            CPPUNIT_ASSERT_EQUAL(503, asked.status);
            CPPUNIT_ASSERT_EQUAL(std::string("backup_credentials_gone"), asked.code());
            CPPUNIT_ASSERT(!asked.header("Retry-After").empty());
        }
    }
    void changesThatNeedItAnswer503AndChangeNothing() {
        Bereft all;
        House& house = all.house;
        const auto before = house.host().audit().size();
        for (const auto& answer :
             {house.enable(all.without, all.credential), house.remove(House::at(all.backedUp, "/backup")),
              house.patch(House::at(all.backedUp), R"({"name":"Shop","description":"new"})"),
              house.remove(House::at(all.backedUp, "?disableBackup=true")),
              house.post("/projects", House::body("third", 1, R"(,"enableBackup":true)")),
              house.post(House::at(all.backedUp, "/backup/manifests"), R"({"format":"velero"})")}) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 503, answer.status);
            CPPUNIT_ASSERT_EQUAL(std::string("backup_credentials_gone"), answer.code());
        }
        CPPUNIT_ASSERT_EQUAL(before, house.host().audit().size());
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop"), house.get(House::at(all.backedUp))["name"].text());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.get("/projects")["totalCount"].integer());
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop "), house.credentials().projects(all.credential));
        CPPUNIT_ASSERT_THROW(house.credentials().remove(all.credential), Problem);
    }
    void changesThatDoNotNeedItGoOn() {
        Bereft all;
        House& house = all.house;
        CPPUNIT_ASSERT_EQUAL(200, house.patch(House::at(all.backedUp), R"({"description":"sells"})").status);
        CPPUNIT_ASSERT_EQUAL(200, house.patch(House::at(all.without), R"({"name":"Thing"})").status);
        CPPUNIT_ASSERT_EQUAL(201,
                             house
                                 .post(House::at(all.backedUp, "/backup/policies"),
                                       R"({"name":"nightly","cron":"@daily","includedNamespaces":["web"]})")
                                 .status);
        CPPUNIT_ASSERT_EQUAL(201, house.post("/projects", House::body("third")).status);
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(all.without)).status);
        CPPUNIT_ASSERT_EQUAL(409, house.remove(House::at(all.backedUp)).status);
    }
    void itsHealthAndMetricSayIt() {
        House well;
        CPPUNIT_ASSERT(well.host().health().state == Health::State::ok);
        Bereft all;
        const Health health = all.house.host().health();
        CPPUNIT_ASSERT(health.state == Health::State::degraded);
        CPPUNIT_ASSERT(health.reason.find("backup-credentials") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(1.0, all.house.host().metric(R"(coffer_projects{backup="unknown"})"));
        CPPUNIT_ASSERT_EQUAL(1.0, all.house.host().metric(R"(coffer_projects{backup="disabled"})"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(GoneTest);

} // namespace coffer::test
