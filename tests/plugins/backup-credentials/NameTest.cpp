#include "Name.h"
#include "search/Document.h"
#include "search/Query.h"

#include <cppunit/extensions/HelperMacros.h>

namespace coffer::test {

using namespace backup_credentials;

/// Names and search terms as Unicode.
class NameTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NameTest);
    CPPUNIT_TEST(trimsAndComposes);
    CPPUNIT_TEST(countsCodePointsNotBytes);
    CPPUNIT_TEST(foldsCaseWidthAndIgnorables);
    CPPUNIT_TEST(refusesWhatHides);
    CPPUNIT_TEST(termsAreSplitAndFolded);
    CPPUNIT_TEST(operatorsAreQuoted);
    CPPUNIT_TEST(organizationCodesAreThreeCodePointsAndDiffer);
    CPPUNIT_TEST_SUITE_END();

public:
    void trimsAndComposes() {
        CPPUNIT_ASSERT_EQUAL(std::string("caf\xC3\xA9"), Name::parse("\xE2\x80\x83 cafe\xCC\x81\t").text);
    }
    void countsCodePointsNotBytes() {
        std::string thirty;
        for (int i = 0; i < 30; ++i)
            thirty += "\xE6\xBC\xA2";
        CPPUNIT_ASSERT(!Name::refusal(thirty));
        CPPUNIT_ASSERT_EQUAL(std::string("too_long"), Name::refusal(thirty + "x")->code);
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), Name::refusal("\xE6\xBC\xA2\xE6\xBC\xA2")->code);
    }
    void foldsCaseWidthAndIgnorables() {
        const std::string key = Name::parse("Stra\xC3\x9F"
                                            "e")
                                    .key;
        for (const char* same : {"STRASSE", "\xEF\xBC\xB3trasse", "Stra\xC2\xADsse",
                                 "stra\xE1\xBA\x9E"
                                 "e"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(same, key, Name::parse(same).key);
        CPPUNIT_ASSERT(key != Name::parse("Strase").key);
    }
    void refusesWhatHides() {
        for (const char* bad : {"a\x01"
                                "bc",
                                "abc\x7F",
                                "a\xE2\x80\xAE"
                                "bc",
                                "a\xE2\x81\xA7"
                                "bc",
                                "a\xE2\x80\x8F"
                                "bc",
                                "a\xE2\x80\xA8"
                                "bc",
                                "ab\xFF", "\xE2\x80\x8B\xE2\x80\x8B\xE2\x80\x8B"})
            CPPUNIT_ASSERT_EQUAL(std::string("invalid_characters"), Name::refusal(bad)->code);
        CPPUNIT_ASSERT_THROW(Name::parse("ab"), std::invalid_argument);
    }
    void termsAreSplitAndFolded() {
        const auto terms = search::terms("  Nightly\tEU\xE3\x80\x80west nightly ");
        CPPUNIT_ASSERT((terms == std::vector<std::string>{"eu", "nightly", "west"}));
        CPPUNIT_ASSERT(search::terms(" \t ").empty());
    }
    void operatorsAreQuoted() {
        const auto expression = search::expression({"a\"b*c", "near(x"}, {true, {}}, {});
        CPPUNIT_ASSERT_EQUAL(std::string(R"(({text} : "a""b*c") AND ({text} : "near(x"))"), *expression);
    }
    void organizationCodesAreThreeCodePointsAndDiffer() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, codePoints(search::organizationCode(2147483647)));
        CPPUNIT_ASSERT(search::organizationCode(1) != search::organizationCode(6145));
        CPPUNIT_ASSERT(search::organizationCode(1) != search::organizationCode(2));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(NameTest);

} // namespace coffer::test
