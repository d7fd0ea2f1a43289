#pragma once

#include "FaultServer.h"
#include "probe/Probe.h"
#include "tests/support/Eventually.h"

#include <coffer/testkit/Test.h>

#include <chrono>
#include <string>
#include <thread>

namespace coffer::test {

/// Options that allow loopback. Only a test that hangs reaches their deadlines; a test of a deadline shortens
/// that one.
inline backup_credentials::ProbeOptions loopbackOptions() {
    backup_credentials::ProbeOptions options;
    options.allow = {backup_credentials::Network::parse("127.0.0.0/8"),
                     backup_credentials::Network::parse("::1")};
    options.connectTimeout = options.handshakeTimeout = std::chrono::minutes(10);
    options.firstByteTimeout = options.totalTimeout = std::chrono::minutes(10);
    return options;
}

/// Keys of nobody, at an endpoint. Keep it while the request is used.
struct Keys {
    SecretBytes secret;
    backup_credentials::ProbeRequest request;

    explicit Keys(const std::string& endpoint, const std::string& accessKeyId = "AKIAEXAMPLE:1",
                  const std::string& secretAccessKey = "CANARY/s3cret+Canary")
        : secret(secretAccessKey) {
        request.endpoint = endpoint;
        request.region = "us-east-1";
        request.accessKeyId = accessKeyId;
    }
    const backup_credentials::ProbeRequest& operator*() {
        request.secretAccessKey = &secret;
        return request;
    }
};

/// The listing of somebody's buckets.
inline std::string listingOf(const std::string& owner) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListAllMyBucketsResult "
           "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>" +
           owner + "</ID></Owner><Buckets></Buckets></ListAllMyBucketsResult>";
}

inline std::string s3Error(const std::string& code) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code></Error>";
}

inline void assertCause(const std::string& expected, const backup_credentials::Verdict& verdict,
                        const CppUnit::SourceLine& line) {
    CppUnit::Asserter::failIf(backup_credentials::toString(verdict.cause) != expected,
                              "expected " + expected + ", got " +
                                  std::string(backup_credentials::toString(verdict.cause)) + ": " +
                                  verdict.saw,
                              line);
    CppUnit::Asserter::failIf(verdict.saw.empty() || (verdict.advice.empty() && !verdict.works()),
                              "a verdict without words", line);
    CppUnit::Asserter::failIf((verdict.saw + verdict.advice).find("CANARY") != std::string::npos,
                              "the secret in a verdict", line);
}
#define ASSERT_CAUSE(expected, verdict) coffer::test::assertCause(expected, verdict, CPPUNIT_SOURCELINE())

inline void assertSays(const std::string& part, const std::string& sentence,
                       const CppUnit::SourceLine& line) {
    CppUnit::Asserter::failIf(sentence.find(part) == std::string::npos,
                              "'" + part + "' is not in: " + sentence, line);
}
#define ASSERT_SAYS(part, sentence) coffer::test::assertSays(part, sentence, CPPUNIT_SOURCELINE())

} // namespace coffer::test
