#include "host/http/RequestHead.h"

#include <coffer/sdk/Problem.h>

namespace coffer::test {

using host::BodyFraming;
using host::HeadLimits;
using host::HeadScanner;
using host::RequestHead;

namespace {

/// 0: accepted; else the status of the refusal.
int statusOf(const std::string& bytes, Poco::Net::HTTPRequest& request, RequestHead& head,
             const HeadLimits& limits = {}) {
    try {
        HeadScanner scanner;
        const auto end = scanner.scan(bytes, limits);
        if (!end)
            return -1;
        head = host::parseRequestHead(std::string_view(bytes).substr(0, *end), limits, request);
        return 0;
    } catch (const Problem& problem) {
        return problem.status();
    }
}

int statusOf(const std::string& bytes, const HeadLimits& limits = {}) {
    Poco::Net::HTTPRequest request;
    RequestHead head;
    return statusOf(bytes, request, head, limits);
}

std::string get(const std::string& fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string target(const std::string& text) {
    return "GET " + text + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

} // namespace

class RequestHeadTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RequestHeadTest);
    COFFER_TEST(wholeHeadIsRead);
    COFFER_TEST(headIsFoundHoweverItArrives);
    COFFER_TEST(lineEndsMustBeComplete);
    COFFER_TEST(requestLineHasOneForm);
    COFFER_TEST(targetIsAPath);
    COFFER_TEST(fieldNamesAndValuesAreChecked);
    COFFER_TEST(hostStandsOnceAndIsValid);
    COFFER_TEST(framingIsUnambiguous);
    COFFER_TEST(withoutALengthThereIsNoBody);
    COFFER_TEST(keepAliveFollowsVersionAndConnection);
    COFFER_TEST(onlyContinueIsExpected);
    COFFER_TEST(sizesAreLimited);
    CPPUNIT_TEST_SUITE_END();

    void wholeHeadIsRead() {
        Poco::Net::HTTPRequest request;
        RequestHead head;
        const std::string bytes =
            "PUT /a/b?c=%41 HTTP/1.1\r\nHost: example.org:8420\r\nX-A:  one \t\r\nx-a:two\r\n"
            "X-Empty:\r\nContent-Length: 12\r\n\r\n";
        CPPUNIT_ASSERT_EQUAL(0, statusOf(bytes, request, head));
        CPPUNIT_ASSERT_EQUAL(std::string("PUT"), request.getMethod());
        CPPUNIT_ASSERT_EQUAL(std::string("/a/b?c=%41"), request.getURI());
        CPPUNIT_ASSERT_EQUAL(std::string("HTTP/1.1"), request.getVersion());
        CPPUNIT_ASSERT_EQUAL(std::string("one"), request.get("X-A"));
        CPPUNIT_ASSERT_EQUAL(std::string(), request.get("X-Empty"));
        CPPUNIT_ASSERT_EQUAL(std::size_t(5), request.size());
        CPPUNIT_ASSERT(head.framing == BodyFraming::length);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t(12), head.contentLength);
        CPPUNIT_ASSERT(head.keepAlive);
    }

    void headIsFoundHoweverItArrives() {
        const std::string bytes = get("X-A: b\r\n") + "rest";
        HeadScanner scanner;
        for (std::size_t length = 1; length < bytes.size() - 4; ++length)
            CPPUNIT_ASSERT(!scanner.scan(std::string_view(bytes).substr(0, length), {}));
        CPPUNIT_ASSERT_EQUAL(bytes.size() - 4, scanner.scan(bytes, {}).value());
    }

    void lineEndsMustBeComplete() {
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1.1\nHost: a\n\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1.1\r\nHost: a\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1.1\r\nHost: a\r\n\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A: b\rc\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A: b\r\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"));
        // Refused as soon as it is hopeless, not at the deadline.
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1.1\nHo"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(std::string("\x16\x03\x01\x02\x00\x01", 6)));
    }

    void requestLineHasOneForm() {
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET /\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET /  HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(" GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("G(T / HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("G\xc3\xa4T / HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / http/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1.10\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(505, statusOf("GET / HTTP/1.2\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(505, statusOf("GET / HTTP/0.9\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(505, statusOf("PRI * HTTP/2.0\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(0, statusOf("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    void targetIsAPath() {
        for (const char* good : {"/", "/a-b._~!$&'()*+,;=:@/?x=/?&y", "/%41%5b", "//"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(good, 0, statusOf(target(good)));
        for (const char* bad :
             {"http://a/", "a",   "*",     "a:443",     "/a#b", "/a\"b", "/a<b", "/a\\b", "/a^b",  "/a`b",
              "/a{b",      "/[a", "/\x7f", "/\xc3\xa4", "/%",   "/%4",   "/%4g", "/%zz",  "/\x01", "/a\tb"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400, statusOf(target(bad)));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(target(std::string("/a\0b", 4))));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(0, statusOf("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    void fieldNamesAndValuesAreChecked() {
        CPPUNIT_ASSERT_EQUAL(0, statusOf(get("X-A: b\tc \xc3\xa4\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A : b\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A\t: b\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get(": b\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X A: b\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X(A: b\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X\xc3\xa4: b\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A: b\r\n c\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf("GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A: b\x01\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get("X-A: b\x7f\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(get(std::string("X-A: b\0c\r\n", 10))));
    }

    void hostStandsOnceAndIsValid() {
        const auto host = [](const std::string& line) { return "GET / HTTP/1.1\r\n" + line + "\r\n"; };
        for (const char* good :
             {"Host: a", "host: a.b-c:80", "Host: 127.0.0.1:1", "Host: [::1]", "Host: [::1]:8"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(good, 0, statusOf(host(std::string(good) + "\r\n")));
        for (const char* bad :
             {"Host:", "Host: a b", "Host: a/b", "Host: a:b", "Host: a:", "Host: a:99999", "Host: :80",
              "Host: [::1", "Host: []", "Host: [::1]x", "Host: a@b", "Host: a, b", "Host: a:1:2"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400, statusOf(host(std::string(bad) + "\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(host("")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(host("Host: a\r\nHost: a\r\n")));
        CPPUNIT_ASSERT_EQUAL(400, statusOf(host("Host: a\r\nX: y\r\nhOST: b\r\n")));
        CPPUNIT_ASSERT_EQUAL(0, statusOf("GET / HTTP/1.0\r\n\r\n"));
    }

    void framingIsUnambiguous() {
        for (const char* bad : {"Content-Length: 1\r\nContent-Length: 1\r\n",
                                "Content-Length: 1\r\nContent-Length: 2\r\n",
                                "Content-Length: 1, 1\r\n",
                                "Content-Length: -1\r\n",
                                "Content-Length: +1\r\n",
                                "Content-Length: 0x1\r\n",
                                "Content-Length: 1 1\r\n",
                                "Content-Length:\r\n",
                                "Content-Length: a\r\n",
                                "Content-Length: 1.0\r\n",
                                "Content-Length: 99999999999999999999999\r\n",
                                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                                "Transfer-Encoding: xchunked\r\n",
                                "Transfer-Encoding: gzip, chunked\r\n",
                                "Transfer-Encoding: chunked, chunked\r\n",
                                "Transfer-Encoding: identity\r\n",
                                "Transfer-Encoding:\r\n",
                                "Transfer-Encoding: \"chunked\"\r\n",
                                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                "Transfer-Encoding: chunked;a=b\r\n"}) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400, statusOf(post(bad)));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400, statusOf(get(bad)));
        }
        CPPUNIT_ASSERT_EQUAL(400, statusOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"));
        Poco::Net::HTTPRequest request;
        RequestHead head;
        CPPUNIT_ASSERT_EQUAL(0, statusOf(post("Transfer-Encoding: CHUNKED\r\n"), request, head));
        CPPUNIT_ASSERT(head.framing == BodyFraming::chunked);
    }

    void withoutALengthThereIsNoBody() {
        for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
            CPPUNIT_ASSERT_EQUAL(0, statusOf(std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n"));
        CPPUNIT_ASSERT_EQUAL(0, statusOf(post("Content-Length: 0\r\n")));
    }

    void keepAliveFollowsVersionAndConnection() {
        const auto keeps = [](const std::string& bytes) {
            Poco::Net::HTTPRequest request;
            RequestHead head;
            CPPUNIT_ASSERT_EQUAL(0, statusOf(bytes, request, head));
            return head.keepAlive;
        };
        CPPUNIT_ASSERT(keeps(get("")));
        CPPUNIT_ASSERT(!keeps(get("Connection: Close\r\n")));
        CPPUNIT_ASSERT(!keeps(get("Connection: x, close\r\n")));
        CPPUNIT_ASSERT(!keeps(get("Connection: keep-alive\r\nConnection: close\r\n")));
        CPPUNIT_ASSERT(!keeps("GET / HTTP/1.0\r\n\r\n"));
        CPPUNIT_ASSERT(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    }

    void onlyContinueIsExpected() {
        Poco::Net::HTTPRequest request;
        RequestHead head;
        CPPUNIT_ASSERT_EQUAL(0,
                             statusOf(post("Content-Length: 1\r\nExpect: 100-Continue\r\n"), request, head));
        CPPUNIT_ASSERT(head.expectsContinue);
        CPPUNIT_ASSERT_EQUAL(417, statusOf(post("Content-Length: 1\r\nExpect: 200-ok\r\n")));
    }

    void sizesAreLimited() {
        CPPUNIT_ASSERT_EQUAL(0, statusOf(target("/" + std::string(8191, 'a'))));
        CPPUNIT_ASSERT_EQUAL(414, statusOf(target("/" + std::string(8192, 'a'))));
        CPPUNIT_ASSERT_EQUAL(414, statusOf("GET /" + std::string(20000, 'a')));
        CPPUNIT_ASSERT_EQUAL(0, statusOf(get("X: " + std::string(16000, 'a') + "\r\n")));
        CPPUNIT_ASSERT_EQUAL(431, statusOf(get("X: " + std::string(17000, 'a') + "\r\n")));
        CPPUNIT_ASSERT_EQUAL(431, statusOf(get("X: " + std::string(17000, 'a'))));
        std::string fields;
        for (int i = 0; i < 99; ++i)
            fields += "X: y\r\n";
        CPPUNIT_ASSERT_EQUAL(0, statusOf(get(fields)));
        CPPUNIT_ASSERT_EQUAL(431, statusOf(get(fields + "X: y\r\n")));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RequestHeadTest);

} // namespace coffer::test
