#include "probe/Interpretation.h"

#include <coffer/sdk/Time.h>

#include <coffer/testkit/Test.h>

namespace coffer::backup_credentials {

namespace {

const Instant noon = parseRfc3339("2026-01-02T12:00:00Z").value();

HttpReply reply(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
    return {status, std::move(headers), std::move(body), true};
}

HttpReply error(int status, const std::string& code, const std::string& more = {}) {
    return reply(status, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code>" + more +
                             "<RequestId>tx1</RequestId></Error>");
}

Finding listing(const HttpReply& answer) {
    return interpret(answer, {{}, false, noon});
}

Finding bucket(const HttpReply& answer) {
    return interpret(answer, {"backups", false, noon});
}

std::string code(const Finding& finding) {
    return std::string(toString(finding.cause));
}

std::string owned(const std::string& owner) {
    return "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>" + owner +
           "</ID></Owner><Buckets/></ListAllMyBucketsResult>";
}

} // namespace

class InterpretationTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(InterpretationTest);
    COFFER_TEST(ownedListingIsAcceptedWhateverItsNamespace);
    COFFER_TEST(listingWithoutARealOwnerIsNotAccepted);
    COFFER_TEST(listingThatWasCutBehindItsOwnerIsAccepted);
    COFFER_TEST(knownErrorsHaveTheirCauses);
    COFFER_TEST(unknownErrorsAreNotRepeated);
    COFFER_TEST(accessDeniedIsAmbiguousAndAdvisesABucket);
    COFFER_TEST(skewIsMeasuredByTheDateHeader);
    COFFER_TEST(wantedRegionIsNamedOnlyWhenSafe);
    COFFER_TEST(remedyIsGivenOnlyWhereOneValueWouldDo);
    COFFER_TEST(bucketListingMustBeOfTheBucketAskedFor);
    COFFER_TEST(missingBucketIsTooFewRights);
    COFFER_TEST(bucketsOwnAddressIsExplained);
    COFFER_TEST(shapesThatAreNotS3AreNamed);
    COFFER_TEST(entitiesAndDocumentTypesAreNotRead);
    COFFER_TEST(brokenXmlIsNotS3);
    COFFER_TEST(nothingThatTheEndpointWroteIsRepeated);
    COFFER_TEST(everyCauseHasAStableCode);
    CPPUNIT_TEST_SUITE_END();

public:
    void ownedListingIsAcceptedWhateverItsNamespace() {
        CPPUNIT_ASSERT_EQUAL(std::string("none"), code(listing(reply(200, owned("user")))));
        CPPUNIT_ASSERT_EQUAL(
            std::string("none"),
            code(listing(reply(200,
                               "<s:ListAllMyBucketsResult xmlns:s='http://doc.s3.amazonaws.com/2006-03-01'>"
                               "<s:Owner><s:ID>u</s:ID></s:Owner></s:ListAllMyBucketsResult>"))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(201, owned("user")))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(206, owned("user")))));
    }

    void listingWithoutARealOwnerIsNotAccepted() {
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(200, owned("anonymous")))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(200, owned("")))));
        CPPUNIT_ASSERT_EQUAL(
            std::string("not_s3"),
            code(listing(reply(200, "<ListAllMyBucketsResult><Buckets><Owner><ID>x</ID></Owner></Buckets>"
                                    "</ListAllMyBucketsResult>"))));
        CPPUNIT_ASSERT(listing(reply(200, owned("anonymous"))).saw.find("anonymous") != std::string::npos);
    }

    void listingThatWasCutBehindItsOwnerIsAccepted() {
        HttpReply answer = reply(200, owned("user").substr(0, owned("user").find("<Buckets/>") + 4));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(answer)));
        answer.complete = false;
        CPPUNIT_ASSERT_EQUAL(std::string("none"), code(listing(answer)));
        answer.body = answer.body.substr(0, answer.body.find("user") + 2);
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(answer)));
    }

    void knownErrorsHaveTheirCauses() {
        const std::pair<const char*, const char*> expected[] = {
            {"SignatureDoesNotMatch", "wrong_secret"},
            {"InvalidAccessKeyId", "unknown_key"},
            {"UserSuspended", "suspended"},
            {"AccountProblem", "suspended"},
            {"RequestTimeTooSkewed", "clock_skew"},
            {"AuthorizationHeaderMalformed", "wrong_region"},
            {"PermanentRedirect", "wrong_region"},
            {"AccessDenied", "secret_or_rights"},
            {"SlowDown", "endpoint_unavailable"},
            {"ServiceUnavailable", "endpoint_unavailable"},
            {"InternalError", "endpoint_unavailable"},
            {"MethodNotAllowed", "not_s3"}};
        for (const auto& [name, cause] : expected) {
            const Finding finding = listing(error(403, name));
            CPPUNIT_ASSERT_EQUAL(std::string(cause), code(finding));
            CPPUNIT_ASSERT(finding.saw.find(name) != std::string::npos);
            CPPUNIT_ASSERT(finding.saw.find("403") != std::string::npos && !finding.advice.empty());
        }
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(error(200, "SignatureDoesNotMatch"))));
    }

    void unknownErrorsAreNotRepeated() {
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(error(418, "Teapot"))));
        CPPUNIT_ASSERT_EQUAL(std::string("endpoint_unavailable"), code(listing(error(500, "Teapot"))));
        CPPUNIT_ASSERT(listing(error(418, "Teapot")).saw.find("Teapot") == std::string::npos);
    }

    void accessDeniedIsAmbiguousAndAdvisesABucket() {
        CPPUNIT_ASSERT(listing(error(403, "AccessDenied")).advice.find("Name a bucket") != std::string::npos);
        const Finding both = bucket(error(403, "AccessDenied"));
        CPPUNIT_ASSERT_EQUAL(std::string("secret_or_rights"), code(both));
        CPPUNIT_ASSERT(both.advice.find("s3:ListBucket") != std::string::npos);
    }

    void skewIsMeasuredByTheDateHeader() {
        HttpReply answer = error(403, "RequestTimeTooSkewed");
        answer.headers = {{"date", "Fri, 02 Jan 2026 12:20:00 GMT"}};
        CPPUNIT_ASSERT(listing(answer).saw.find("20 minutes behind") != std::string::npos);
        answer.headers = {{"date", "Fri, 02 Jan 2026 11:40:00 GMT"}};
        CPPUNIT_ASSERT(listing(answer).saw.find("20 minutes ahead of") != std::string::npos);
        answer.headers = {{"date", "half past <script>"}};
        const Finding unknown = listing(answer);
        CPPUNIT_ASSERT_EQUAL(std::string("clock_skew"), code(unknown));
        CPPUNIT_ASSERT(unknown.saw.find("script") == std::string::npos);
    }

    void wantedRegionIsNamedOnlyWhenSafe() {
        CPPUNIT_ASSERT(listing(error(400, "AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>"))
                           .advice.find("eu-central-1") != std::string::npos);
        CPPUNIT_ASSERT(
            listing(error(400, "AuthorizationHeaderMalformed", "<Region>&lt;b&gt; Call 555</Region>"))
                .advice.find("555") == std::string::npos);
        const Finding redirect = bucket(reply(301, "", {{"x-amz-bucket-region", "us-west-2"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("wrong_region"), code(redirect));
        CPPUNIT_ASSERT(redirect.advice.find("us-west-2") != std::string::npos);
        CPPUNIT_ASSERT(redirect.remedy == Remedy({"region", "us-west-2"}));
    }

    void remedyIsGivenOnlyWhereOneValueWouldDo() {
        CPPUNIT_ASSERT(!listing(error(400, "AuthorizationHeaderMalformed", "")).remedy);
        CPPUNIT_ASSERT(
            !listing(error(400, "AuthorizationHeaderMalformed", "<Region>&lt;b&gt;</Region>")).remedy);
        CPPUNIT_ASSERT(!listing(error(403, "SignatureDoesNotMatch", "")).remedy);
        CPPUNIT_ASSERT(bucket(error(400, "PathStyleDomainForbidden", "")).remedy ==
                       Remedy({"addressing", "virtual"}));
    }

    void bucketListingMustBeOfTheBucketAskedFor() {
        const auto of = [](const std::string& name) {
            return reply(200, "<ListBucketResult><Name>" + name + "</Name></ListBucketResult>");
        };
        CPPUNIT_ASSERT_EQUAL(std::string("none"), code(bucket(of("backups"))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(bucket(of("others"))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(bucket(reply(200, owned("user")))));
    }

    void missingBucketIsTooFewRights() {
        const Finding missing = bucket(error(404, "NoSuchBucket"));
        CPPUNIT_ASSERT_EQUAL(std::string("too_few_rights"), code(missing));
        CPPUNIT_ASSERT(missing.saw.find("no such bucket") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("too_few_rights"), code(bucket(reply(404, ""))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(error(404, "NoSuchBucket"))));
    }

    void bucketsOwnAddressIsExplained() {
        const Finding finding = listing(reply(200, "<ListBucketResult><Name>b</Name></ListBucketResult>"));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(finding));
        CPPUNIT_ASSERT(finding.advice.find("`bucket`") != std::string::npos);
    }

    void shapesThatAreNotS3AreNamed() {
        const std::pair<HttpReply, const char*> expected[] = {
            {reply(200, "<!DOCTYPE html><html></html>"), "a web page"},
            {reply(200, "{\"status\":\"ok\"}"), "JSON"},
            {reply(200, ""), "an empty body"},
            {reply(200, "<other/>"), "XML that is not S3's"},
            {reply(200, "hello"), "something"},
            {reply(302, "", {{"location", "https://elsewhere.example/"}}), "redirect"},
            {reply(401, ""), "HTTP 401"},
            {reply(403, ""), "HTTP 403"},
            {reply(404, "<html>"), "a web page"},
            {reply(503, "<html>"), "HTTP 503"},
            {reply(200, owned("user"), {{"content-encoding", "gzip"}}), "compressed"},
        };
        for (const auto& [answer, part] : expected) {
            const Finding finding = listing(answer);
            CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(finding));
            CPPUNIT_ASSERT_MESSAGE(finding.saw, finding.saw.find(part) != std::string::npos);
            CPPUNIT_ASSERT(finding.saw.find("elsewhere") == std::string::npos);
        }
    }

    void entitiesAndDocumentTypesAreNotRead() {
        const std::string bomb = "<!DOCTYPE x [<!ENTITY a \"user\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>";
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(200, bomb + owned("&b;")))));
        CPPUNIT_ASSERT_EQUAL(
            std::string("not_s3"),
            code(listing(
                reply(200, "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + owned("&a;")))));
        CPPUNIT_ASSERT_EQUAL(
            std::string("not_s3"),
            code(listing(reply(200, "<!DOCTYPE x SYSTEM \"http://127.0.0.1/\">" + owned("u")))));
        std::string wide = "\xff\xfe";
        for (const char c : owned("user"))
            wide += {c, '\0'};
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(200, wide))));
    }

    void brokenXmlIsNotS3() {
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(200, owned("user") + "<more/>"))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(200, "<ListAllMyBucketsResult>"))));
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"),
                             code(listing(reply(403, "<Error><Code>AccessDenied</Code>"))));
        std::string deep;
        for (int i = 0; i < 8000; ++i)
            deep += "<a>";
        CPPUNIT_ASSERT_EQUAL(std::string("not_s3"), code(listing(reply(200, deep))));
    }

    void nothingThatTheEndpointWroteIsRepeated() {
        const std::string canary = "CANARY";
        const std::vector<std::pair<std::string, std::string>> headers{
            {"location", canary}, {"server", canary}, {"x-amz-bucket-region", canary}, {"date", canary}};
        for (const int status : {200, 301, 400, 401, 403, 404, 500, 503}) {
            for (const std::string& body :
                 {canary, "<html>" + canary, "{\"" + canary + "\":1}", owned(canary),
                  "<Error><Code>" + canary + "</Code><Message>" + canary + "</Message></Error>",
                  "<Error><Code>PermanentRedirect</Code><Region>" + canary + "</Region><Endpoint>" + canary +
                      "</Endpoint></Error>",
                  "<" + canary + "/>"}) {
                for (const Finding& finding :
                     {listing(reply(status, body, headers)), bucket(reply(status, body))})
                    CPPUNIT_ASSERT((finding.saw + finding.advice).find(canary) == std::string::npos);
            }
        }
    }

    void everyCauseHasAStableCode() {
        for (int i = 0; i <= static_cast<int>(Cause::unavailable); ++i) {
            const auto cause = static_cast<Cause>(i);
            CPPUNIT_ASSERT(!toString(cause).empty());
            CPPUNIT_ASSERT(causeFromString(toString(cause)) == cause);
        }
        CPPUNIT_ASSERT(!causeFromString("other"));
        CPPUNIT_ASSERT(addressingFromString("virtual") == Addressing::virtualHost);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(InterpretationTest);

} // namespace coffer::backup_credentials
