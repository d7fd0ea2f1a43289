#include "schedule/Cron.h"

#include "tests/support/EnvironmentVariable.h"

#include <coffer/testkit/Test.h>

#include <ctime>
#include <sstream>
#include <string>
#include <vector>

namespace coffer::projects {

namespace {

struct Recorded {
    const char* schedule;
    const char* zone;
    const char* after;
    const char* runs;
};

/// What robfig/cron 3.0.1, compiled with Go 1.19 (both Debian 12's), answers. Years that have passed, where
/// zones matter: governments change the rules of those to come.
constexpr Recorded recorded[] = {
    // steps, ranges, lists
    {"*/15 * * * *", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-01T00:15Z 2026-01-01T00:30Z 2026-01-01T00:45Z 2026-01-01T01:00Z 2026-01-01T01:15Z"},
    {"3-40/5 0 * * *", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-01T00:03Z 2026-01-01T00:08Z 2026-01-01T00:13Z 2026-01-01T00:18Z 2026-01-01T00:23Z"},
    {"5/10 * * * *", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-01T00:05Z 2026-01-01T00:15Z 2026-01-01T00:25Z 2026-01-01T00:35Z 2026-01-01T00:45Z"},
    {"0 1,13-15,23 * * *", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-01T01:00Z 2026-01-01T13:00Z 2026-01-01T14:00Z 2026-01-01T15:00Z 2026-01-01T23:00Z"},
    {"7,8 * * * *", "UTC", "2026-01-01T00:07:30Z", "2026-01-01T00:08Z 2026-01-01T01:07Z 2026-01-01T01:08Z"},
    {"0 0 1 jan,Jul *", "UTC", "2026-01-01T00:00:00Z",
     "2026-07-01T00:00Z 2027-01-01T00:00Z 2027-07-01T00:00Z"},
    {"0 0 * FEB-MAR fri", "UTC", "2026-01-01T00:00:00Z",
     "2026-02-06T00:00Z 2026-02-13T00:00Z 2026-02-20T00:00Z"},
    {"0 0 * * MON-FRI/2", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-02T00:00Z 2026-01-05T00:00Z 2026-01-07T00:00Z"},
    // @ forms
    {"@yearly", "UTC", "2026-05-05T05:05:05Z", "2027-01-01T00:00Z 2028-01-01T00:00Z"},
    {"@annually", "UTC", "2026-05-05T05:05:05Z", "2027-01-01T00:00Z 2028-01-01T00:00Z"},
    {"@monthly", "UTC", "2026-05-05T05:05:05Z", "2026-06-01T00:00Z 2026-07-01T00:00Z"},
    {"@weekly", "UTC", "2026-05-05T05:05:05Z", "2026-05-10T00:00Z 2026-05-17T00:00Z"},
    {"@daily", "UTC", "2026-05-05T05:05:05Z", "2026-05-06T00:00Z 2026-05-07T00:00Z"},
    {"@midnight", "UTC", "2026-05-05T05:05:05Z", "2026-05-06T00:00Z 2026-05-07T00:00Z"},
    {"@hourly", "UTC", "2026-05-05T05:05:05Z", "2026-05-05T06:00Z 2026-05-05T07:00Z"},
    // day of month and day of week
    {"0 0 13 * FRI", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-02T00:00Z 2026-01-09T00:00Z 2026-01-13T00:00Z 2026-01-16T00:00Z 2026-01-23T00:00Z"},
    {"0 0 13 * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-13T00:00Z 2026-02-13T00:00Z 2026-03-13T00:00Z"},
    {"0 0 ? * FRI", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00Z 2026-01-09T00:00Z 2026-01-16T00:00Z"},
    {"0 0 */10 * FRI", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-02T00:00Z 2026-01-09T00:00Z 2026-01-11T00:00Z 2026-01-16T00:00Z"},
    {"0 0 */1 * FRI", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-02T00:00Z 2026-01-09T00:00Z 2026-01-16T00:00Z 2026-01-23T00:00Z"},
    {"0 0 13 * */2", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-03T00:00Z 2026-01-04T00:00Z 2026-01-06T00:00Z 2026-01-08T00:00Z"},
    {"0 0 13 * 0-6", "UTC", "2026-01-01T00:00:00Z",
     "2026-01-02T00:00Z 2026-01-03T00:00Z 2026-01-04T00:00Z 2026-01-05T00:00Z"},
    {"0 0 13 * *,5", "UTC", "2026-01-01T00:00:00Z", "2026-01-13T00:00Z 2026-02-13T00:00Z 2026-03-13T00:00Z"},
    // ends of months, leap years
    {"0 0 31 * *", "UTC", "2026-01-30T00:00:00Z",
     "2026-01-31T00:00Z 2026-03-31T00:00Z 2026-05-31T00:00Z 2026-07-31T00:00Z"},
    {"0 0 30 * *", "UTC", "2026-01-30T00:00:00Z",
     "2026-03-30T00:00Z 2026-04-30T00:00Z 2026-05-30T00:00Z 2026-06-30T00:00Z"},
    {"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z",
     "2028-02-29T00:00Z 2032-02-29T00:00Z 2036-02-29T00:00Z 2040-02-29T00:00Z"},
    {"0 0 29 2 *", "UTC", "2095-01-01T00:00:00Z", "2096-02-29T00:00Z"},
    {"0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", ""},
    {"59 23 28 2 *", "UTC", "2099-12-31T23:59:59Z", "2100-02-28T23:59Z 2101-02-28T23:59Z"},
    {"* * * * *", "UTC", "2026-12-31T23:58:00Z", "2026-12-31T23:59Z 2027-01-01T00:00Z 2027-01-01T00:01Z"},
    // clocks go forward: what does not exist is left out
    {"30 2 * * *", "Europe/Prague", "2024-03-29T12:00:00Z",
     "2024-03-30T01:30Z 2024-04-01T00:30Z 2024-04-02T00:30Z 2024-04-03T00:30Z"},
    {"30 2 31 3 *", "Europe/Prague", "2024-03-30T12:00:00Z", "2025-03-31T00:30Z 2026-03-31T00:30Z"},
    {"*/30 * * * *", "Europe/Prague", "2024-03-31T00:00:00Z",
     "2024-03-31T00:30Z 2024-03-31T01:00Z 2024-03-31T01:30Z 2024-03-31T02:00Z"},
    {"30 2 * * *", "America/New_York", "2024-03-08T12:00:00Z",
     "2024-03-09T07:30Z 2024-03-11T06:30Z 2024-03-12T06:30Z 2024-03-13T06:30Z"},
    {"0 1-3 * * *", "America/New_York", "2024-03-10T06:00:00Z",
     "2024-03-10T07:00Z 2024-03-11T05:00Z 2024-03-11T06:00Z 2024-03-11T07:00Z"},
    {"15 2 * * *", "Australia/Lord_Howe", "2024-10-04T12:00:00Z",
     "2024-10-04T15:45Z 2024-10-06T15:15Z 2024-10-07T15:15Z 2024-10-08T15:15Z"},
    {"*/15 1-2 * * *", "Australia/Lord_Howe", "2024-10-05T14:00:00Z",
     "2024-10-05T14:30Z 2024-10-05T14:45Z 2024-10-05T15:00Z 2024-10-05T15:15Z 2024-10-05T15:30Z"},
    // clocks go back: the hour that comes twice
    {"30 2 * * *", "Europe/Prague", "2024-10-25T12:00:00Z",
     "2024-10-26T00:30Z 2024-10-27T00:30Z 2024-10-27T01:30Z 2024-10-28T01:30Z 2024-10-29T01:30Z"},
    {"*/30 * * * *", "Europe/Prague", "2024-10-26T23:00:00Z",
     "2024-10-26T23:30Z 2024-10-27T00:00Z 2024-10-27T00:30Z 2024-10-27T01:00Z 2024-10-27T01:30Z "
     "2024-10-27T02:00Z"},
    {"15 2 * * *", "Europe/Prague", "2024-10-27T00:30:00Z", "2024-10-27T01:15Z 2024-10-28T01:15Z"},
    {"30 1 * * *", "America/New_York", "2024-11-01T12:00:00Z",
     "2024-11-02T05:30Z 2024-11-03T05:30Z 2024-11-03T06:30Z 2024-11-04T06:30Z 2024-11-05T06:30Z"},
    {"0 * * * *", "America/New_York", "2024-11-03T04:30:00Z",
     "2024-11-03T05:00Z 2024-11-03T06:00Z 2024-11-03T07:00Z 2024-11-03T08:00Z 2024-11-03T09:00Z"},
    {"45 1 * * *", "Australia/Lord_Howe", "2024-04-05T12:00:00Z",
     "2024-04-05T14:45Z 2024-04-06T14:45Z 2024-04-06T15:15Z 2024-04-07T15:15Z 2024-04-08T15:15Z"},
    {"0 */2 * * *", "Australia/Lord_Howe", "2024-04-06T13:00:00Z",
     "2024-04-06T17:30Z 2024-04-06T19:30Z 2024-04-06T21:30Z 2024-04-06T23:30Z 2024-04-07T01:30Z"},
    {"10,59 1,5 * * *", "Australia/Lord_Howe", "2024-04-06T14:29:30Z",
     "2024-04-06T14:59Z 2024-04-06T15:29Z 2024-04-06T18:40Z 2024-04-06T19:29Z"},
    // half hours and quarters
    {"0 3 * * *", "Asia/Kolkata", "2026-01-01T00:00:00Z",
     "2026-01-01T21:30Z 2026-01-02T21:30Z 2026-01-03T21:30Z"},
    {"0 */6 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z",
     "2026-01-01T00:15Z 2026-01-01T06:15Z 2026-01-01T12:15Z"},
    {"30 3 * * *", "Pacific/Chatham", "2024-04-05T00:00:00Z",
     "2024-04-05T13:45Z 2024-04-06T13:45Z 2024-04-06T14:45Z 2024-04-07T14:45Z"},
    {"@daily", "America/St_Johns", "2024-11-01T00:00:00Z",
     "2024-11-01T02:30Z 2024-11-02T02:30Z 2024-11-03T02:30Z 2024-11-04T03:30Z"},
    // midnights that do not exist
    {"@daily", "Africa/Cairo", "2024-04-24T00:00:00Z",
     "2024-04-24T22:00Z 2024-04-26T21:00Z 2024-04-27T21:00Z 2024-04-28T21:00Z"},
    {"0 3 * * FRI", "Africa/Cairo", "2024-04-24T00:00:00Z",
     "2024-05-03T00:00Z 2024-05-10T00:00Z 2024-05-17T00:00Z"},
    {"30 0 * * *", "Asia/Beirut", "2024-03-29T00:00:00Z",
     "2024-03-29T22:30Z 2024-03-31T21:30Z 2024-04-01T21:30Z 2024-04-02T21:30Z"},
    {"@daily", "America/Santiago", "2024-09-06T00:00:00Z",
     "2024-09-06T04:00Z 2024-09-07T04:00Z 2024-09-09T03:00Z 2024-09-10T03:00Z"},
    // midnights that come twice
    {"30 0 * * *", "America/Havana", "2024-11-01T00:00:00Z",
     "2024-11-01T04:30Z 2024-11-02T04:30Z 2024-11-03T04:30Z 2024-11-03T05:30Z 2024-11-04T05:30Z"},
    {"0 12 3 11 *", "America/Havana", "2024-11-01T00:00:00Z", "2024-11-03T17:00Z 2025-11-03T17:00Z"},
    {"30 23 * * *", "Asia/Beirut", "2024-10-25T00:00:00Z",
     "2024-10-25T20:30Z 2024-10-26T20:30Z 2024-10-26T21:30Z 2024-10-27T21:30Z 2024-10-28T21:30Z"},
    // winter that is summer time
    {"30 1 * * *", "Europe/Dublin", "2024-03-29T12:00:00Z",
     "2024-03-30T01:30Z 2024-04-01T00:30Z 2024-04-02T00:30Z 2024-04-03T00:30Z"},
};

std::string inWords(const std::vector<Instant>& runs) {
    std::string text;
    for (const Instant run : runs)
        text += (text.empty() ? "" : " ") + formatRfc3339(run).substr(0, 16) + "Z";
    return text;
}

std::size_t countOf(const std::string& words) {
    std::istringstream in(words);
    std::size_t count = 0;
    for (std::string word; in >> word;)
        ++count;
    return count;
}

Instant at(const std::string& text) {
    return parseRfc3339(text).value();
}

/// The C library's clock, which reads the zone's file in its own way.
class LocalClock {
public:
    explicit LocalClock(const std::string& zone) : zone_("TZ", ":" + zone) {}
    [[nodiscard]] std::tm at(std::time_t time) const {
        std::tm local{};
        ::localtime_r(&time, &local);
        return local;
    }

private:
    test::EnvironmentVariable zone_;
};

struct Plain {
    const char* schedule;
    bool (*fits)(const std::tm&);
};

/// Schedules, each with its meaning written a second time.
constexpr Plain plain[] = {
    {"*/20 * * * *", [](const std::tm& t) { return t.tm_min % 20 == 0; }},
    {"30 2 * * *", [](const std::tm& t) { return t.tm_min == 30 && t.tm_hour == 2; }},
    {"0 */6 * * MON-FRI",
     [](const std::tm& t) {
         return t.tm_min == 0 && t.tm_hour % 6 == 0 && t.tm_wday >= 1 && t.tm_wday <= 5;
     }},
    {"15 1,3 1-7 * *",
     [](const std::tm& t) { return t.tm_min == 15 && (t.tm_hour == 1 || t.tm_hour == 3) && t.tm_mday <= 7; }},
    {"0 3 31 * 7",
     [](const std::tm& t) { return t.tm_min == 0 && t.tm_hour == 3 && (t.tm_mday == 31 || t.tm_wday == 0); }},
    {"59 23 * mar-nov/2 *",
     [](const std::tm& t) {
         return t.tm_min == 59 && t.tm_hour == 23 && t.tm_mon >= 2 && t.tm_mon <= 10 && t.tm_mon % 2 == 0;
     }},
    {"5/25 0 */9 * *",
     [](const std::tm& t) {
         return t.tm_min >= 5 && (t.tm_min - 5) % 25 == 0 && t.tm_hour == 0 && (t.tm_mday - 1) % 9 == 0;
     }},
    {"@monthly", [](const std::tm& t) { return t.tm_min == 0 && t.tm_hour == 0 && t.tm_mday == 1; }},
};

} // namespace

class CronNextTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CronNextTest);
    COFFER_TEST(runsAreThoseOfVelero);
    COFFER_TEST(runsFitAndNoneIsLeftOut);
    COFFER_TEST(aRunIsAlwaysLaterThanTheMomentAskedFor);
    COFFER_TEST(noRunsAreGivenWhenNoneAreAskedFor);
    COFFER_TEST(aRunMoreThanFiveYearsAwayEndsTheList);
    CPPUNIT_TEST_SUITE_END();

public:
    void runsAreThoseOfVelero() {
        for (const Recorded& row : recorded) {
            const auto zone = TimeZone::find(row.zone);
            CPPUNIT_ASSERT_MESSAGE(row.zone, zone.has_value());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                std::string(row.schedule) + " in " + row.zone, std::string(row.runs),
                inWords(Cron::parse(row.schedule).next(at(row.after), *zone, countOf(row.runs))));
        }
    }
    void runsFitAndNoneIsLeftOut() {
        const auto from = at("2024-02-25T12:34:00Z");
        constexpr std::time_t minutes = std::time_t{270} * 24 * 60; // both changes of the clocks
        for (const auto* name : {"UTC", "Europe/Prague", "America/New_York", "Asia/Kolkata"}) {
            const LocalClock clock(name);
            std::vector<std::tm> local;
            local.reserve(minutes);
            for (std::time_t minute = 1; minute <= minutes; ++minute)
                local.push_back(clock.at(toMilliseconds(from) / 1000 + minute * 60));
            for (const Plain& row : plain) {
                std::vector<Instant> expected;
                for (std::size_t index = 0; index < local.size(); ++index)
                    if (row.fits(local[index]))
                        expected.push_back(from + std::chrono::minutes(index + 1));
                CPPUNIT_ASSERT(expected.size() > 3);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(
                    std::string(row.schedule) + " in " + name, inWords(expected),
                    inWords(
                        Cron::parse(row.schedule).next(from, TimeZone::find(name).value(), expected.size())));
            }
        }
    }
    void aRunIsAlwaysLaterThanTheMomentAskedFor() {
        const Cron cron = Cron::parse("0 12 * * *");
        const auto first = [&](const char* after) {
            return inWords(cron.next(at(after), TimeZone::utc(), 1));
        };
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-01T12:00Z"), first("2026-01-01T11:59:59.999Z"));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-02T12:00Z"), first("2026-01-01T12:00:00Z"));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-02T12:00Z"), first("2026-01-01T12:00:00.001Z"));
        CPPUNIT_ASSERT_EQUAL(std::string("1969-12-31T12:00Z"), first("1969-12-31T11:59:59.999Z"));
    }
    void noRunsAreGivenWhenNoneAreAskedFor() {
        CPPUNIT_ASSERT(Cron::parse("* * * * *").next(at("2026-01-01T00:00:00Z"), TimeZone::utc(), 0).empty());
    }
    void aRunMoreThanFiveYearsAwayEndsTheList() {
        const Cron cron = Cron::parse("0 0 29 2 *");
        CPPUNIT_ASSERT_EQUAL(std::string("2096-02-29T00:00Z"),
                             inWords(cron.next(at("2095-01-01T00:00:00Z"), TimeZone::utc(), 5)));
        CPPUNIT_ASSERT(cron.next(at("2097-01-01T00:00:00Z"), TimeZone::utc(), 5).empty());
        CPPUNIT_ASSERT_EQUAL(
            std::size_t{5},
            cron.next(at("2026-01-01T00:00:00Z"), TimeZone::find("Europe/Prague").value(), 5).size());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CronNextTest);

} // namespace coffer::projects
