#include "Probing.h"
#include "probe/SignatureV4.h"
#include "tests/support/ObjectGateway.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>

#include <cppunit/TestFixture.h>

#include <sstream>

namespace coffer::backup_credentials {

using test::Keys;
using test::loopbackOptions;
using test::ObjectGateway;

namespace {

const std::string otherSecret = "CANARYsecretsecretsecretsecretsecretsecr";

} // namespace

/// The probe against a real S3 server.
class ProberGatewayTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProberGatewayTest);
    COFFER_TEST(goodKeysWork);
    COFFER_TEST(wrongSecretIsSaid);
    COFFER_TEST(unknownKeyIsSaid);
    COFFER_TEST(suspendedUserIsSaidUntilEnabledAgain);
    COFFER_TEST(deletedUserIsAnUnknownKey);
    COFFER_TEST(rotatedKeyNeedsItsNewSecret);
    COFFER_TEST(restrictedKeyIsAmbiguousWithoutABucket);
    COFFER_TEST(restrictedKeyWorksWithItsBucket);
    COFFER_TEST(restrictedKeyWorksWithAnothersBucketThatLetsIt);
    COFFER_TEST(restrictedKeyWithAMissingBucketIsSaid);
    COFFER_TEST(restrictedKeyWithAnothersBucketIsAmbiguous);
    COFFER_TEST(clockOffByTwentyMinutesIsSaid);
    COFFER_TEST(accountWithManyBucketsWorks);
    COFFER_TEST(tlsWithItsAuthorityWorksAndWithoutIsRefused);
    CPPUNIT_TEST_SUITE_END();

    const ObjectGateway gateway_;

    /// Sends a signed request to the gateway, to prepare what a probe is to find. @returns the status
    int send(const std::string& method, const std::string& path, const NameValues& query,
             const std::string& body) {
        return send(method, path, query, body, gateway_.accessKeyId(), gateway_.secretAccessKey());
    }
    int send(const std::string& method, const std::string& path, const NameValues& query,
             const std::string& body, const std::string& accessKeyId, const std::string& secret) {
        const Endpoint endpoint = Endpoint::parse(gateway_.endpoint());
        const Instant now = currentTime();
        SignableRequest signable;
        signable.method = method;
        signable.path = path;
        signable.query = query;
        signable.payloadHash = sha256Hex(body);
        signable.headers = {{"host", hostHeader(endpoint)},
                            {"x-amz-content-sha256", signable.payloadHash},
                            {"x-amz-date", amzDate(now)}};
        Poco::Net::HTTPClientSession session(endpoint.host, endpoint.port);
        session.setTimeout(Poco::Timespan(600, 0)); // for hangs only
        Poco::Net::HTTPRequest request(method, path + (query.empty() ? "" : "?" + canonicalQuery(query)),
                                       "HTTP/1.1");
        for (const auto& [name, value] : signable.headers)
            request.set(name, value);
        request.set("authorization", authorizationHeader(signable, {gateway_.region(), "s3", now},
                                                         accessKeyId, SecretBytes(secret)));
        request.setContentLength(static_cast<std::streamsize>(body.size()));
        session.sendRequest(request) << body;
        Poco::Net::HTTPResponse response;
        std::ostringstream answer;
        Poco::StreamCopier::copyStream(session.receiveResponse(response), answer);
        return response.getStatus();
    }

    void makeBucket(const std::string& name) { CPPUNIT_ASSERT_EQUAL(200, send("PUT", "/" + name, {}, {})); }

    /// Forbids a user to list buckets, as least-privilege keys are.
    void forbidListing(const std::string& user) {
        gateway_.admin({"caps", "add", "--uid=user", "--caps=user-policy=*"});
        const std::string policy = R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny",)"
                                   R"("Action":"s3:ListAllMyBuckets","Resource":"*"}]})";
        CPPUNIT_ASSERT_EQUAL(200, send("POST", "/",
                                       {{"Action", "PutUserPolicy"},
                                        {"UserName", user},
                                        {"PolicyName", "least"},
                                        {"PolicyDocument", policy}},
                                       {}));
    }

    void allowListingOf(const std::string& bucket, const std::string& user) {
        const std::string policy =
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
            R"(["arn:aws:iam:::user/)" +
            user +
            R"("]},"Action":"s3:ListBucket",)"
            R"("Resource":"arn:aws:s3:::)" +
            bucket + R"("}]})";
        const int status = send("PUT", "/" + bucket, {{"policy", ""}}, policy);
        CPPUNIT_ASSERT_MESSAGE(std::to_string(status), status == 200 || status == 204);
    }

    Keys keysOf(const std::string& accessKeyId, const std::string& secret, const std::string& bucket = {}) {
        Keys keys(gateway_.endpoint(), accessKeyId, secret);
        keys.request.region = gateway_.region();
        keys.request.bucket = bucket;
        return keys;
    }
    Verdict probe(const std::string& accessKeyId, const std::string& secret, const std::string& bucket = {}) {
        return Prober(loopbackOptions()).probe(*keysOf(accessKeyId, secret, bucket));
    }

public:
    void goodKeysWork() {
        const Verdict verdict = probe(gateway_.accessKeyId(), gateway_.secretAccessKey());
        ASSERT_CAUSE("none", verdict);
        CPPUNIT_ASSERT_EQUAL(200, verdict.httpStatus);
    }

    void wrongSecretIsSaid() {
        const Verdict verdict = probe(gateway_.accessKeyId(), otherSecret);
        ASSERT_CAUSE("wrong_secret", verdict);
        CPPUNIT_ASSERT_EQUAL(403, verdict.httpStatus);
        CPPUNIT_ASSERT(verdict.definitive());
    }

    void unknownKeyIsSaid() {
        ASSERT_CAUSE("unknown_key", probe("NOBODY", otherSecret));
        gateway_.createUser("colon", "tenant:colon", otherSecret);
        ASSERT_CAUSE("none", probe("tenant:colon", otherSecret));
    }

    void suspendedUserIsSaidUntilEnabledAgain() {
        gateway_.createUser("suspended", "SUSPENDED", otherSecret);
        ASSERT_CAUSE("none", probe("SUSPENDED", otherSecret));
        gateway_.suspendUser("suspended");
        ASSERT_CAUSE("suspended", probe("SUSPENDED", otherSecret));
        gateway_.enableUser("suspended");
        ASSERT_CAUSE("none", probe("SUSPENDED", otherSecret));
    }

    void deletedUserIsAnUnknownKey() {
        gateway_.createUser("deleted", "DELETED", otherSecret);
        ASSERT_CAUSE("none", probe("DELETED", otherSecret));
        gateway_.removeUser("deleted");
        ASSERT_CAUSE("unknown_key", probe("DELETED", otherSecret));
    }

    void rotatedKeyNeedsItsNewSecret() {
        gateway_.createUser("rotated", "ROTATED", otherSecret);
        ASSERT_CAUSE("none", probe("ROTATED", otherSecret));
        gateway_.rotateKey("rotated", "ROTATED", otherSecret + "2");
        ASSERT_CAUSE("wrong_secret", probe("ROTATED", otherSecret));
        ASSERT_CAUSE("none", probe("ROTATED", otherSecret + "2"));
    }

    void restrictedKeyIsAmbiguousWithoutABucket() {
        gateway_.createUser("least1", "LEAST1", otherSecret);
        forbidListing("least1");
        const Verdict verdict = probe("LEAST1", otherSecret);
        ASSERT_CAUSE("secret_or_rights", verdict);
        ASSERT_SAYS("Name a bucket", verdict.advice);
    }

    void restrictedKeyWorksWithItsBucket() {
        gateway_.createUser("least2", "LEAST2", otherSecret);
        CPPUNIT_ASSERT_EQUAL(200, send("PUT", "/least2-own", {}, {}, "LEAST2", otherSecret));
        forbidListing("least2");
        ASSERT_CAUSE("none", probe("LEAST2", otherSecret, "least2-own"));
        ASSERT_CAUSE("wrong_secret", probe("LEAST2", otherSecret + "x", "least2-own"));
    }

    void restrictedKeyWorksWithAnothersBucketThatLetsIt() {
        gateway_.createUser("least3", "LEAST3", otherSecret);
        forbidListing("least3");
        makeBucket("shared");
        ASSERT_CAUSE("secret_or_rights", probe("LEAST3", otherSecret, "shared"));
        allowListingOf("shared", "least3");
        ASSERT_CAUSE("none", probe("LEAST3", otherSecret, "shared"));
    }

    void restrictedKeyWithAMissingBucketIsSaid() {
        gateway_.createUser("least4", "LEAST4", otherSecret);
        forbidListing("least4");
        const Verdict verdict = probe("LEAST4", otherSecret, "no-such-bucket");
        ASSERT_CAUSE("too_few_rights", verdict);
        ASSERT_SAYS("no such bucket", verdict.saw);
        CPPUNIT_ASSERT_EQUAL(404, verdict.httpStatus);
    }

    void restrictedKeyWithAnothersBucketIsAmbiguous() {
        gateway_.createUser("least5", "LEAST5", otherSecret);
        forbidListing("least5");
        makeBucket("private");
        ASSERT_CAUSE("secret_or_rights", probe("LEAST5", otherSecret, "private"));
    }

    void clockOffByTwentyMinutesIsSaid() {
        using std::chrono::minutes;
        for (const auto& [shift, words] :
             {std::pair{minutes(20), "20 minutes ahead of"}, std::pair{minutes(-20), "20 minutes behind"}}) {
            ProbeOptions options = loopbackOptions();
            options.clock = [shift = shift] { return currentTime() + shift; };
            const Verdict verdict =
                Prober(options).probe(*keysOf(gateway_.accessKeyId(), gateway_.secretAccessKey()));
            ASSERT_CAUSE("clock_skew", verdict);
            ASSERT_SAYS(words, verdict.saw);
        }
    }

    void accountWithManyBucketsWorks() {
        gateway_.createUser("many", "MANY", otherSecret);
        gateway_.admin({"user", "modify", "--uid=many", "--max-buckets=2000"});
        const std::string filler(50, 'x');
        for (int i = 0; i < 100; ++i)
            CPPUNIT_ASSERT_EQUAL(
                200, send("PUT", "/many-" + filler + "-" + std::to_string(i), {}, {}, "MANY", otherSecret));
        ASSERT_CAUSE("none", probe("MANY", otherSecret));
    }

    void tlsWithItsAuthorityWorksAndWithoutIsRefused() {
        const ObjectGateway secure(ObjectGateway::Transport::tls);
        Keys keys(secure.endpoint(), secure.accessKeyId(), secure.secretAccessKey());
        keys.request.region = secure.region();
        const Prober prober(loopbackOptions());
        const Verdict unknown = prober.probe(*keys);
        ASSERT_CAUSE("tls", unknown);
        ASSERT_SAYS("caCertificate", unknown.advice);
        keys.request.caCertificate = secure.certificate();
        ASSERT_CAUSE("none", prober.probe(*keys));
        keys.request.endpoint.replace(0, 5, "http");
        const Verdict plain = prober.probe(*keys);
        CPPUNIT_ASSERT(plain.cause == Cause::tls || plain.cause == Cause::notS3);
        ASSERT_SAYS("https", plain.advice);
        Keys reverse("https" + gateway_.endpoint().substr(4));
        ASSERT_CAUSE("tls", prober.probe(*reverse));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProberGatewayTest);

} // namespace coffer::backup_credentials
