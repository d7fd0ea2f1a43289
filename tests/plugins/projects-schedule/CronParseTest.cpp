#include "schedule/Cron.h"

#include <coffer/testkit/Test.h>

#include <random>
#include <stdexcept>
#include <string>

namespace coffer::projects {

class CronParseTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CronParseTest);
    COFFER_TEST(theTextIsKeptButForSpacesAndTheCaseOfNames);
    COFFER_TEST(sevenIsWrittenSoThatVeleroKnowsIt);
    COFFER_TEST(everyFieldHasItsBounds);
    COFFER_TEST(whatLooksLikeNumbersIsRefused);
    COFFER_TEST(rangesAndStepsThatMeanNothingAreRefused);
    COFFER_TEST(emptyPartsAreRefused);
    COFFER_TEST(otherCountsOfFieldsAreRefused);
    COFFER_TEST(otherFormsAreRefusedWithAdvice);
    COFFER_TEST(whatNeverRunsIsRefused);
    COFFER_TEST(whatRunsRarelyIsNot);
    COFFER_TEST(controlCharactersAndLongTextsAreRefused);
    COFFER_TEST(whateverIsTypedIsTakenOrRefusedWithASentence);
    CPPUNIT_TEST_SUITE_END();

    static void assertKept(const std::string& expected, const std::string& text) {
        CPPUNIT_ASSERT_EQUAL(expected, Cron::parse(text).text());
        CPPUNIT_ASSERT_EQUAL(expected, Cron::parse(expected).text());
    }
    static void assertForVelero(const std::string& expected, const std::string& text) {
        const Cron cron = Cron::parse(text);
        CPPUNIT_ASSERT_EQUAL(text, cron.text());
        CPPUNIT_ASSERT_EQUAL(expected, cron.veleroText());
        const Instant from = parseRfc3339("2026-01-01T00:00:00Z").value();
        CPPUNIT_ASSERT(cron.next(from, TimeZone::utc(), 30) ==
                       Cron::parse(expected).next(from, TimeZone::utc(), 30));
    }
    static void assertRefused(const std::string& text, const std::string& part) {
        try {
            const std::string taken = Cron::parse(text).text();
            CPPUNIT_FAIL("'" + text + "' was taken as " + taken);
        } catch (const std::invalid_argument& error) {
            const std::string sentence = error.what();
            CPPUNIT_ASSERT_MESSAGE(text + " -> " + sentence, sentence.find(part) != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(sentence, sentence.ends_with("."));
        }
    }

public:
    void theTextIsKeptButForSpacesAndTheCaseOfNames() {
        assertKept("*/15 0-6,22 1,15 JAN-Mar mon-FRI", "  */15\t0-6,22   1,15 JAN-Mar mon-FRI \t");
    }
    void sevenIsWrittenSoThatVeleroKnowsIt() {
        assertForVelero("0 0 * * 0", "0 0 * * 7");
        assertForVelero("0 0 * * 0,5,6", "0 0 * * 5-7");
        assertForVelero("0 0 * * 0,1,3,5", "0 0 * * 1-7/2");
        assertForVelero("0 0 * * 0,3", "0 0 * * 7,WED");
        assertForVelero("0 0 13 * *", "0 0 13 * *,7");
        assertForVelero("0 0 13 * 0,1,2,3,4,5,6", "0 0 13 * 0-7");
        assertForVelero("7 7 7 7 MON", "7 7 7 7 MON");
        assertForVelero("@weekly", "@weekly");
        assertForVelero("0 0 ? * ?", "0 0 ? * ?");
    }
    void everyFieldHasItsBounds() {
        for (const auto* text : {"0 0 1 1 0", "59 23 31 12 7", "0 0 * JAN SUN", "0 0 * dec sat",
                                 "09 08 07 06 05", "*/59 */23 */31 */12 */6"})
            CPPUNIT_ASSERT_EQUAL(std::string(text), Cron::parse(text).text());
        assertRefused("60 * * * *", "minute of the schedule: \"60\" is not a number from 0 to 59");
        assertRefused("* 24 * * *", "hour of the schedule: \"24\" is not a number from 0 to 23");
        assertRefused("* * 0 * *", "day of month of the schedule: \"0\" is not a number from 1 to 31");
        assertRefused("* * 32 * *", "day of month");
        assertRefused("* * * 0 *", "month of the schedule: \"0\" is not a number from 1 to 12 or a name");
        assertRefused("* * * 13 *", "JAN to DEC");
        assertRefused("* * * * 8", "0 and 7 are Sunday");
        assertRefused("* * 1-32 * *", "\"32\"");
        assertRefused("0-60 * * * *", "\"60\"");
    }
    void whatLooksLikeNumbersIsRefused() {
        for (const auto* minute : {"-1", "+1", "1.5", "1e1", "0x1", "001", "a", "JAN", "*5", "5*", "**", "L",
                                   "99999999999999999999", "18446744073709551617", "1-2-3", "#", "1#2"})
            assertRefused(std::string(minute) + " * * * *", "");
        assertRefused("* MON * * *", "hour");
        assertRefused("* * * MON *", "JAN to DEC");
        assertRefused("* * * * JAN", "SUN to SAT");
        assertRefused("* * * JANUARY *", "\"JANUARY\"");
        assertRefused("* * * * FRIDAY", "\"FRIDAY\"");
        assertRefused("* * L * *", "day of month");
        assertRefused("* * 15W * *", "day of month");
        assertRefused("* * * * FRI#2", "day of week");
        assertRefused("H H * * *", "minute");
    }
    void rangesAndStepsThatMeanNothingAreRefused() {
        assertRefused("40-3 * * * *", "runs backwards");
        assertRefused("0 22-6 * * *", "write two ranges");
        assertRefused("0 0 * * SAT-SUN", "runs backwards");
        assertRefused("0 0 * NOV-FEB *", "runs backwards");
        assertRefused("*/0 * * * *", "the step of \"*/0\" is not a number from 1 to 59");
        assertRefused("*/60 * * * *", "1 to 59");
        assertRefused("0 */24 * * *", "1 to 23");
        assertRefused("*/ * * * *", "step");
        assertRefused("*/-5 * * * *", "step");
        assertRefused("*/5/5 * * * *", "step");
        assertRefused("*/a * * * *", "step");
        assertRefused("0 0 * */JAN *", "step");
        assertRefused("/5 * * * *", "\"\"");
        assertRefused("- * * * *", "\"\"");
        assertRefused("5- * * * *", "\"\"");
        assertRefused("-5 * * * *", "\"\"");
        assertRefused("*-5 * * * *", "\"*\"");
        assertRefused("5-* * * * *", "\"*\"");
        assertRefused("0 0 * * 7/2", "Write 0 for Sunday");
    }
    void emptyPartsAreRefused() {
        for (const auto* minute : {",", "1,", ",1", "1,,2"})
            assertRefused(std::string(minute) + " * * * *", "before or after a comma");
        assertRefused("1, 2 * * *", "comma");
    }
    void otherCountsOfFieldsAreRefused() {
        assertRefused("", "empty");
        assertRefused(" \t ", "empty");
        assertRefused("*", "has 1");
        assertRefused("* * * *", "five fields (minute, hour, day of month, month, day of week)");
        assertRefused("0 0 0 * * *", "no fields for seconds");
        assertRefused("0 0 0 * * * 2030", "has 7");
    }
    void otherFormsAreRefusedWithAdvice() {
        assertRefused("@every 1h", "*/30 * * * *");
        assertRefused("@EVERY 1h", "@hourly");
        assertRefused("@reboot", "@daily");
        assertRefused("@", "@daily");
        assertRefused("@daily 5", "@daily");
        assertRefused("@ daily", "@daily");
        assertRefused("CRON_TZ=Europe/Prague 0 2 * * *", "time zone");
        assertRefused("TZ=UTC 0 2 * * *", "time zone");
        assertRefused("cron_tz=UTC @daily", "time zone");
        assertKept("@daily", "@Daily");
        assertKept("@midnight", " @MIDNIGHT ");
    }
    void whatNeverRunsIsRefused() {
        assertRefused("0 0 30 2 *", "never runs");
        assertRefused("0 0 31 2,4,6,9,11 *", "never runs");
        assertRefused("0 0 30-31 FEB ?", "never runs");
        assertRefused("0 0 31 4 */1", "never runs");
    }
    void whatRunsRarelyIsNot() {
        for (const auto* text : {"0 0 29 2 *", "0 0 31 1-4 *", "0 0 30 2 MON", "0 0 31 2 */2", "0 0 * 2 *",
                                 "0 0 ? 2 MON", "0 0 31 2 0-6"})
            CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                                 Cron::parse(text)
                                     .next(parseRfc3339("2026-01-01T00:00:00Z").value(), TimeZone::utc(), 1)
                                     .size());
    }
    void controlCharactersAndLongTextsAreRefused() {
        assertRefused("0 0 * *\n*", "ASCII");
        assertRefused("0 0 * * *\n", "ASCII");
        assertRefused(std::string("0 0 * * *\0", 10), "ASCII");
        assertRefused("0 0 * * \xc2\xa0*", "ASCII");
        assertRefused("\xd9\xa0 0 * * *", "ASCII");
        assertRefused("\xff", "ASCII");
        assertRefused(std::string(201, '*'), "at most 200 characters");
        std::string list = "0";
        while (list.size() < 180)
            list += ",0";
        CPPUNIT_ASSERT_EQUAL(list + " 0 * * *", Cron::parse(list + " 0 * * *").text());
    }
    void whateverIsTypedIsTakenOrRefusedWithASentence() {
        const unsigned seed = std::random_device()();
        std::mt19937 random(seed);
        const std::string characters = "0123456789*/-,? @ADEFJLMNOSTUWY#\n\t\x7f\xc3";
        int taken = 0;
        for (int round = 0; round < 20000; ++round) {
            std::string text = round % 2 == 0 ? "0 0 1 1 1" : "";
            for (auto edits = random() % 12; edits > 0; --edits)
                text.insert(random() % (text.size() + 1), 1, characters[random() % characters.size()]);
            try {
                const Cron cron = Cron::parse(text);
                CPPUNIT_ASSERT_EQUAL(cron.text(), Cron::parse(cron.text()).text());
                CPPUNIT_ASSERT_EQUAL(cron.veleroText(), Cron::parse(cron.veleroText()).veleroText());
                ++taken;
            } catch (const std::invalid_argument& error) {
                CPPUNIT_ASSERT_MESSAGE("seed " + std::to_string(seed) + ": " + text,
                                       std::string(error.what()).ends_with("."));
            }
        }
        CPPUNIT_ASSERT_MESSAGE("seed " + std::to_string(seed), taken > 100);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CronParseTest);

} // namespace coffer::projects
