#include "host/http/OutputBuffer.h"

#include <algorithm>

namespace coffer::test {

using host::OutputBuffer;

/// What goes out, and in which pieces.
class OutputBufferTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OutputBufferTest);
    COFFER_TEST(shortReplyIsOnePiece);
    COFFER_TEST(longReplyIsTwoPiecesThatFollowOnEachOther);
    COFFER_TEST(everyByteGoesOnceHoweverMuchIsTakenAtATime);
    COFFER_TEST(nothingIsLeftOfWhatWasSent);
    CPPUNIT_TEST_SUITE_END();

public:
    void shortReplyIsOnePiece() {
        OutputBuffer buffer;
        buffer.put("head:", "body", false);
        CPPUNIT_ASSERT_EQUAL(std::string("head:body"), std::string(buffer.next()));
        CPPUNIT_ASSERT(buffer.afterNext().empty());
    }

    void longReplyIsTwoPiecesThatFollowOnEachOther() {
        OutputBuffer buffer;
        const std::string body = longBody();
        buffer.put("head:", body, false);
        CPPUNIT_ASSERT(!buffer.afterNext().empty());
        CPPUNIT_ASSERT_EQUAL("head:" + body, std::string(buffer.next()).append(buffer.afterNext()));
    }

    void everyByteGoesOnceHoweverMuchIsTakenAtATime() {
        for (const std::size_t most : {1UL, 7UL, 4096UL, 14999UL, 15005UL, 15006UL, 60000UL, 1000000UL}) {
            OutputBuffer buffer;
            const std::string body = longBody();
            buffer.put("head:", body, true);
            std::string taken;
            while (!buffer.empty()) {
                const std::string waiting = std::string(buffer.next()).append(buffer.afterNext());
                const std::size_t count = std::min(most, waiting.size());
                taken.append(waiting, 0, count);
                buffer.sent(count);
            }
            CPPUNIT_ASSERT(taken == "head:" + body);
            CPPUNIT_ASSERT(buffer.afterNext().empty());
        }
    }

    void nothingIsLeftOfWhatWasSent() {
        OutputBuffer buffer;
        buffer.put("first:", longBody(), false);
        buffer.sent(buffer.next().size() + buffer.afterNext().size());
        CPPUNIT_ASSERT(buffer.empty());
        buffer.put("second:", "", false);
        CPPUNIT_ASSERT_EQUAL(std::string("second:"), std::string(buffer.next()));
        CPPUNIT_ASSERT(buffer.afterNext().empty());
    }

private:
    static std::string longBody() {
        std::string body;
        for (int i = 0; body.size() < 70000; ++i)
            body += std::to_string(i) + ",";
        return body;
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OutputBufferTest);

} // namespace coffer::test
