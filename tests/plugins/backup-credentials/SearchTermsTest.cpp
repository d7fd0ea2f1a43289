#include "search/Document.h"
#include "search/Query.h"

#include <coffer/sdk/Text.h>

#include <coffer/testkit/Test.h>

namespace coffer::test {

using namespace backup_credentials;

/// What is typed into the search field.
class SearchTermsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SearchTermsTest);
    COFFER_TEST(termsAreSplitAndFolded);
    COFFER_TEST(operatorsAreQuoted);
    COFFER_TEST(organizationCodesAreThreeCodePointsAndDiffer);
    CPPUNIT_TEST_SUITE_END();

public:
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
CPPUNIT_TEST_SUITE_REGISTRATION(SearchTermsTest);

} // namespace coffer::test
