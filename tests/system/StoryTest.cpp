#include "tests/support/DaemonProcess.h"
#include "tests/support/ObjectGateway.h"
#include "tests/support/S3Stub.h"

#include <Poco/JSON/Array.h>

#include <map>
#include <set>

using namespace coffer::test;

namespace {

void assertRefused(const Answer& answer, int status, const std::string& code) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, status, answer.status);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, code, answer.code());
}

void assertDone(const Answer& answer, int status = 200) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, status, answer.status);
}

void assertInvalid(const Answer& answer, const std::string& cause) {
    assertRefused(answer, 422, "invalid_s3_credentials");
    CPPUNIT_ASSERT_EQUAL(std::string("Invalid S3 credentials"), answer.text("title"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, cause, answer.text("cause"));
    CPPUNIT_ASSERT_MESSAGE("no advice: " + answer.body, !answer.text("advice").empty());
}

/// `{"name":...}` with more members, each `"name":"text"`.
std::string object(const std::map<std::string, std::string>& members) {
    Poco::JSON::Object json;
    for (const auto& [name, value] : members)
        json.set(name, value);
    std::ostringstream out;
    json.stringify(out);
    return out.str();
}

} // namespace

/// What the first page of the README leads through, against a real S3 server.
class StoryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StoryTest);
    COFFER_TEST(keysThatTheServerRefusesAreNotStored);
    COFFER_TEST(aCredentialLivesFromCreationToDeletion);
    COFFER_TEST(keysThatWereRotatedOnTheServerAreSeenAndReplaced);
    COFFER_TEST(aServerWithItsOwnAuthorityNeedsItsCertificate);
    CPPUNIT_TEST_SUITE_END();

public:
    void tearDown() override {
        daemon_.reset();
        gateway_.reset();
    }

    void keysThatTheServerRefusesAreNotStored() {
        start();
        gateway_->createUser("suspended", "SUSPENDEDUSER0000001", "suspendedSecret/0123456789abcdefghijklmn");
        gateway_->suspendUser("suspended");
        Client client = daemon_->client();
        assertInvalid(create("nightly", gateway_->accessKeyId(), "notTheSecret"), "wrong_secret");
        assertInvalid(create("nightly", "NOBODYSKEY0000000001", gateway_->secretAccessKey()), "unknown_key");
        assertInvalid(create("nightly", "SUSPENDEDUSER0000001", "suspendedSecret/0123456789abcdefghijklmn"),
                      "suspended");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, client.get("/backup-credentials").number("totalCount"));
        const auto audit = client.get("/audit?action=backup-credential.create&result=refused");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(audit.body, std::int64_t{3}, audit.number("totalCount"));
        gateway_->enableUser("suspended");
        assertDone(create("nightly", "SUSPENDEDUSER0000001", "suspendedSecret/0123456789abcdefghijklmn"),
                   201);
    }

    void aCredentialLivesFromCreationToDeletion() {
        start();
        Client client = daemon_->client();
        const auto made = create("nightly", gateway_->accessKeyId(), gateway_->secretAccessKey());
        assertDone(made, 201);
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), made.text("validation.verdict"));
        CPPUNIT_ASSERT_EQUAL(std::string("Acme"), made.text("organization.name"));
        path_ = "/backup-credentials/" + made.text("id");

        assertFoundByAnyPart();
        const auto chosen = client.put(path_ + "/default");
        assertDone(chosen);
        const auto filledIn =
            client.get("/backup-credentials/default?organizationId=" + std::to_string(organization_));
        assertDone(filledIn);
        CPPUNIT_ASSERT_EQUAL(made.text("id"), filledIn.text("id"));

        assertALockRefusesEverything();
        assertDone(client.remove(path_ + "/lock"));
        CPPUNIT_ASSERT_EQUAL(std::string("true"), client.remove(path_ + "/lock").text("alreadyUnlocked"));

        assertDone(client.put(path_ + "/projects/shop", R"({"name":"Web shop"})"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, found("search=Web%20sh"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, found("projectId=shop"));
        const auto refused = client.remove(path_);
        assertRefused(refused, 409, "credential_in_use");
        CPPUNIT_ASSERT_MESSAGE(refused.body, refused.text("detail").find("Web shop") != std::string::npos);
        assertDone(client.remove(path_ + "/projects/shop"), 204);
        assertHistoryTells({"backup-credential.create", "backup-credential.make-default",
                            "backup-credential.lock", "backup-credential.unlock",
                            "backup-credential.associate", "backup-credential.release"});
        assertDone(client.remove(path_), 204);
        assertRefused(client.get(path_), 404, "not_found");
        assertAuditTells(made.text("id"));
    }

    void keysThatWereRotatedOnTheServerAreSeenAndReplaced() {
        start();
        Client client = daemon_->client();
        const auto made = create("nightly", gateway_->accessKeyId(), gateway_->secretAccessKey());
        assertDone(made, 201);
        path_ = "/backup-credentials/" + made.text("id");
        assertDone(client.post(path_ + "/probe"));

        const std::string rotated = "rotatedSecret/0123456789abcdefghijklmnop";
        gateway_->rotateKey("user", gateway_->accessKeyId(), rotated);
        const auto probed = client.post(path_ + "/probe");
        assertDone(probed);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(probed.body, std::string("false"), probed.text("works"));
        CPPUNIT_ASSERT_EQUAL(std::string("wrong_secret"), probed.text("cause"));
        auto shown = client.get(path_);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(shown.body, std::string("invalid"), shown.text("validation.verdict"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, found("validation=invalid"));

        const auto before = shown.text("secretFingerprint");
        const auto version = shown.number("version");
        assertInvalid(client.patch(path_, object({{"secretAccessKey", "notTheSecretEither"}})),
                      "wrong_secret");
        shown = client.get(path_);
        CPPUNIT_ASSERT_EQUAL(before, shown.text("secretFingerprint"));
        CPPUNIT_ASSERT_EQUAL(version, shown.number("version"));

        const auto patched = client.patch(path_, object({{"secretAccessKey", rotated}}));
        assertDone(patched);
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), patched.text("validation.verdict"));
        CPPUNIT_ASSERT(before != patched.text("secretFingerprint"));
        CPPUNIT_ASSERT_EQUAL(version + 1, patched.number("version"));
        const auto again = client.post(path_ + "/probe");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(again.body, std::string("true"), again.text("works"));
    }

    void aServerWithItsOwnAuthorityNeedsItsCertificate() {
        start(ObjectGateway::Transport::tls);
        Client client = daemon_->client();
        assertInvalid(create("nightly", gateway_->accessKeyId(), gateway_->secretAccessKey()), "tls");
        auto members = keys("nightly", gateway_->accessKeyId(), gateway_->secretAccessKey());
        members.erase("organizationId");
        members.erase("name");
        members["caCertificate"] = gateway_->certificate();
        const auto tried = client.post("/backup-credentials/probe", object(members));
        assertDone(tried);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(tried.body, std::string("true"), tried.text("works"));

        members["name"] = "nightly";
        std::string body = object(members);
        body.insert(1, R"("organizationId":)" + std::to_string(organization_) + ",");
        const auto made = client.post("/backup-credentials", body);
        assertDone(made, 201);
        path_ = "/backup-credentials/" + made.text("id");
        // Without it the stored one would be refused too, and therefore it stays.
        assertInvalid(client.patch(path_, R"({"caCertificate":null})"), "tls");
        CPPUNIT_ASSERT_EQUAL(gateway_->certificate(), client.get(path_).text("caCertificate"));
        CPPUNIT_ASSERT_EQUAL(std::string("true"), client.post(path_ + "/probe").text("works"));
    }

private:
    void start(ObjectGateway::Transport transport = ObjectGateway::Transport::plain) {
        gateway_ = std::make_unique<ObjectGateway>(transport);
        daemon_ = std::make_unique<DaemonProcess>();
        organization_ = daemon_->addOrganization("Acme");
    }
    std::map<std::string, std::string> keys(const std::string& name, const std::string& accessKeyId,
                                            const std::string& secret) const {
        return {{"name", name},
                {"endpoint", gateway_->endpoint()},
                {"region", gateway_->region()},
                {"accessKeyId", accessKeyId},
                {"secretAccessKey", secret}};
    }
    Answer create(const std::string& name, const std::string& accessKeyId, const std::string& secret) {
        std::string body = object(keys(name, accessKeyId, secret));
        body.insert(1, R"("organizationId":)" + std::to_string(organization_) + ",");
        return daemon_->client().post("/backup-credentials", body);
    }
    std::int64_t found(const std::string& query) {
        const auto answer = daemon_->client().get("/backup-credentials?" + query);
        assertDone(answer);
        return answer.number("totalCount");
    }
    void assertFoundByAnyPart() {
        const std::string endpoint = gateway_->endpoint();
        for (const std::string& part :
             {std::string("night"), std::string("IGHTL"), std::string("ghtly"), std::string("n"),
              std::string("NI"), gateway_->accessKeyId().substr(5, 6), std::string("acme"), std::string("ac"),
              std::string("127.0.0"), endpoint.substr(endpoint.rfind(':') + 1), gateway_->region(),
              std::string("night%20acme")})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(part, std::int64_t{1}, found("search=" + part));
        for (const std::string part : {"weekly", "ig", "night%20weekly", "q"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(part, std::int64_t{0}, found("search=" + part));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, found("locked=true"));
    }
    void assertALockRefusesEverything() {
        Client client = daemon_->client();
        const std::string reason = "key rotation on Friday";
        const auto locked = client.put(path_ + "/lock", object({{"reason", reason}}));
        assertDone(locked);
        CPPUNIT_ASSERT_EQUAL(std::string("false"), locked.text("alreadyLocked"));
        const auto again = client.put(path_ + "/lock", object({{"reason", "another"}}));
        assertDone(again);
        CPPUNIT_ASSERT_EQUAL(std::string("true"), again.text("alreadyLocked"));
        const auto shown = client.get(path_);
        CPPUNIT_ASSERT_EQUAL(reason, shown.text("lock.reason"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), shown.text("lock.by"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, found("locked=true"));
        assertRefused(client.patch(path_, R"({"name":"weekly"})"), 409, "credential_locked");
        assertRefused(client.patch(path_, object({{"secretAccessKey", gateway_->secretAccessKey()}})), 409,
                      "credential_locked");
        assertRefused(client.put(path_ + "/projects/shop", R"({"name":"Web shop"})"), 409,
                      "credential_locked");
        const auto refused = client.remove(path_);
        assertRefused(refused, 409, "credential_locked");
        CPPUNIT_ASSERT_MESSAGE(refused.body, refused.text("detail").find(reason) != std::string::npos);
        assertDone(client.remove(path_ + "/default"));
        assertRefused(client.put(path_ + "/default"), 409, "credential_locked");
        assertDone(client.post(path_ + "/probe"));
        CPPUNIT_ASSERT_EQUAL(std::string("nightly"), client.get(path_).text("name"));
    }
    void assertHistoryTells(const std::set<std::string>& actions) {
        const auto history = daemon_->client().get(path_ + "/history?limit=100");
        assertDone(history);
        std::set<std::string> told;
        const auto items = history.json()->getArray("items");
        for (std::size_t i = 0; i < items->size(); ++i) {
            const auto item = items->getObject(static_cast<unsigned>(i));
            if (item->getValue<std::string>("result") == "success")
                told.insert(item->getValue<std::string>("action"));
            CPPUNIT_ASSERT(!item->getValue<std::string>("summary").empty());
        }
        for (const auto& action : actions)
            CPPUNIT_ASSERT_MESSAGE("no " + action + " in " + history.body, told.contains(action));
    }
    void assertAuditTells(const std::string& id) {
        Client client = daemon_->client();
        const std::string about = "/audit?limit=100&objectType=backup-credential&objectId=" + id;
        const auto refused = client.get(about + "&action=backup-credential.delete&result=refused");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(refused.body, std::int64_t{2}, refused.number("totalCount"));
        const auto removed = client.get(about + "&action=backup-credential.delete&result=success");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(removed.body, std::int64_t{1}, removed.number("totalCount"));
        const auto all = client.get(about);
        CPPUNIT_ASSERT_MESSAGE(all.body, all.body.find("127.0.0.1") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE("the secret stands in the audit log",
                               all.body.find(gateway_->secretAccessKey()) == std::string::npos);
    }

    std::unique_ptr<ObjectGateway> gateway_;
    std::unique_ptr<DaemonProcess> daemon_;
    std::int64_t organization_ = 0;
    std::string path_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(StoryTest);
