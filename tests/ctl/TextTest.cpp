#include "host/ctl/Text.h"

#include <cppunit/TestAssert.h>

using namespace coffer::ctl;

/// What names may do to a terminal, and how much room they take there.
class TextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TextTest);
    COFFER_TEST(whatATerminalWouldObeyIsShownAsText);
    COFFER_TEST(whatPeopleWriteStaysAsItIs);
    COFFER_TEST(widthsAreThoseOfATerminal);
    COFFER_TEST(whatIsTooWideIsCutBetweenCharacters);
    COFFER_TEST(linesBreakBetweenWords);
    COFFER_TEST(typingErrorsFindWhatWasMeant);
    COFFER_TEST(namesAreComparedWithoutCaseAndWidth);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatATerminalWouldObeyIsShownAsText() {
        equal("\\u001b[31mred", printable("\x1b[31mred"));
        equal("a\\u000ab\\u0007\\u007f", printable("a\nb\x07\x7f"));
        equal("a\nb\\u0007", printable("a\nb\x07", "\n"));
        equal("\\u009b2J", printable("\xc2\x9b"
                                     "2J")); // CSI in one byte
        equal("\\u202egnp.exe", printable("\u202egnp.exe"));
        equal("\\u2066x\\u2069", printable("\u2066x\u2069"));
        equal("\\u200bx\\ufeff", printable("\u200bx\ufeff"));
        equal("\\udb40\\udc41", printable("\U000E0041"));
        equal("a\uFFFD\uFFFDb", printable("a\xff\xfe"
                                          "b"));
        equal("\\u2028", printable("\u2028"));
    }
    void whatPeopleWriteStaysAsItIs() {
        for (const std::string text :
             {"plain", "Příliš žluťoučký", "日本語", "👩‍👩‍👧", "می‌خواهم", "a\\u001b"})
            equal(text, printable(text));
    }
    void widthsAreThoseOfATerminal() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, displayWidth("plain"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, displayWidth("日本語"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, displayWidth("e\u0301"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, displayWidth("👩‍👩‍👧"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, displayWidth("❤️"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, displayWidth(""));
    }
    void whatIsTooWideIsCutBetweenCharacters() {
        equal("日本語", fitted("日本語", 6));
        equal("日本…", fitted("日本語", 5));
        equal("日…", fitted("日本語", 4));
        equal("e\u0301…", fitted("e\u0301te\u0301", 2));
        equal("", fitted("abc", 0));
        equal("…", fitted("abc", 1));
        equal("日  ", padded("日", 4));
    }
    void linesBreakBetweenWords() {
        equal("one two\n  three", wrapped("one two three", 8, "  "));
        equal("unbreakable", wrapped("unbreakable", 4));
        equal("a b c", wrapped("a b c", 80));
    }
    void typingErrorsFindWhatWasMeant() {
        const std::vector<std::string> known{"credentials", "projects", "history", "list"};
        equal("Did you mean credentials?", didYouMean("credentails", known));
        equal("Did you mean history?", didYouMean("histoy", known));
        equal("Did you mean list?", didYouMean("lst", known));
        equal("Did you mean projects?", didYouMean("proj", known));
        equal("", didYouMean("frobnicate", known));
    }
    void namesAreComparedWithoutCaseAndWidth() {
        equal(folded("NIGHTLY"), folded("nightly"));
        equal(folded("ｎｉｇｈｔｌｙ"), folded("nightly"));
        equal(folded("e\u0301"), folded("É"));
        CPPUNIT_ASSERT(folded("nightly") != folded("nightly2"));
    }

private:
    static void equal(const std::string& expected, const std::string& actual) {
        CPPUNIT_ASSERT_EQUAL(expected, actual);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TextTest);
