#include "host/identity/TokenAuthenticator.h"
#include "host/identity/LoginSecrets.h"
#include "host/identity/LoginStore.h"
#include "tests/host/identity/House.h"

#include <Poco/Net/HTTPBasicCredentials.h>

namespace coffer::test {

class TokenAuthenticatorTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TokenAuthenticatorTest);
    COFFER_TEST(aTokenTellsWhoIsCallingAndWhatTheyMay);
    COFFER_TEST(nobodyIsKnownWithoutHeader);
    COFFER_TEST(aRobotLogsInWithAccessKeyAndSecret);
    COFFER_TEST(unknownRevokedAndExpiredReadTheSame);
    COFFER_TEST(aRevokedTokenIsRefusedByTheNextRequest);
    COFFER_TEST(tokensOfADeletedPrincipalAreRefusedAtOnce);
    COFFER_TEST(aRotatedRobotsOldSecretIsRefused);
    COFFER_TEST(malformedHeadersAreRefused);
    COFFER_TEST(manyFailuresAreLimitedAndNeverAGoodLogin);
    COFFER_TEST(missingCredentialsAreRecordedAndNeverLimit);
    COFFER_TEST(noTokenIsStoredInTheDatabase);
    CPPUNIT_TEST_SUITE_END();

    House house;
    host::TokenAuthenticator authenticator{
        house.storage(), house.metrics(), {.window = std::chrono::hours{1}}};
    const std::string address = "192.0.2.1";

    std::optional<Principal> login(const std::string& header) {
        host::IncomingRequest request;
        request.head.set("Authorization", header);
        request.address = address;
        return authenticator.authenticate(request);
    }
    Problem refusal(const std::string& header) {
        try {
            (void)login(header);
        } catch (const Problem& problem) {
            return problem;
        }
        CPPUNIT_FAIL("not refused");
        std::abort();
    }
    static std::string basic(const std::string& user, const std::string& password) {
        Poco::Net::HTTPRequest head;
        Poco::Net::HTTPBasicCredentials(user, password).authenticate(head);
        return head.get("Authorization");
    }

    void aTokenTellsWhoIsCallingAndWhatTheyMay() {
        const auto organization = house.makeOrganization("Research");
        const auto admin = house.makePrincipal("Root", {everywhere});
        const auto ada = house.makePrincipal("Ada", {{Role::manager, organization}, {Role::auditor, 0}});
        const auto grants = "/principals/" + std::to_string(ada) + "/grants";
        CPPUNIT_ASSERT_EQUAL(201, house
                                      .call(admin, Method::post, grants,
                                            {{"permission", "backup-credentials:use"}, {"object", "17"}})
                                      .status);
        const auto made = house.call(ada, Method::post, "/whoami/tokens", {{"name", "laptop"}});
        const auto known = login("Bearer " + made.text("token"));
        CPPUNIT_ASSERT(known);
        CPPUNIT_ASSERT_EQUAL(ada, known->id);
        CPPUNIT_ASSERT_EQUAL(std::string("Ada"), known->name);
        CPPUNIT_ASSERT(!known->robot);
        const std::vector<RoleGrant> expected{{Role::manager, organization}, {Role::auditor, 0}};
        CPPUNIT_ASSERT(std::ranges::is_permutation(expected, known->roles));
        CPPUNIT_ASSERT(holdsNamed(*known, "backup-credentials:use", "17"));
    }

    void nobodyIsKnownWithoutHeader() {
        CPPUNIT_ASSERT(!authenticator.authenticate(host::IncomingRequest()));
    }

    Answer makeRobot(std::int64_t organization) {
        const auto admin = house.makePrincipal("Root", {everywhere});
        return house.call(admin, Method::post, "/robots",
                          {{"name", "nightly"}, {"organizationId", organization}, {"role", "viewer"}});
    }

    void aRobotLogsInWithAccessKeyAndSecret() {
        const auto organization = house.makeOrganization("Research");
        const auto robot = makeRobot(organization);
        const auto known = login(basic(robot.text("accessKeyId"), robot.text("secret")));
        CPPUNIT_ASSERT(known && known->robot);
        CPPUNIT_ASSERT_EQUAL(robot.id(), known->id);
        CPPUNIT_ASSERT((known->roles == std::vector<RoleGrant>{{Role::viewer, organization}}));
        CPPUNIT_ASSERT_EQUAL(401, refusal(basic(robot.text("accessKeyId"), "wrong")).status());
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_login"),
                             refusal(basic("CRAAAAAAAAAAAAAAAAAA", robot.text("secret"))).code());
        CPPUNIT_ASSERT_EQUAL(401, refusal("Bearer " + robot.text("secret")).status());
    }

    void unknownRevokedAndExpiredReadTheSame() {
        const auto ada = house.makePrincipal("Ada", {});
        const SecretBytes revoked = host::newToken();
        const SecretBytes expired = host::newToken();
        house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            host::LoginStore store(transaction);
            store.revokeToken(store.insertToken(ada, "a", host::tokenDigest(revoked.reveal()), std::nullopt));
            (void)store.insertToken(ada, "b", host::tokenDigest(expired.reveal()), transaction.now());
        });
        const Problem unknown = refusal("Bearer coffer_unknown");
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_token"), unknown.code());
        CPPUNIT_ASSERT_EQUAL(std::string("WWW-Authenticate"), unknown.headers().at(0).first);
        for (const auto& token : {revoked.reveal(), expired.reveal()}) {
            const Problem problem = refusal("Bearer " + std::string(token));
            CPPUNIT_ASSERT_EQUAL(401, problem.status());
            CPPUNIT_ASSERT_EQUAL(unknown.toJson("x"), problem.toJson("x"));
        }
    }

    void aRevokedTokenIsRefusedByTheNextRequest() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, house.makeOrganization("Research")}});
        const auto made = house.call(ada, Method::post, "/whoami/tokens", {{"name", "laptop"}});
        const std::string header = "Bearer " + made.text("token");
        CPPUNIT_ASSERT(login(header));
        CPPUNIT_ASSERT_EQUAL(
            204, house.call(ada, Method::remove, "/whoami/tokens/" + std::to_string(made.id())).status);
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_token"), refusal(header).code());
    }

    void tokensOfADeletedPrincipalAreRefusedAtOnce() {
        const auto admin = house.makePrincipal("Root", {everywhere});
        const auto ada = house.makePrincipal("Ada", {});
        const auto path = "/principals/" + std::to_string(ada);
        const std::string header =
            "Bearer " + house.call(admin, Method::post, path + "/tokens", {{"name", "laptop"}}).text("token");
        CPPUNIT_ASSERT(login(header));
        CPPUNIT_ASSERT_EQUAL(204, house.call(admin, Method::remove, path).status);
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_token"), refusal(header).code());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.number("SELECT count(*) FROM token"));
    }

    void aRotatedRobotsOldSecretIsRefused() {
        const auto robot = makeRobot(house.makeOrganization("Research"));
        const auto admin = house.makePrincipal("Other", {everywhere});
        const auto rotated =
            house.call(admin, Method::post, "/robots/" + std::to_string(robot.id()) + "/rotate");
        CPPUNIT_ASSERT_EQUAL(200, rotated.status);
        CPPUNIT_ASSERT(rotated.oneTimeSecret);
        CPPUNIT_ASSERT_EQUAL(robot.text("accessKeyId"), rotated.text("accessKeyId"));
        CPPUNIT_ASSERT(login(basic(rotated.text("accessKeyId"), rotated.text("secret"))));
        CPPUNIT_ASSERT_EQUAL(401, refusal(basic(robot.text("accessKeyId"), robot.text("secret"))).status());
    }

    void malformedHeadersAreRefused() {
        for (const std::string header : {"", "Bearer", "Digest a=b", "Basic !", "Basic Y2FuYXJ5"}) {
            const Problem problem = refusal(header);
            CPPUNIT_ASSERT_EQUAL(401, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("invalid_token"), problem.code());
        }
    }

    void manyFailuresAreLimitedAndNeverAGoodLogin() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto good =
            "Bearer " + house.call(ada, Method::post, "/whoami/tokens", {{"name", "laptop"}}).text("token");
        for (int i = 0; i < 10; ++i)
            CPPUNIT_ASSERT_EQUAL(401, refusal("Bearer coffer_wrong").status());
        const Problem limited = refusal("Bearer coffer_wrong");
        CPPUNIT_ASSERT_EQUAL(429, limited.status());
        CPPUNIT_ASSERT_EQUAL(std::string("too_many_failed_logins"), limited.code());
        CPPUNIT_ASSERT_EQUAL(std::string("Retry-After"), limited.headers().at(0).first);
        CPPUNIT_ASSERT(login(good));
        authenticator.flushFailures(house.storage());
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"source":"192.0.2.1","count":11,"kind":"invalid_token"})"),
                             house.last("login.failed").after);
    }

    void missingCredentialsAreRecordedAndNeverLimit() {
        for (int i = 0; i < 20; ++i)
            authenticator.missing(address);
        CPPUNIT_ASSERT_EQUAL(401, refusal("Bearer coffer_wrong").status());
        authenticator.flushFailures(house.storage());
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"source":"192.0.2.1","count":21,"kind":"invalid_token,missing"})"),
            house.last("login.failed").after);
    }

    void noTokenIsStoredInTheDatabase() {
        const auto organization = house.makeOrganization("Research");
        const auto robot = makeRobot(organization);
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto token =
            house.call(ada, Method::post, "/whoami/tokens", {{"name", "laptop"}}).text("token");
        for (const std::string suffix : {"", "-wal"}) {
            const std::string stored = readFile(house.storage().file().string() + suffix);
            CPPUNIT_ASSERT(stored.find(token.substr(7)) == std::string::npos);
            CPPUNIT_ASSERT(stored.find(robot.text("secret")) == std::string::npos);
        }
        for (const AuditEvent& event : house.events()) {
            CPPUNIT_ASSERT(event.after.find(token) == std::string::npos);
            CPPUNIT_ASSERT(event.after.find(robot.text("secret")) == std::string::npos);
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TokenAuthenticatorTest);

} // namespace coffer::test
