#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Text.h>

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// Names and other texts as Unicode.
class TextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TextTest);
    COFFER_TEST(spaceAroundANameIsRemovedAndItIsComposed);
    COFFER_TEST(lengthIsCountedInCodePointsAfterTrimming);
    COFFER_TEST(whatHidesOrMisleadsIsRefused);
    COFFER_TEST(joinedEmojiAreOneName);
    COFFER_TEST(namesThatReadTheSameHaveTheSameKey);
    COFFER_TEST(foldingTwiceChangesNothing);
    COFFER_TEST(brokenUtf8GivesNothing);
    COFFER_TEST(everyMistakeIsAddedToOneProblem);
    CPPUNIT_TEST_SUITE_END();

public:
    static std::optional<Name> named(std::string_view text, Problem& problem) {
        return Name::check(text, {3, 10}, "name", problem);
    }
    static Name accepted(std::string_view text) {
        Problem problem = Problem::invalidFields();
        const auto name = named(text, problem);
        CPPUNIT_ASSERT_MESSAGE(std::string(text), name);
        CPPUNIT_ASSERT(problem.fields().empty());
        return *name;
    }
    static std::string codeOf(std::string_view text) {
        Problem problem = Problem::invalidFields();
        if (named(text, problem))
            return "accepted";
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, problem.fields().size());
        CPPUNIT_ASSERT_EQUAL(std::string("name"), problem.fields()[0].field);
        return problem.fields()[0].code;
    }

    void spaceAroundANameIsRemovedAndItIsComposed() {
        CPPUNIT_ASSERT_EQUAL(std::string("caf\u00e9"), accepted(" \t\u2003cafe\u0301\u00a0\n").text);
        CPPUNIT_ASSERT_EQUAL(std::string("a b"), accepted("a b").text);
    }
    void lengthIsCountedInCodePointsAfterTrimming() {
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), codeOf("\u65e5\u672c\u8a9e"));
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), codeOf("  0123456789  "));
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), codeOf(" ab "));
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), codeOf("\u6f22\u6f22"));
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), codeOf(""));
        CPPUNIT_ASSERT_EQUAL(std::string("too_long"), codeOf("01234567890"));
    }
    void whatHidesOrMisleadsIsRefused() {
        for (const std::string_view text : {"ab\u0007c", "ab\nc", "abc\x7f", "ab\u202ec", "ab\u2066c",
                                            "ab\u200fc", "ab\u061cc", "ab\u200bc", "ab\u2028c", "ab\ufeffc",
                                            "ab\u00adc", "ab\u0085c", "\u200d\u200d\u200d", "ab\u0378"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(text), std::string("invalid_characters"), codeOf(text));
    }
    void joinedEmojiAreOneName() {
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), codeOf("\U0001F469\u200D\U0001F4BB"));
    }
    void namesThatReadTheSameHaveTheSameKey() {
        const std::string key = accepted("Stra\u00dfe").key;
        for (const char* same : {"STRASSE", "\uff33trasse", "stra\u1e9ee"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(same, key, accepted(same).key);
        CPPUNIT_ASSERT(key != accepted("Strase").key);
    }
    void foldingTwiceChangesNothing() {
        for (const char* text : {"\u1fc3\u0345", "\u0130", "\u01c5", "\u03d3", "\u1e9b\u0323"}) {
            const auto once = foldedText(text);
            CPPUNIT_ASSERT(once == foldedText(*once));
        }
    }
    void brokenUtf8GivesNothing() {
        CPPUNIT_ASSERT(!normalizedText("\xc3"));
        CPPUNIT_ASSERT(!foldedText("ab\xff"));
        CPPUNIT_ASSERT(hasForbiddenCharacters("ab\xff"));
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_characters"), codeOf("abc\xff"));
    }
    void everyMistakeIsAddedToOneProblem() {
        Problem problem = Problem::invalidFields();
        (void)Name::check("a", {3, 10}, "name", problem);
        (void)Name::check("a\nbc", {3, 10}, "displayName", problem);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, problem.fields().size());
        CPPUNIT_ASSERT_EQUAL(std::string("displayName"), problem.fields()[1].field);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TextTest);

} // namespace coffer::test
