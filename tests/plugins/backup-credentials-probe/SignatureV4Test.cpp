#include "probe/SignatureV4.h"

#include <coffer/testkit/Test.h>

namespace coffer::backup_credentials {

namespace {

// The examples of AWS's own documents use these keys; they open nothing.
constexpr std::string_view s3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr std::string_view iamSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

Instant at(std::string_view text) {
    return parseRfc3339(text).value();
}

std::string signature(const SignableRequest& request, const SignatureScope& scope, std::string_view secret) {
    const std::string header =
        authorizationHeader(request, scope, "AKIAIOSFODNN7EXAMPLE", SecretBytes(secret));
    return header.substr(header.rfind('=') + 1);
}

/// "Examples: Signature Calculations" of sig-v4-header-based-auth: all on that day, in that bucket.
std::string s3Signature(SignableRequest request) {
    if (request.payloadHash.empty())
        request.payloadHash = sha256Hex({});
    request.headers.emplace_back("Host", "examplebucket.s3.amazonaws.com");
    request.headers.emplace_back("x-amz-content-sha256", request.payloadHash);
    request.headers.emplace_back("x-amz-date", "20130524T000000Z");
    return signature(request, {"us-east-1", "s3", at("2013-05-24T00:00:00Z")}, s3Secret);
}

/// The public SigV4 test suite: service "service", empty body.
std::string suiteSignature(SignableRequest request) {
    request.payloadHash = sha256Hex({});
    request.headers.emplace_back("Host", "example.amazonaws.com");
    request.headers.emplace_back("X-Amz-Date", "20150830T123600Z");
    return signature(request, {"us-east-1", "service", at("2015-08-30T12:36:00Z")}, iamSecret);
}

} // namespace

class SignatureV4Test final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SignatureV4Test);
    COFFER_TEST(getObjectExampleOfAmazonMatches);
    COFFER_TEST(putObjectExampleOfAmazonMatches);
    COFFER_TEST(subresourceExampleOfAmazonMatches);
    COFFER_TEST(listObjectsExampleOfAmazonMatches);
    COFFER_TEST(testSuiteMatches);
    COFFER_TEST(signingKeyMatchesTheDocumentedOne);
    COFFER_TEST(authorizationHeaderHasTheDocumentedForm);
    COFFER_TEST(pathIsEncodedOnceAndKeepsItsSlashes);
    COFFER_TEST(queryIsSortedAfterEncoding);
    COFFER_TEST(headerValuesAreTrimmedAndJoined);
    COFFER_TEST(everyInputChangesTheSignature);
    CPPUNIT_TEST_SUITE_END();

public:
    void getObjectExampleOfAmazonMatches() {
        SignableRequest request;
        request.path = "/test.txt";
        request.headers = {{"Range", "bytes=0-9"}};
        CPPUNIT_ASSERT_EQUAL(std::string("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
                             s3Signature(request));
    }

    void putObjectExampleOfAmazonMatches() {
        SignableRequest request;
        request.method = "PUT";
        request.path = "/test$file.text";
        request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                           {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
        request.payloadHash = sha256Hex("Welcome to Amazon S3.");
        CPPUNIT_ASSERT_EQUAL(std::string("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
                             s3Signature(request));
    }

    void subresourceExampleOfAmazonMatches() {
        SignableRequest request;
        request.query = {{"lifecycle", ""}};
        CPPUNIT_ASSERT_EQUAL(std::string("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
                             s3Signature(request));
    }

    void listObjectsExampleOfAmazonMatches() {
        SignableRequest request;
        request.query = {{"prefix", "J"}, {"max-keys", "2"}};
        CPPUNIT_ASSERT_EQUAL(std::string("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
                             s3Signature(request));
    }

    void testSuiteMatches() {
        CPPUNIT_ASSERT_EQUAL(std::string("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
                             suiteSignature({})); // get-vanilla
        SignableRequest ordered;
        ordered.query = {{"Param2", "value2"}, {"Param1", "value1"}};
        CPPUNIT_ASSERT_EQUAL(std::string("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
                             suiteSignature(ordered)); // get-vanilla-query-order-key-case
        SignableRequest trimmed;
        trimmed.headers = {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}};
        CPPUNIT_ASSERT_EQUAL(std::string("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
                             suiteSignature(trimmed)); // get-header-value-trim
    }

    void signingKeyMatchesTheDocumentedOne() {
        const SecretBytes key =
            signingKey(SecretBytes(iamSecret), {"us-east-1", "iam", at("2015-08-30T12:36:00Z")});
        const SecretBytes documented(
            std::string_view("\xc4\xaf\xb1\xcc\x57\x71\xd8\x71\x76\x3a\x39\x3e\x44\xb7\x03\x57"
                             "\x1b\x55\xcc\x28\x42\x4d\x1a\x5e\x86\xda\x6e\xd3\xc1\x54\xa4\xb9",
                             32));
        CPPUNIT_ASSERT(key.equals(documented));
    }

    void authorizationHeaderHasTheDocumentedForm() {
        SignableRequest request;
        request.headers = {{"x-amz-date", "20130524T000000Z"}, {"Host", "examplebucket.s3.amazonaws.com"}};
        const std::string header =
            authorizationHeader(request, {"eu-west-1", "s3", at("2013-05-24T00:00:00Z")},
                                "AKIAIOSFODNN7EXAMPLE", SecretBytes(s3Secret));
        const std::string start = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/eu-west-1/s3/"
                                  "aws4_request,SignedHeaders=host;x-amz-date,Signature=";
        CPPUNIT_ASSERT_EQUAL(start, header.substr(0, start.size()));
        CPPUNIT_ASSERT_EQUAL(start.size() + 64, header.size());
    }

    void pathIsEncodedOnceAndKeepsItsSlashes() {
        CPPUNIT_ASSERT_EQUAL(std::string("/a%2520b/%C3%BC%20%2B/../-._~"),
                             uriEncode("/a%20b/\xc3\xbc +/../-._~", true));
        CPPUNIT_ASSERT_EQUAL(std::string("a%2Fb"), uriEncode("a/b", false));
    }

    void queryIsSortedAfterEncoding() {
        CPPUNIT_ASSERT_EQUAL(std::string("%3F=1&B=2&a=&a=%20&a=1"),
                             canonicalQuery({{"a", "1"}, {"B", "2"}, {"a", " "}, {"a", ""}, {"?", "1"}}));
    }

    void headerValuesAreTrimmedAndJoined() {
        SignableRequest request;
        request.headers = {{"B", "  x \t y  "}, {"a", "1"}, {"b", "z"}};
        request.payloadHash = "hash";
        CPPUNIT_ASSERT_EQUAL(std::string("GET\n/\n\na:1\nb:x y,z\n\na;b\nhash"), canonicalRequest(request));
    }

    void everyInputChangesTheSignature() {
        SignableRequest request;
        request.headers = {{"host", "h"}};
        const SignatureScope scope{"r", "s3", at("2020-01-01T00:00:00Z")};
        const std::string original = signature(request, scope, "secret");
        CPPUNIT_ASSERT(original != signature(request, scope, "secreu"));
        CPPUNIT_ASSERT(original != signature(request, {"q", "s3", scope.time}, "secret"));
        CPPUNIT_ASSERT(original != signature(request, {"r", "s4", scope.time}, "secret"));
        CPPUNIT_ASSERT(original != signature(request, {"r", "s3", at("2020-01-01T00:00:01Z")}, "secret"));
        SignableRequest other = request;
        other.path = "/x";
        CPPUNIT_ASSERT(original != signature(other, scope, "secret"));
        other = request;
        other.headers = {{"host", "i"}};
        CPPUNIT_ASSERT(original != signature(other, scope, "secret"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SignatureV4Test);

} // namespace coffer::backup_credentials
