#include "tests/plugins/projects/House.h"

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// Backup policies.
class PoliciesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PoliciesTest);
    COFFER_TEST(oneIsCreatedShownChangedAndDeletedAndAllOfItRecorded);
    COFFER_TEST(retentionAndTimeZoneHaveDefaults);
    COFFER_TEST(nextRunsFollowTheTimeZone);
    COFFER_TEST(nameIsUniqueInItsProject);
    COFFER_TEST(badFieldsAreAllNamed);
    COFFER_TEST(namespacesMustFitAlsoAfterAChange);
    COFFER_TEST(anOldVersionIsRefused);
    COFFER_TEST(aProjectHasAtMostAHundred);
    COFFER_TEST(policiesOutliveBackupAndSuspension);
    COFFER_TEST(policiesGoWithTheirProject);
    COFFER_TEST(aPolicyIsFoundInItsProjectOnly);
    COFFER_TEST(listsPage);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* nightly =
        R"({"name":"nightly","cron":"30 2 * * *","includedNamespaces":["web","db"]})";

    static std::string policies(std::int64_t project, const std::string& rest = {}) {
        return House::at(project, "/backup/policies" + rest);
    }
    static std::string withName(const std::string& name) {
        return R"({"name":")" + name + R"(","cron":"@daily","excludedNamespaces":["kube-system"]})";
    }

public:
    void oneIsCreatedShownChangedAndDeletedAndAllOfItRecorded() {
        House house;
        const auto project = house.create("Web shop");
        const Answer created = house.post(policies(project), nightly);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(created.body, 201, created.status);
        const std::string one = policies(project, "/" + std::to_string(created["id"].integer()));
        CPPUNIT_ASSERT_EQUAL("/api/v1" + one, created.header("Location"));
        CPPUNIT_ASSERT_EQUAL(created.body, house.get(one).body);
        CPPUNIT_ASSERT_EQUAL(project, created["projectId"].integer());
        CPPUNIT_ASSERT_EQUAL(std::string("db"), created["includedNamespaces"][1].text());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, created["excludedNamespaces"].size());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.get(House::at(project))["policyCount"].integer());

        const Answer changed = house.patch(one, R"({"cron":"@weekly","retention":"3d"})");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(changed.body, std::string("@weekly"), changed["cron"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("72h"), changed["retention"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("nightly"), changed["name"].text());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, changed["version"].integer());
        const auto event = house.recorded("project.update-policy");
        CPPUNIT_ASSERT_EQUAL(R"({"policyId":)" + std::to_string(created["id"].integer()) +
                                 R"(,"cron":"30 2 * * *","retention":"720h","version":1})",
                             event.before);
        CPPUNIT_ASSERT_EQUAL(std::to_string(project), event.objectId);

        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.patch(one, "{}")["version"].integer());
        CPPUNIT_ASSERT_EQUAL(204, house.remove(one).status);
        CPPUNIT_ASSERT_EQUAL(404, house.get(one).status);
        CPPUNIT_ASSERT_EQUAL(404, house.remove(one).status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.records("project.delete-policy"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.get(House::at(project))["version"].integer());
    }
    void retentionAndTimeZoneHaveDefaults() {
        House house(testkit::FakeHost::Options{{"default_retention", "48h"}});
        const auto project = house.create("Web shop");
        const Answer created = house.post(policies(project), nightly);
        CPPUNIT_ASSERT_EQUAL(std::string("48h"), created["retention"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("UTC"), created["timeZone"].text());
        CPPUNIT_ASSERT_THROW(House(testkit::FakeHost::Options{{"default_retention", "90m"}}), std::exception);
        CPPUNIT_ASSERT_THROW(House(testkit::FakeHost::Options{{"velero_namespace", "No_Label"}}),
                             std::exception);
    }
    void nextRunsFollowTheTimeZone() {
        House house;
        const auto project = house.create("Web shop");
        const Answer utc = house.post(policies(project), nightly);
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, utc["nextRuns"].size());
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-03T02:30:00.000Z"), utc["nextRuns"][0].text());
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-07T02:30:00.000Z"), utc["nextRuns"][4].text());
        const Answer prague = house.patch(policies(project, "/" + std::to_string(utc["id"].integer())),
                                          R"({"timeZone":"Europe/Prague"})");
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-03T01:30:00.000Z"), prague["nextRuns"][0].text());
    }
    void nameIsUniqueInItsProject() {
        House house;
        const auto project = house.create("Web shop");
        (void)house.post(policies(project), withName("nightly"));
        CPPUNIT_ASSERT_EQUAL(std::string("name_taken"),
                             house.post(policies(project), withName("NIGHTLY")).code());
        const Answer other = house.post(policies(project), withName("weekly"));
        CPPUNIT_ASSERT_EQUAL(std::string("name_taken"),
                             house
                                 .patch(policies(project, "/" + std::to_string(other["id"].integer())),
                                        R"({"name":"Nightly"})")
                                 .code());
        CPPUNIT_ASSERT_EQUAL(201, house.post(policies(house.create("other")), withName("nightly")).status);
    }
    void badFieldsAreAllNamed() {
        House house;
        const auto project = house.create("Web shop");
        const Answer refused =
            house.post(policies(project), R"({"name":"ab","cron":"61 * * * *","timeZone":"Mars/Base",)"
                                          R"("retention":"5 apples"})");
        const std::vector<std::string> expected{"name:too_short", "cron:invalid_cron",
                                                "timeZone:unknown_time_zone", "retention:invalid_retention",
                                                "includedNamespaces:required"};
        for (const auto& error : expected)
            CPPUNIT_ASSERT_MESSAGE(refused.body, std::ranges::count(refused.errors(), error) == 1);
        CPPUNIT_ASSERT_EQUAL(422, house.post(policies(project), R"({"name":"nightly"})").status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.ask("SELECT count(*) FROM projects_policy"));
    }
    void namespacesMustFitAlsoAfterAChange() {
        House house;
        const auto project = house.create("Web shop");
        const Answer created = house.post(policies(project), nightly);
        const std::string one = policies(project, "/" + std::to_string(created["id"].integer()));
        CPPUNIT_ASSERT_EQUAL(422, house.patch(one, R"({"excludedNamespaces":["web"]})").status);
        CPPUNIT_ASSERT_EQUAL(422, house.patch(one, R"({"includedNamespaces":[]})").status);
        CPPUNIT_ASSERT_EQUAL(422, house.patch(one, R"({"includedNamespaces":["No_Label"]})").status);
        CPPUNIT_ASSERT_EQUAL(created.body, house.get(one).body);
        CPPUNIT_ASSERT_EQUAL(
            200, house.patch(one, R"({"includedNamespaces":[],"excludedNamespaces":["web"]})").status);
    }
    void anOldVersionIsRefused() {
        House house;
        const auto project = house.create("Web shop");
        const Answer created = house.post(policies(project), nightly);
        const std::string one = policies(project, "/" + std::to_string(created["id"].integer()));
        const testkit::Headers old{{"If-Match", "\"7\""}};
        CPPUNIT_ASSERT_EQUAL(412, house.host().request("PATCH", one, R"({"name":"other"})", old).status);
        CPPUNIT_ASSERT_EQUAL(412, house.host().request("DELETE", one, "", old).status);
        CPPUNIT_ASSERT_EQUAL(
            204, house.host().request("DELETE", one, "", {{"If-Match", created.header("ETag")}}).status);
    }
    void aProjectHasAtMostAHundred() {
        House house;
        const auto project = house.create("Web shop");
        for (int i = 0; i < 100; ++i)
            CPPUNIT_ASSERT_EQUAL(
                201, house.post(policies(project), withName("policy " + std::to_string(i))).status);
        CPPUNIT_ASSERT_EQUAL(std::string("too_many_policies"),
                             house.post(policies(project), withName("one more")).code());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{100}, house.get(policies(project))["totalCount"].integer());
    }
    void policiesOutliveBackupAndSuspension() {
        House house;
        const auto credential = house.credentials().create(1, "nightly");
        const auto project = house.create("Web shop");
        (void)house.post(policies(project), nightly);
        (void)house.enable(project, credential);
        house.credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), house.state(project));
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, house.get(policies(project))["items"][0]["nextRuns"].size());
        CPPUNIT_ASSERT_EQUAL(201, house.post(policies(project), withName("another")).status);
        (void)house.remove(House::at(project, "/backup"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.get(policies(project))["totalCount"].integer());
    }
    void policiesGoWithTheirProject() {
        House house;
        const auto project = house.create("Web shop");
        (void)house.post(policies(project), nightly);
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(project)).status);
        CPPUNIT_ASSERT_EQUAL(404, house.get(policies(project)).status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.ask("SELECT count(*) FROM projects_policy"));
    }
    void aPolicyIsFoundInItsProjectOnly() {
        House house;
        const auto first = house.create("first");
        const auto second = house.create("second");
        const Answer created = house.post(policies(first), nightly);
        const std::string elsewhere = policies(second, "/" + std::to_string(created["id"].integer()));
        CPPUNIT_ASSERT_EQUAL(404, house.get(elsewhere).status);
        CPPUNIT_ASSERT_EQUAL(404, house.patch(elsewhere, R"({"name":"mine"})").status);
        CPPUNIT_ASSERT_EQUAL(404, house.remove(elsewhere).status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.get(policies(first))["totalCount"].integer());
    }
    void listsPage() {
        House house;
        const auto project = house.create("Web shop");
        for (int i = 0; i < 5; ++i)
            (void)house.post(policies(project), withName("policy " + std::to_string(i)));
        const Answer first = house.get(policies(project, "?limit=3"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, first["items"].size());
        const Answer rest = house.get(policies(project, "?limit=3&cursor=" + first["nextCursor"].text()));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, rest["items"].size());
        CPPUNIT_ASSERT_EQUAL(std::string("policy 3"), rest["items"][0]["name"].text());
        CPPUNIT_ASSERT(rest["nextCursor"].isNull());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PoliciesTest);

} // namespace coffer::test
