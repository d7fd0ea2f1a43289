#include "sdk/shared/OptionValue.h"
#include "sdk/shared/OptionSection.h"

namespace coffer::test {

using namespace detail;
using namespace std::chrono_literals;

class OptionValueTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OptionValueTest);
    COFFER_TEST(durationsAndSizesHaveUnits);
    COFFER_TEST(whatIsWrittenLaterWinsOnlyWhereItIsMeantTo);
    COFFER_TEST(optionIsReadOnlyWithTheTypeItWasDeclaredWith);
    CPPUNIT_TEST_SUITE_END();

public:
    void durationsAndSizesHaveUnits() {
        CPPUNIT_ASSERT(parseDuration("30d") == std::chrono::hours(720));
        CPPUNIT_ASSERT(parseDuration("250ms") == 250ms);
        for (const auto* bad : {"", "5", "s", "-5s", "5 s", "99999999999999999999s", "9223372036854775807d"})
            CPPUNIT_ASSERT_MESSAGE(bad, !parseDuration(bad));
        CPPUNIT_ASSERT(parseSize("64KiB") == 65536);
        for (const auto* bad : {"", "KiB", "-1", "1kB", "9223372036854775807GiB"})
            CPPUNIT_ASSERT_MESSAGE(bad, !parseSize(bad));
    }
    void whatIsWrittenLaterWinsOnlyWhereItIsMeantTo() {
        const std::vector<Option> options{{"name", OptionType::text, "none", "A name."}};
        std::string mistakes;
        WrittenSection section{{"name", {{"a", "the test", {}, true}, {"b", "the test", {}, true}}}};
        CPPUNIT_ASSERT_EQUAL(std::string("b"), checkSection("x", section, options, mistakes)->text("name"));
        CPPUNIT_ASSERT_EQUAL(std::string(), mistakes);
        for (auto& setting : section["name"])
            setting.replaces = false;
        (void)checkSection("x", section, options, mistakes);
        CPPUNIT_ASSERT(mistakes.find("'name' is set a second time") != std::string::npos);
    }
    void optionIsReadOnlyWithTheTypeItWasDeclaredWith() {
        std::string mistakes;
        const auto config = checkSection("x", {}, {{"name", OptionType::text, "none", "A name."}}, mistakes);
        CPPUNIT_ASSERT_EQUAL(std::string("none"), config->text("name"));
        CPPUNIT_ASSERT_THROW((void)config->integer("name"), std::logic_error);
        CPPUNIT_ASSERT_THROW((void)config->text("other"), std::logic_error);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OptionValueTest);

} // namespace coffer::test
