#include "probe/HttpReply.h"

#include <coffer/testkit/Test.h>

namespace coffer::backup_credentials {

using State = HttpReplyReader::State;

class HttpReplyTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HttpReplyTest);
    COFFER_TEST(repliesAreTheSameHoweverTheyAreCut);
    COFFER_TEST(headersAreFoundInLowerCase);
    COFFER_TEST(interimRepliesArePassedOver);
    COFFER_TEST(bodyWithoutLengthEndsWithTheConnection);
    COFFER_TEST(repliesWithoutBodyAreFinishedAtOnce);
    COFFER_TEST(cutRepliesAreNotFinished);
    COFFER_TEST(whatIsNotHttpIsMalformed);
    CPPUNIT_TEST_SUITE_END();

public:
    void repliesAreTheSameHoweverTheyAreCut() {
        const std::string replies[] = {
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: v\r\n\r\n",
            "HTTP/1.0 200 OK\nContent-Length: 5\nContent-Length: 5\n\nhello",
        };
        for (const std::string& text : replies) {
            for (std::size_t step = 1; step <= text.size(); ++step) {
                HttpReplyReader reader;
                for (std::size_t at = 0; at < text.size(); at += step)
                    reader.feed(std::string_view(text).substr(at, step));
                CPPUNIT_ASSERT_MESSAGE(text, reader.state() == State::finished);
                CPPUNIT_ASSERT_EQUAL(200, reader.reply().status);
                CPPUNIT_ASSERT_EQUAL(std::string("hello"), reader.reply().body);
                CPPUNIT_ASSERT(reader.reply().complete);
            }
        }
    }

    void headersAreFoundInLowerCase() {
        HttpReplyReader reader;
        reader.feed("HTTP/1.1 200 OK\r\nX-Amz-Bucket-Region:  eu-west-1 \r\nContent-Length: 0\r\n\r\n");
        CPPUNIT_ASSERT(reader.reply().header("x-amz-bucket-region") == "eu-west-1");
        CPPUNIT_ASSERT(!reader.reply().header("date"));
    }

    void interimRepliesArePassedOver() {
        HttpReplyReader reader;
        reader.feed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        CPPUNIT_ASSERT(reader.state() == State::finished);
        CPPUNIT_ASSERT_EQUAL(403, reader.reply().status);
    }

    void bodyWithoutLengthEndsWithTheConnection() {
        HttpReplyReader reader;
        CPPUNIT_ASSERT(reader.feed("HTTP/1.1 200 OK\r\n\r\nhello") == State::body);
        CPPUNIT_ASSERT(!reader.reply().complete);
        CPPUNIT_ASSERT(reader.end() == State::finished);
        CPPUNIT_ASSERT(reader.reply().complete);
    }

    void repliesWithoutBodyAreFinishedAtOnce() {
        HttpReplyReader reader;
        CPPUNIT_ASSERT(reader.feed("HTTP/1.1 204 No Content\r\n\r\n") == State::finished);
    }

    void cutRepliesAreNotFinished() {
        for (const char* text :
             {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "HTTP/1.1 200 OK\r\nA: b\r\n",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "HTT"}) {
            HttpReplyReader reader;
            reader.feed(text);
            CPPUNIT_ASSERT_MESSAGE(text, reader.end() != State::finished);
        }
    }

    void whatIsNotHttpIsMalformed() {
        for (const char* text :
             {"SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
              "HTTP/1.1 099 No\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
              "HTTP/1.1 200 OK\r\n: empty\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
              "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
              "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
              "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
              "HTTP/1.1 101 Switching Protocols\r\n\r\n"}) {
            HttpReplyReader reader;
            CPPUNIT_ASSERT_MESSAGE(text, reader.feed(text) == State::malformed);
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(HttpReplyTest);

} // namespace coffer::backup_credentials
