#include "host/http/RequestBody.h"

#include <coffer/sdk/Problem.h>

namespace coffer::test {

using host::BodyFraming;
using host::RequestBody;
using host::RequestBuffer;

namespace {

struct Outcome {
    int status = 0; ///< 0: taken so far; else of the refusal
    bool complete = false;
    std::string body;
    std::string rest; ///< what belongs to the next request
};

/// Gives the bytes `step` at a time.
Outcome decode(const std::string& bytes, std::size_t step, std::size_t limit = 100) {
    Outcome outcome;
    RequestBody body;
    RequestBuffer input;
    try {
        body.begin({BodyFraming::chunked, 0, true, false}, limit);
        for (std::size_t i = 0; i < bytes.size(); i += step) {
            input.append(std::string_view(bytes).substr(i, step));
            input.consume(body.take(input.view(), outcome.body));
        }
    } catch (const Problem& problem) {
        outcome.status = problem.status();
    }
    outcome.complete = body.complete();
    outcome.rest = input.view();
    return outcome;
}

} // namespace

class RequestBodyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RequestBodyTest);
    COFFER_TEST(chunksAreJoinedHoweverTheyArrive);
    COFFER_TEST(whatFollowsIsLeftAlone);
    COFFER_TEST(malformedChunksAreRefused);
    COFFER_TEST(sizeIsLimited);
    COFFER_TEST(incompleteBodyIsNotComplete);
    CPPUNIT_TEST_SUITE_END();

    void chunksAreJoinedHoweverTheyArrive() {
        for (std::size_t step : {1, 2, 3, 5, 100}) {
            const auto outcome = decode("4\r\nWiki\r\n00A\r\npedia in\r\n\r\n3\r\nabc\r\n0\r\n\r\n", step);
            CPPUNIT_ASSERT_EQUAL(0, outcome.status);
            CPPUNIT_ASSERT(outcome.complete);
            CPPUNIT_ASSERT_EQUAL(std::string("Wikipedia in\r\nabc"), outcome.body);
        }
    }

    void whatFollowsIsLeftAlone() {
        const auto outcome = decode("1\r\na\r\n0\r\n\r\nGET / HTTP", 100);
        CPPUNIT_ASSERT(outcome.complete);
        CPPUNIT_ASSERT_EQUAL(std::string("a"), outcome.body);
        CPPUNIT_ASSERT_EQUAL(std::string("GET / HTTP"), outcome.rest);
    }

    void malformedChunksAreRefused() {
        for (const char* bad :
             {"\r\n", "g\r\n", "-1\r\n", "+1\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "0x1\r\na\r\n",
              "1;a=b\r\na\r\n", "1\na\n", "1\r\nab\r\n", "1\r\na\n", "1\r\na\rx", "000000001\r\na\r\n",
              "fffffffff\r\n", "0\r\nTrailer: a\r\n\r\n", "0\r\n\n", "0\n\n", "1\rxa"})
            for (std::size_t step : {1, 100})
                CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400, decode(bad, step).status);
    }

    void sizeIsLimited() {
        CPPUNIT_ASSERT(decode("64\r\n" + std::string(100, 'a') + "\r\n0\r\n\r\n", 100).complete);
        CPPUNIT_ASSERT_EQUAL(413, decode("65\r\n", 100).status);
        CPPUNIT_ASSERT_EQUAL(413, decode("ffffffff\r\n", 100).status);
        CPPUNIT_ASSERT_EQUAL(413, decode("64\r\n" + std::string(100, 'a') + "\r\n1\r\n", 100).status);
        RequestBody body;
        CPPUNIT_ASSERT_THROW(body.begin({BodyFraming::length, 101, true, false}, 100), Problem);
        CPPUNIT_ASSERT_NO_THROW(body.begin({BodyFraming::length, 100, true, false}, 100));
    }

    void incompleteBodyIsNotComplete() {
        for (const char* part : {"1", "1\r", "1\r\n", "1\r\na", "1\r\na\r", "1\r\na\r\n", "1\r\na\r\n0\r\n",
                                 "1\r\na\r\n0\r\n\r"})
            CPPUNIT_ASSERT(!decode(part, 1).complete);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RequestBodyTest);

} // namespace coffer::test
