#include "tests/plugins/projects/House.h"

#include <coffer/testkit/Test.h>
#include <yaml-cpp/yaml.h>

namespace coffer::test {

/// Who gets which manifest. What stands in one, field by field, is tested with the renderer.
class ManifestsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ManifestsTest);
    COFFER_TEST(holdsLocationAndSchedules);
    COFFER_TEST(readersGetOneWithoutTheSecret);
    COFFER_TEST(theSecretNeedsAGrantByName);
    COFFER_TEST(refusedWhileDisabledLockedOrNotWorking);
    COFFER_TEST(anOverriddenOneIsRendered);
    COFFER_TEST(refusedWithoutABucket);
    COFFER_TEST(namespaceIsAsAskedOrConfigured);
    COFFER_TEST(badRequestsAreRefused);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* canary = "cAnArY";
    static constexpr const char* plain = R"({"format":"velero"})";
    static constexpr const char* secret = R"({"format":"velero","includeSecret":true})";

    static std::string manifests(std::int64_t id) { return House::at(id, "/backup/manifests"); }

public:
    void holdsLocationAndSchedules() {
        House house;
        const auto id = house.createBackedUp("Web shop", house.credentials().create(1, "nightly", "bucket"));
        (void)house.put(House::at(id, "/backup"), R"({"prefix":"shop"})");
        (void)house.post(House::at(id, "/backup/policies"),
                         R"({"name":"nightly","cron":"@daily","includedNamespaces":["web"]})");
        const Answer answer = house.post(manifests(id), plain);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("application/yaml"), answer.contentType);
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), answer.header("Cache-Control"));
        const auto documents = YAML::LoadAll(answer.body);
        std::string kinds;
        for (const auto& document : documents)
            if (document.IsMap())
                kinds += document["kind"].as<std::string>() + " ";
        CPPUNIT_ASSERT_EQUAL(std::string("BackupStorageLocation Schedule "), kinds);
        for (const auto& document : documents)
            if (document.IsMap() && document["kind"].as<std::string>() == "BackupStorageLocation") {
                CPPUNIT_ASSERT_EQUAL(std::string("bucket"),
                                     document["spec"]["objectStorage"]["bucket"].as<std::string>());
                CPPUNIT_ASSERT_EQUAL(std::string("shop"),
                                     document["spec"]["objectStorage"]["prefix"].as<std::string>());
            }
    }
    void readersGetOneWithoutTheSecret() {
        House house;
        const auto id = house.createBackedUp("Web shop", house.credentials().create(1, "nightly", "bucket"));
        const Answer answer = house.as(Role::viewer).request("POST", manifests(id), plain);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200, answer.status);
        CPPUNIT_ASSERT(answer.body.find(canary) == std::string::npos);
        CPPUNIT_ASSERT(house.recorded("project.manifest").after.find(R"("includeSecret":false)") !=
                       std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house.records("backup-credential.use"));
    }
    void theSecretNeedsAGrantByName() {
        House house;
        const auto credential = house.credentials().create(1, "nightly", "bucket");
        const auto other = house.credentials().create(1, "other", "bucket");
        const auto id = house.createBackedUp("Web shop", credential);
        const Answer refused = house.post(manifests(id), secret);
        CPPUNIT_ASSERT_EQUAL(403, refused.status);
        CPPUNIT_ASSERT_EQUAL(std::string("use_not_granted"), refused.code());
        const auto holder = [&](std::int64_t of) {
            return house.host().as(testkit::granted(testkit::somebody(Role::viewer, 1),
                                                    "backup-credentials:use", std::to_string(of)));
        };
        CPPUNIT_ASSERT_EQUAL(403, holder(other).request("POST", manifests(id), secret).status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house.records("project.manifest"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house.records("project.manifest", AuditResult::refused));

        const Answer given = holder(credential).request("POST", manifests(id), secret);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(given.body, 200, given.status);
        CPPUNIT_ASSERT(given.body.find(canary) != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), given.header("Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.records("project.manifest"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.records("backup-credential.use"));
        for (const auto& record : house.host().audit())
            CPPUNIT_ASSERT(toJson(record).find(canary) == std::string::npos);
        CPPUNIT_ASSERT(!house.host().hasLogged(canary));
        house.credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"),
                             holder(credential).request("POST", manifests(id), secret).code());
    }
    void refusedWhileDisabledLockedOrNotWorking() {
        House house;
        const auto credential = house.credentials().create(1, "nightly", "bucket");
        const auto id = house.create("Web shop");
        CPPUNIT_ASSERT_EQUAL(std::string("backup_disabled"), house.post(manifests(id), plain).code());
        (void)house.enable(id, credential);
        house.credentials().lock(credential);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), house.post(manifests(id), plain).code());
        house.credentials().unlock(credential);
        house.credentials().becomes(credential, "failing");
        CPPUNIT_ASSERT_EQUAL(std::string("credential_not_working"), house.post(manifests(id), plain).code());
        house.credentials().becomes(credential, "valid");
        CPPUNIT_ASSERT_EQUAL(200, house.post(manifests(id), plain).status);
    }
    void anOverriddenOneIsRendered() {
        House house;
        const auto credential = house.credentials().create(1, "nightly", "bucket");
        house.credentials().becomes(credential, "failing");
        const auto id = house.create("Web shop");
        (void)house.enable(id, credential, R"(,"acceptFailing":true)");
        CPPUNIT_ASSERT_EQUAL(200, house.post(manifests(id), plain).status);
    }
    void refusedWithoutABucket() {
        House house;
        const auto id = house.createBackedUp("Web shop", house.credentials().create(1, "nightly"));
        CPPUNIT_ASSERT_EQUAL(std::string("no_bucket"), house.post(manifests(id), plain).code());
        (void)house.put(House::at(id, "/backup"), R"({"bucket":"backups"})");
        CPPUNIT_ASSERT_EQUAL(200, house.post(manifests(id), plain).status);
    }
    void namespaceIsAsAskedOrConfigured() {
        House house(testkit::FakeHost::Options{{"velero_namespace", "backups"}});
        const auto id = house.createBackedUp("Web shop", house.credentials().create(1, "nightly", "bucket"));
        const auto namespaceIn = [](const Answer& answer) {
            for (const auto& document : YAML::LoadAll(answer.body))
                if (document.IsMap())
                    return document["metadata"]["namespace"].as<std::string>();
            return std::string();
        };
        CPPUNIT_ASSERT_EQUAL(std::string("backups"), namespaceIn(house.post(manifests(id), plain)));
        CPPUNIT_ASSERT_EQUAL(
            std::string("velero-2"),
            namespaceIn(house.post(manifests(id), R"({"format":"velero","namespace":"velero-2"})")));
    }
    void badRequestsAreRefused() {
        House house;
        const auto id = house.createBackedUp("Web shop", house.credentials().create(1, "nightly", "bucket"));
        for (const char* body : {"{}", R"({"format":"helm"})", R"({"format":"velero","namespace":"A_b"})"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(body, 422, house.post(manifests(id), body).status);
        CPPUNIT_ASSERT_EQUAL(403, house.as(Role::auditor).request("POST", manifests(id), plain).status);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ManifestsTest);

} // namespace coffer::test
