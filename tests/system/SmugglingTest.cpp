#include "tests/system/AttackedDaemon.h"

using namespace coffer::test;

namespace {

using namespace std::string_literals;

/// What an attacker wants to be read as a request of its own, whatever went before it.
const std::string smuggled = getRequest("/smuggled");

/// A request, and the status that it must be answered with.
struct Attempt {
    std::string request;
    int status;
};

std::string post(const std::string& fields, const std::string& body) {
    return "POST /api/v1/organizations HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::string get(const std::string& fields) {
    return "GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

const std::string emptyChunks = "0\r\n\r\n";
constexpr int malformed = 400;
constexpr int tooLarge = 413;

/// Two ways to say how long the body is.
std::vector<Attempt> ambiguousLengths() {
    std::vector<Attempt> all;
    for (const char* fields : {
             "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
             "transfer-encoding: CHUNKED\r\ncontent-length: 0\r\n",
             "Content-Length: 5\r\nContent-Length: 5\r\n",
             "Content-Length: 0\r\nContent-Length: 5\r\n",
             "Content-Length: 5\r\nX: y\r\nCONTENT-LENGTH: 0\r\n",
             "Content-Length: 5, 5\r\n",
             "Content-Length: 0, 5\r\n",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
             "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
         })
        all.push_back({post(fields, emptyChunks), malformed});
    return all;
}

std::vector<Attempt> otherTransferCodings() {
    std::vector<Attempt> all;
    for (const auto& coding : {
             "chunked, identity"s,
             "identity, chunked"s,
             "identity"s,
             "chunked, chunked"s,
             "xchunked"s,
             "chunkedx"s,
             "chunked,"s,
             ",chunked"s,
             "chunked;q=1"s,
             "\"chunked\""s,
             "gzip, chunked"s,
             "chunked gzip"s,
             "chun ked"s,
             "\x0b" + "chunked"s,
             "chunked\x0c"s,
             "chunked\0"s,
             "\xa0" + "chunked"s,
             "chunked\r"s,
             ""s,
             "chunk\xc3\xa9" + "d"s,
         })
        all.push_back({post("Transfer-Encoding: " + coding + "\r\n", emptyChunks), malformed});
    for (const auto& field :
         {"Transfer-Encoding : chunked"s, "Transfer-Encoding\t: chunked"s, " Transfer-Encoding: chunked"s,
          "\tTransfer-Encoding: chunked"s, "Transfer-Encoding\0: chunked"s, "Transfer-Encoding:\r\n chunked"s,
          "X: y\r\n Transfer-Encoding: chunked"s, "X: y\nTransfer-Encoding: chunked"s,
          "X: y\rTransfer-Encoding: chunked"s, "Transfer-Encoding chunked"s, "Transfer-Encoding"s,
          ": chunked"s, "\0Transfer-Encoding: chunked"s, "Transfer-Encoding: chunked\r\n Content-Length: 5"s})
        all.push_back({post(field + "\r\n", emptyChunks), malformed});
    all.push_back({"POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + emptyChunks, malformed});
    return all;
}

std::vector<Attempt> lengthsThatAreNone() {
    std::vector<Attempt> all;
    for (const auto& length : {"-1"s,
                               "-0"s,
                               "+5"s,
                               "0x5"s,
                               "5x"s,
                               "5 5"s,
                               "5;"s,
                               "5.0"s,
                               "5e0"s,
                               ""s,
                               "\"5\""s,
                               "five"s,
                               "5\0"s,
                               "\x0b" + "5"s,
                               "1_0"s,
                               "\xd9\xa5"s,
                               "18446744073709551616"s,
                               "18446744073709551621"s,
                               "99999999999999999999999999999999"s,
                               "-18446744073709551611"s})
        all.push_back({post("Content-Length: " + length + "\r\n", "12345"), malformed});
    for (const auto& length : {"18446744073709551615"s, "9223372036854775808"s, "4294967301"s, "16777217"s})
        all.push_back({post("Content-Length: " + length + "\r\n", "12345"), tooLarge});
    for (const auto& field :
         {"Content-Length : 5"s, "Content-Length\t: 5"s, " Content-Length: 5"s, "Content-Length:\r\n 5"s,
          "Content-Length: 5\r\n 6"s, "Content-Length\0: 5"s, "Content Length: 5"s, "Content-Length"s})
        all.push_back({post(field + "\r\n", "12345"), malformed});
    return all;
}

std::vector<Attempt> chunksThatAreNone() {
    std::vector<Attempt> all;
    for (const auto& chunks : {
             // extensions and trailers
             "1;x=y\r\na\r\n0\r\n\r\n"s,
             "0;x\r\n\r\n"s,
             "1 \r\na\r\n0\r\n\r\n"s,
             "0\r\nX: y\r\n\r\n"s,
             "0\r\nContent-Length: 5\r\n\r\n"s,
             "0\r\nTransfer-Encoding: chunked\r\n\r\n"s,
             // sizes
             "-1\r\na\r\n0\r\n\r\n"s,
             "+1\r\na\r\n0\r\n\r\n"s,
             "0x1\r\na\r\n0\r\n\r\n"s,
             " 1\r\na\r\n0\r\n\r\n"s,
             "\r\n\r\n0\r\n\r\n"s,
             "g\r\n"s,
             "1\0\r\na\r\n0\r\n\r\n"s,
             "\xef\xbc\x91\r\na\r\n0\r\n\r\n"s,
             "10000000000000001\r\na\r\n0\r\n\r\n"s,
             "ffffffffffffffff\r\na\r\n0\r\n\r\n"s,
             "100000001\r\na\r\n0\r\n\r\n"s,
             "000000000000000000001\r\na\r\n0\r\n\r\n"s,
             // line ends
             "1\na\r\n0\r\n\r\n"s,
             "1\r\na\n0\r\n\r\n"s,
             "1\r\na\r\n0\n\n"s,
             "1\r\na\r\n0\r\n\n"s,
             "1\r\na0\r\n\r\n"s,
             "1\r\nab\r\n0\r\n\r\n"s,
             "1\r\r\na\r\n0\r\n\r\n"s,
             "2\r\na\r\n0\r\n\r\n"s,
         })
        all.push_back({post("Transfer-Encoding: chunked\r\n", chunks), malformed});
    for (const auto& size : {"ffffffff"s, "80000000"s, "01000001"s})
        all.push_back({post("Transfer-Encoding: chunked\r\n", size + "\r\na\r\n0\r\n\r\n"), tooLarge});
    return all;
}

std::vector<Attempt> headsThatAreNone() {
    std::vector<Attempt> all;
    for (const auto& request : {
             // line ends and continued lines
             "GET /healthz HTTP/1.1\nHost: localhost\n\n"s,
             "GET /healthz HTTP/1.1\r\nHost: localhost\n\r\n"s,
             "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\n"s,
             get("X: y\r\r\n"),
             get("X: a\rb\r\n"),
             get("X: y\r\n z\r\n"),
             get("X: y\r\n\tz\r\n"),
             "GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n"s,
             // names and values
             get("X : y\r\n"),
             get("X\t: y\r\n"),
             get("X\r\n"),
             get(": y\r\n"),
             get("X(: y\r\n"),
             get("X: a\0b\r\n"s),
             get("X\0: b\r\n"s),
             get("X: a\x7f\r\n"),
             get("X: \x08\r\n"),
             get("\xc3\xa4: y\r\n"),
             // targets
             "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET http://evil/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /healthz#x HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /health\0z HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /health%z HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /healthz\r\nHost: localhost\r\n\r\n"s,
             // request lines
             "GET  /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET\t/healthz\tHTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /healthz HTTP/1.1 \r\nHost: localhost\r\n\r\n"s,
             " GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /healthz http/1.1\r\nHost: localhost\r\n\r\n"s,
             "GET /healthz HTTP/01.1\r\nHost: localhost\r\n\r\n"s,
             "G\0ET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"s,
             "\0GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
             "\x16\x03\x01\x02\x00\x01"s,
             // hosts
             "GET /healthz HTTP/1.1\r\n\r\n"s,
             get("Host: localhost\r\n"),
             get("host: evil\r\n"),
             "GET /healthz HTTP/1.1\r\nHost: a, b\r\n\r\n"s,
             "GET /healthz HTTP/1.1\r\nHost: a@b\r\n\r\n"s,
             "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n"s,
             "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n"s,
         })
        all.push_back({request, malformed});
    all.push_back({"GET /healthz HTTP/1.2\r\nHost: localhost\r\n\r\n", 505});
    all.push_back({"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505});
    return all;
}

std::vector<Attempt> headsThatAreTooLarge() {
    std::string manyFields;
    for (int i = 0; i < 101; ++i)
        manyFields += "X-" + std::to_string(i) + ": y\r\n";
    std::string manyEmpty;
    for (int i = 0; i < 3000; ++i)
        manyEmpty += "X:\r\n";
    return {
        {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414},
        {"GET /" + std::string(1 << 20, 'a'), 414},
        {std::string(1 << 20, 'A'), 414},
        {"GET /?" + std::string(9000, '&') + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414},
        {get("X: " + std::string(17000, 'a') + "\r\n"), 431},
        {get("X: " + std::string(1 << 20, 'a') + "\r\n"), 431},
        {get(std::string(17000, 'a') + ": y\r\n"), 431},
        {get(manyFields), 431},
        {get(manyEmpty), 431},
        {std::string(33, 'A') + " /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", malformed},
    };
}

/// What is allowed, looks like some of the above, and says how long it is without a doubt.
std::vector<Attempt> harmless() {
    const std::string body = R"({"name":"x"})";
    const std::string chunks = "5\r\n{\"nam\r\n7\r\ne\":\"x\"}\r\n0\r\n\r\n";
    std::vector<Attempt> all;
    for (const auto* fields :
         {"Transfer-Encoding: chunked\r\n", "transfer-ENCODING: Chunked\r\n", "Transfer-Encoding:CHUNKED\r\n",
          "Transfer-Encoding:  chunked \r\n", "Transfer-Encoding:\tchunked\t\r\n"})
        all.push_back({post(fields, chunks), 401});
    for (const auto* fields : {"Content-Length: 12\r\n", "content-length:12\r\n", "Content-Length: \t12 \r\n",
                               "Content-Length: 0012\r\n"})
        all.push_back({post(fields, body), 401});
    // A body is a body, also where nobody wants one and when it looks like a request.
    const auto length = "Content-Length: " + std::to_string(smuggled.size()) + "\r\n";
    all.push_back({get(length) + smuggled, 200});
    all.push_back({post(length, smuggled), 401});
    all.push_back({"DELETE /healthz HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n" + smuggled, 405});
    all.push_back({get("Transfer-Encoding: chunked\r\n") + "1\r\na\r\n0\r\n\r\n", 200});
    all.push_back({get("Content-Length: 0\r\n"), 200});
    all.push_back({get("X-Content-Length: 5\r\nX-Transfer-Encoding: chunked\r\n"), 200});
    all.push_back({"\r\n" + get({}), 200});
    return all;
}

std::string shown(const std::string& request) {
    return "to " + request.substr(0, 400) + "\n";
}

} // namespace

/// Requests whose end a proxy could see elsewhere than the daemon does.
class SmugglingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SmugglingTest);
    COFFER_TEST(whatIsNotClearIsRefusedAndNothingAfterItIsRead);
    COFFER_TEST(whatIsClearEndsWhereItSays);
    COFFER_TEST(aBodyThatWasNotSaidToBeThereIsNoRequest);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override { daemon_ = std::make_unique<AttackedDaemon>(); }
    void tearDown() override { daemon_.reset(); }

    void whatIsNotClearIsRefusedAndNothingAfterItIsRead() {
        daemon_->expectGoodServiceWhile([&] {
            for (const auto& attempts : {ambiguousLengths(), otherTransferCodings(), lengthsThatAreNone(),
                                         chunksThatAreNone(), headsThatAreNone(), headsThatAreTooLarge()})
                for (const auto& attempt : attempts) {
                    expectRefused(attempt, attempt.request.size() + smuggled.size());
                    if (attempt.request.size() < 2000)
                        expectRefused(attempt, 1);
                }
        });
        expectNothingSmuggled();
    }

    void whatIsClearEndsWhereItSays() {
        const auto next = getRequest("/api/v1/whoami", "Connection: close\r\n");
        for (const auto& attempt : harmless())
            for (const auto piece : {attempt.request.size() + next.size(), std::size_t{1}}) {
                ServerTestClient client(daemon_->port());
                sendInPieces(client, attempt.request + next, piece);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(shown(attempt.request), attempt.status, client.receive().status);
                const auto second = client.receive();
                CPPUNIT_ASSERT_EQUAL_MESSAGE(shown(attempt.request), 401, second.status);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(shown(attempt.request), "close"s,
                                             second.headers.at("connection"));
                CPPUNIT_ASSERT(client.closed());
            }
        expectNothingSmuggled();
    }

    void aBodyThatWasNotSaidToBeThereIsNoRequest() {
        for (const auto* method : {"POST", "PUT", "PATCH"})
            for (const auto* version : {"1.1", "1.0"}) {
                ServerTestClient client(daemon_->port());
                client.send(method + " /api/v1/organizations/1 HTTP/"s + version +
                            "\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n" + smuggled);
                CPPUNIT_ASSERT(client.receive().status >= 400);
                CPPUNIT_ASSERT(client.closed());
            }
        expectNothingSmuggled();
    }

private:
    /// In one write, or byte by byte: the outcome is the same.
    static void sendInPieces(ServerTestClient& client, const std::string& bytes, std::size_t piece) {
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            if (!client.trySend(std::string_view(bytes).substr(at, piece)))
                return; // it has answered and closed: the answer is read next
    }
    void expectRefused(const Attempt& attempt, std::size_t piece) const {
        ServerTestClient client(daemon_->port());
        sendInPieces(client, attempt.request + smuggled, piece);
        const auto response = client.receive();
        const std::string what = shown(attempt.request) + response.head + response.body;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(what, attempt.status, response.status);
        CPPUNIT_ASSERT_MESSAGE(what, response.whole);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(what, "close"s, response.headers.at("connection"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(what, "application/problem+json"s, response.headers.at("content-type"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(what, std::string(), client.drain());
        daemon_->expectNothingOfOthers(response.body);
    }
    void expectNothingSmuggled() {
        daemon_->expectUnharmed();
        CPPUNIT_ASSERT(daemon_->process().log().find("path=/smuggled") == std::string::npos);
    }

    std::unique_ptr<AttackedDaemon> daemon_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(SmugglingTest);
