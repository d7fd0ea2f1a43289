#include "host/identity/Names.h"

namespace coffer::test {

class NamesTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NamesTest);
    CPPUNIT_TEST(spaceAroundANameIsRemovedAndItIsComposed);
    CPPUNIT_TEST(lengthIsCountedInCodePointsAfterTrimming);
    CPPUNIT_TEST(whatCannotBeSeenIsRefused);
    CPPUNIT_TEST(theDaemonsOwnNamesAreReserved);
    CPPUNIT_TEST(brokenUtf8IsRefused);
    CPPUNIT_TEST(namesThatReadTheSameHaveTheSameKey);
    CPPUNIT_TEST_SUITE_END();

    static std::string codeOf(std::string_view text) {
        try {
            (void)host::acceptedName(text, "name", {3, 10});
            return "accepted";
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(422, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("name"), problem.fields().at(0).field);
            return problem.fields().at(0).code;
        }
    }

    void spaceAroundANameIsRemovedAndItIsComposed() {
        CPPUNIT_ASSERT_EQUAL(std::string("caf\u00e9"),
                             host::acceptedName(" \t cafe\u0301\u00a0\n", "name", {3, 10}));
        CPPUNIT_ASSERT_EQUAL(std::string("a b"), host::acceptedName("a b", "name", {3, 10}));
    }

    void lengthIsCountedInCodePointsAfterTrimming() {
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), codeOf("\u65e5\u672c\u8a9e"));
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), codeOf("  0123456789  "));
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), codeOf(" ab "));
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), codeOf(""));
        CPPUNIT_ASSERT_EQUAL(std::string("too_long"), codeOf("01234567890"));
    }

    void whatCannotBeSeenIsRefused() {
        for (const std::string_view text : {"ab\u0007c", "ab\nc", "ab\u202ec", "ab\u2066c", "ab\u200bc",
                                            "ab\u2028c", "ab\ufeffc", "ab\u00adc", "ab\u0085c"})
            CPPUNIT_ASSERT_EQUAL(std::string("forbidden_character"), codeOf(text));
    }

    void theDaemonsOwnNamesAreReserved() {
        CPPUNIT_ASSERT_EQUAL(std::string("reserved"), codeOf("System:x"));
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), codeOf("systems"));
    }

    void brokenUtf8IsRefused() {
        CPPUNIT_ASSERT_EQUAL(std::string("not_utf8"), codeOf("ab\xff"));
        CPPUNIT_ASSERT_THROW(host::nameKey("\xc3"), std::invalid_argument);
    }

    void namesThatReadTheSameHaveTheSameKey() {
        CPPUNIT_ASSERT_EQUAL(host::nameKey("STRASSE"), host::nameKey("stra\u00dfe"));
        CPPUNIT_ASSERT_EQUAL(host::nameKey("Research"), host::nameKey("\uff32esearch"));
        CPPUNIT_ASSERT(host::nameKey("research") != host::nameKey("researcher"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(NamesTest);

} // namespace coffer::test
