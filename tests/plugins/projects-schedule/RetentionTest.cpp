#include "schedule/Retention.h"

#include <coffer/testkit/Test.h>

#include <stdexcept>
#include <string>

namespace coffer::projects {

class RetentionTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RetentionTest);
    COFFER_TEST(hoursAndDaysAreRead);
    COFFER_TEST(thirtyDaysAreTheDefault);
    COFFER_TEST(itsTextIsReadAgain);
    COFFER_TEST(othersAreRefused);
    CPPUNIT_TEST_SUITE_END();

    static void assertRefused(const std::string& text) {
        try {
            const std::string taken = Retention::parse(text).text();
            CPPUNIT_FAIL("'" + text + "' was taken as " + taken);
        } catch (const std::invalid_argument& error) {
            CPPUNIT_ASSERT_MESSAGE(error.what(), std::string(error.what()).ends_with("."));
        }
    }

public:
    void hoursAndDaysAreRead() {
        CPPUNIT_ASSERT_EQUAL(std::string("72h"), Retention::parse("72h").text());
        CPPUNIT_ASSERT(Retention::parse("30d") == Retention::parse("720h"));
        CPPUNIT_ASSERT_EQUAL(std::string("1h"), Retention::parse("1h").text());
        CPPUNIT_ASSERT_EQUAL(std::string("87600h"), Retention::parse("3650d").text());
        CPPUNIT_ASSERT_EQUAL(std::string("24h"), Retention::parse("01d").text());
    }
    void thirtyDaysAreTheDefault() {
        CPPUNIT_ASSERT_EQUAL(std::string("720h"), Retention().text());
        CPPUNIT_ASSERT_EQUAL(std::string("720h0m0s"), Retention().veleroText());
    }
    void itsTextIsReadAgain() {
        for (auto hours = Retention::shortest; hours <= Retention::longest; hours += std::chrono::hours(37)) {
            const Retention retention(hours);
            CPPUNIT_ASSERT(Retention::parse(retention.text()) == retention);
            CPPUNIT_ASSERT(retention.hours() == hours);
        }
    }
    void othersAreRefused() {
        for (const auto* text : {"",      "h",         "d",           "72",          "72 h",
                                 " 72h",  "72h ",      "72H",         "30D",         "-1h",
                                 "+1h",   "0h",        "0d",          "1.5h",        "1e3h",
                                 "72m",   "72s",       "1w",          "1y",          "72h0m0s",
                                 "3651d", "87601h",    "4294967296h", "4294967295d", "99999999999999999999d",
                                 "0x10h", "\xd9\xa7h", "72h\n"})
            assertRefused(text);
        assertRefused(std::string("72h\0", 4));
        CPPUNIT_ASSERT_THROW(Retention(std::chrono::hours(0)), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(Retention(std::chrono::hours(-5)), std::invalid_argument);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RetentionTest);

} // namespace coffer::projects
