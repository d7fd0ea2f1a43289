#include "sdk/shared/Negotiation.h"

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// What a request's headers would rather have.
class NegotiationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NegotiationTest);
    COFFER_TEST(theTypeWithTheGreaterQualityIsPreferred);
    COFFER_TEST(gzipIsTakenWhenItIsSaid);
    COFFER_TEST(aTagIsComparedWeakly);
    CPPUNIT_TEST_SUITE_END();

    static Poco::Net::HTTPRequest head(const std::string& name, const std::string& value) {
        Poco::Net::HTTPRequest request("GET", "/");
        request.set(name, value);
        return request;
    }

public:
    void theTypeWithTheGreaterQualityIsPreferred() {
        const auto html = [](const std::string& accept) {
            return detail::prefers(head("Accept", accept), "text/html", "application/json");
        };
        for (const auto* accept :
             {"text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/*",
              "application/json;q=0.5, text/html;q=0.501", "TEXT/HTML, application/json;q=0"})
            CPPUNIT_ASSERT_MESSAGE(accept, html(accept));
        for (const auto* accept :
             {"*/*", "", "application/json", "text/html, application/json", "text/html;q=0",
              "application/json, text/html;q=0.9", "text/plain", "*/*, text/html;q=0.1"})
            CPPUNIT_ASSERT_MESSAGE(accept, !html(accept));
        CPPUNIT_ASSERT(!detail::prefers(Poco::Net::HTTPRequest("GET", "/"), "text/html", "application/json"));
    }

    void gzipIsTakenWhenItIsSaid() {
        const auto taken = [](const std::string& accept) {
            return detail::acceptsGzip(head("Accept-Encoding", accept));
        };
        for (const auto* accept : {"gzip", "gzip, deflate, br", "*", "br;q=1, GZIP;q=0.2", "*;q=0, gzip"})
            CPPUNIT_ASSERT_MESSAGE(accept, taken(accept));
        for (const auto* accept : {"", "br", "gzip;q=0", "gzip;q=0.00, *", "*;q=0", "xgzip"})
            CPPUNIT_ASSERT_MESSAGE(accept, !taken(accept));
        CPPUNIT_ASSERT(!detail::acceptsGzip(Poco::Net::HTTPRequest("GET", "/")));
    }

    void aTagIsComparedWeakly() {
        const auto matches = [](const std::string& tags) {
            return detail::matchesTag(head("If-None-Match", tags), "\"abc\"");
        };
        for (const auto* tags : {"\"abc\"", "W/\"abc\"", "\"x\" , \"abc\"", "*"})
            CPPUNIT_ASSERT_MESSAGE(tags, matches(tags));
        for (const auto* tags : {"", "abc", "\"abcd\"", "\"ab\", \"c\""})
            CPPUNIT_ASSERT_MESSAGE(tags, !matches(tags));
        CPPUNIT_ASSERT(!detail::matchesTag(Poco::Net::HTTPRequest("GET", "/"), "\"abc\""));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(NegotiationTest);

} // namespace coffer::test
