#include "tests/plugins/projects/House.h"

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// Projects themselves, without backup.
class ProjectsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProjectsTest);
    COFFER_TEST(oneIsCreatedShownChangedAndDeletedAndAllOfItRecorded);
    COFFER_TEST(creatingOffersTheDefault);
    COFFER_TEST(nameIsUniqueInItsOrganizationWhateverItsCase);
    COFFER_TEST(badFieldsAreAllNamed);
    COFFER_TEST(descriptionsMayHaveLinesButNothingThatMisleads);
    COFFER_TEST(idAndOrganizationNeverChange);
    COFFER_TEST(changingNothingChangesNothing);
    COFFER_TEST(anOldVersionIsRefusedEverywhere);
    COFFER_TEST(idsAreNeverGivenOutAgain);
    COFFER_TEST(whatBelongsToOthersReadsAsWhatDoesNotExist);
    COFFER_TEST(whoMayOnlyReadChangesNothing);
    COFFER_TEST(historyIsOfThisProjectAndOrganization);
    COFFER_TEST(organizationsWithProjectsStay);
    COFFER_TEST(everythingHoldsWhenWritesRunTwice);
    CPPUNIT_TEST_SUITE_END();

public:
    void oneIsCreatedShownChangedAndDeletedAndAllOfItRecorded() {
        House house;
        const Answer created =
            house.post("/projects", House::body(" Web shop ", 1, R"(,"description":"sells")"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(created.body, 201, created.status);
        const auto id = created["id"].integer();
        CPPUNIT_ASSERT_EQUAL("/api/v1/projects/" + std::to_string(id), created.header("Location"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"1\""), created.header("ETag"));
        const Answer shown = house.get(House::at(id));
        CPPUNIT_ASSERT_EQUAL(created.body, shown.body);
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop"), shown["name"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("Alpha Werke"), shown["organization"]["name"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("disabled"), shown["backup"]["state"].text());
        CPPUNIT_ASSERT(shown["backup"]["credential"].isNull());
        CPPUNIT_ASSERT(shown["backup"]["since"].isNull());
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), shown["createdBy"].text());
        CPPUNIT_ASSERT(house.recorded("project.create").after.find("Web shop") != std::string::npos);

        const Answer changed = house.patch(House::at(id), R"({"name":"Shop","description":""})");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(changed.body, std::int64_t{2}, changed["version"].integer());
        CPPUNIT_ASSERT_EQUAL(std::string(), changed["description"].text());
        const auto event = house.recorded("project.update");
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Web shop","description":"sells","version":1})"),
                             event.before);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"name":"Shop","description":"","version":2})"), event.after);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, event.organization);

        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id)).status);
        CPPUNIT_ASSERT_EQUAL(404, house.get(House::at(id)).status);
        CPPUNIT_ASSERT(house.recorded("project.delete").before.find("Shop") != std::string::npos);
    }

    void creatingOffersTheDefault() {
        House house;
        const auto credential = house.credentials().create(1, "nightly");
        CPPUNIT_ASSERT(house.post("/projects", House::body("first"))["offeredCredential"].isNull());
        house.credentials().makeDefault(credential);
        const Answer offered = house.post("/projects", House::body("second"));
        CPPUNIT_ASSERT_EQUAL(credential, offered["offeredCredential"]["id"].integer());
        CPPUNIT_ASSERT(!offered["offeredCredential"]["locked"].boolean());
        CPPUNIT_ASSERT(house.post("/projects", House::body("first", 2))["offeredCredential"].isNull());
        house.credentials().lock(credential);
        const Answer locked = house.post("/projects", House::body("third"));
        CPPUNIT_ASSERT(locked["offeredCredential"]["locked"].boolean());
    }

    void nameIsUniqueInItsOrganizationWhateverItsCase() {
        House house;
        const auto id = house.create("Web shop");
        CPPUNIT_ASSERT_EQUAL(std::string("name_taken"),
                             house.post("/projects", House::body("WEB SHOP")).code());
        const auto other = house.create("other");
        CPPUNIT_ASSERT_EQUAL(std::string("name_taken"),
                             house.patch(House::at(other), R"({"name":"web shop"})").code());
        CPPUNIT_ASSERT_EQUAL(200, house.patch(House::at(id), R"({"name":"WEB shop"})").status);
        CPPUNIT_ASSERT_EQUAL(201, house.post("/projects", House::body("Web shop", 2)).status);
    }

    void badFieldsAreAllNamed() {
        House house;
        const Answer refused = house.post(
            "/projects", House::body("ab", 1, R"(,"enableBackup":true,"bucket":"NoBucket","prefix":"/x")"));
        const std::vector<std::string> expected{"name:too_short", "bucket:invalid_bucket",
                                                "prefix:invalid_prefix"};
        CPPUNIT_ASSERT(expected == refused.errors());
        CPPUNIT_ASSERT_EQUAL(
            std::string("bucket:without_backup"),
            house.post("/projects", House::body("name", 1, R"(,"bucket":"b-u-c")")).errors().at(0));
        CPPUNIT_ASSERT_EQUAL(404, house.post("/projects", House::body("name", 99)).status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.ask("SELECT count(*) FROM projects_project"));
    }

    void descriptionsMayHaveLinesButNothingThatMisleads() {
        House house;
        const auto id = house.create("name", 1, R"(,"description":"one\ntwo")");
        CPPUNIT_ASSERT_EQUAL(std::string("one\ntwo"), house.get(House::at(id))["description"].text());
        for (const char* bad : {R"("a\u0007b")", R"("a\u202eb")", R"("a\tb")"})
            CPPUNIT_ASSERT_EQUAL(
                std::string("description:invalid_characters"),
                house.patch(House::at(id), std::string(R"({"description":)") + bad + "}").errors().at(0));
        CPPUNIT_ASSERT_EQUAL(
            422, house.patch(House::at(id), R"({"description":")" + std::string(501, 'x') + "\"}").status);
    }

    void idAndOrganizationNeverChange() {
        House house;
        const auto id = house.create("name");
        const Answer refused = house.patch(House::at(id), R"({"id":7,"organizationId":2})");
        CPPUNIT_ASSERT(
            (std::vector<std::string>{"id:immutable", "organizationId:immutable"} == refused.errors()));
    }

    void changingNothingChangesNothing() {
        House house;
        const auto id = house.create("name");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                             house.patch(House::at(id), R"({"name":"name"})")["version"].integer());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house.records("project.update"));
    }

    void anOldVersionIsRefusedEverywhere() {
        House house;
        const auto credential = house.credentials().create(1, "nightly");
        const auto id = house.createBackedUp("name", credential);
        const testkit::Headers old{{"If-Match", "\"1\""}};
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.get(House::at(id))["version"].integer());
        auto& host = house.host();
        CPPUNIT_ASSERT_EQUAL(412, host.request("PATCH", House::at(id), R"({"name":"other"})", old).status);
        CPPUNIT_ASSERT_EQUAL(
            412, host.request("PUT", House::at(id, "/backup"), R"({"bucket":"other"})", old).status);
        CPPUNIT_ASSERT_EQUAL(412, host.request("DELETE", House::at(id, "/backup"), "", old).status);
        CPPUNIT_ASSERT_EQUAL(412,
                             host.request("DELETE", House::at(id, "?disableBackup=true"), "", old).status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.get(House::at(id))["version"].integer());
        CPPUNIT_ASSERT_EQUAL(
            200, host.request("DELETE", House::at(id, "/backup"), "", {{"If-Match", "\"2\""}}).status);
    }

    void idsAreNeverGivenOutAgain() {
        House house;
        const auto id = house.create("name");
        (void)house.remove(House::at(id));
        CPPUNIT_ASSERT(house.create("name") > id);
    }

    void whatBelongsToOthersReadsAsWhatDoesNotExist() {
        House house;
        const auto others = house.create("others", 2);
        const Caller manager = house.as(Role::manager, 1);
        const auto withoutIdentity = [](std::string body) {
            const auto at = body.find("\"requestId\"");
            return body.substr(0, at);
        };
        const std::vector<std::tuple<std::string, std::string, std::string>> calls{
            {"GET", "", ""},
            {"PATCH", "", R"({"name":"mine"})"},
            {"DELETE", "", ""},
            {"PUT", "/backup", "{}"},
            {"DELETE", "/backup", ""},
            {"POST", "/backup/manifests", R"({"format":"velero"})"},
            {"GET", "/backup/policies", ""},
            {"POST", "/backup/policies",
             R"({"name":"nightly","cron":"@daily","includedNamespaces":["web"]})"},
            {"GET", "/backup/policies/1", ""},
            {"PATCH", "/backup/policies/1", "{}"},
            {"DELETE", "/backup/policies/1", ""},
            {"GET", "/history", ""}};
        for (const auto& [method, rest, body] : calls) {
            const Answer hidden = manager.request(method, House::at(others, rest), body);
            const Answer missing = manager.request(method, House::at(999999, rest), body);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(method + rest + hidden.body, 404, hidden.status);
            CPPUNIT_ASSERT_EQUAL(withoutIdentity(missing.body), withoutIdentity(hidden.body));
        }
        CPPUNIT_ASSERT_EQUAL(404, manager.request("POST", "/projects", House::body("new", 2)).status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             manager.request("GET", "/projects?organizationId=2")["totalCount"].integer());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.get(House::at(others))["version"].integer());
    }

    void whoMayOnlyReadChangesNothing() {
        House house;
        const auto id = house.create("name");
        const Caller viewer = house.as(Role::viewer, 1);
        CPPUNIT_ASSERT_EQUAL(200, viewer.request("GET", House::at(id)).status);
        CPPUNIT_ASSERT_EQUAL(200, viewer.request("GET", "/projects").status);
        CPPUNIT_ASSERT_EQUAL(403, viewer.request("POST", "/projects", House::body("new")).status);
        CPPUNIT_ASSERT_EQUAL(403, viewer.request("PATCH", House::at(id), R"({"name":"new"})").status);
        CPPUNIT_ASSERT_EQUAL(403, viewer.request("DELETE", House::at(id)).status);
        CPPUNIT_ASSERT_EQUAL(403, viewer.request("PUT", House::at(id, "/backup"), "{}").status);
        CPPUNIT_ASSERT_EQUAL(403, house.as(Role::auditor, 1).request("GET", House::at(id)).status);
        // Who manages one organization and views another manages only the first.
        Principal both = testkit::somebody(Role::manager, 2);
        both.roles.push_back({Role::viewer, 1});
        const Answer refused = house.host().as(both).request("PATCH", House::at(id), R"({"name":"new"})");
        CPPUNIT_ASSERT_EQUAL(403, refused.status);
        CPPUNIT_ASSERT_EQUAL(std::string("forbidden"), refused.code());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.get(House::at(id))["version"].integer());
    }

    void historyIsOfThisProjectAndOrganization() {
        House house;
        const auto id = house.create("name");
        (void)house.create("other");
        (void)house.patch(House::at(id), R"({"name":"new name"})");
        (void)house.as(Role::manager, 2).request("PATCH", House::at(id), R"({"name":"mine"})");
        const Answer history = house.get(House::at(id, "/history"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(history.body, std::size_t{2}, history["items"].size());
        CPPUNIT_ASSERT_EQUAL(std::string("administrator changed it"), history["items"][0]["summary"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("administrator created it"), history["items"][1]["summary"].text());
    }

    void organizationsWithProjectsStay() {
        House house;
        const auto id = house.create("name", 2);
        CPPUNIT_ASSERT_THROW(house.host().removeOrganization(2), std::exception);
        (void)house.remove(House::at(id));
        house.host().removeOrganization(2);
    }

    void everythingHoldsWhenWritesRunTwice() {
        House house;
        house.host().runWritesTwice();
        const auto credential = house.credentials().create(1, "nightly");
        const auto id = house.createBackedUp("name", credential);
        CPPUNIT_ASSERT_EQUAL(std::string("name "), house.credentials().projects(credential));
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id, "?disableBackup=true")).status);
        CPPUNIT_ASSERT(house.host().checkStorage().empty());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProjectsTest);

} // namespace coffer::test
