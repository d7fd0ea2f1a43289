#include "schedule/TimeZone.h"

#include "tests/support/EnvironmentVariable.h"

#include <coffer/testkit/Test.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace coffer::projects {

using namespace std::chrono;
namespace fs = std::filesystem;

namespace {

const fs::path database = "/usr/share/zoneinfo";

/// Every zone of this system, by the files there are.
std::vector<std::string> zonesOnDisk() {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(database)) {
        const std::string name = fs::relative(entry.path(), database).string();
        if (entry.is_regular_file() && name.find('.') == std::string::npos && !name.starts_with("posix/") &&
            !name.starts_with("right/") && name.find('/') != std::string::npos)
            names.push_back(name);
    }
    return names;
}

sys_seconds moment(int year, unsigned month, unsigned day) {
    return sys_days(std::chrono::year(year) / month / day);
}

} // namespace

class TimeZoneTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TimeZoneTest);
    COFFER_TEST(zonesAreFoundByTheirNames);
    COFFER_TEST(whatIsNoZoneIsNotFound);
    COFFER_TEST(nothingOutsideTheDatabaseIsReached);
    COFFER_TEST(periodsHaveBordersAndAnOffset);
    COFFER_TEST(everyZoneAgreesWithTheLibraryOfC);
    COFFER_TEST(manyThreadsMayFindAndRead);
    COFFER_TEST(yearlyChangesAreRead);
    COFFER_TEST(yearlyChangesThatCannotBeReadAreRefused);
    CPPUNIT_TEST_SUITE_END();

    static void assertNone(const std::string& name) {
        CPPUNIT_ASSERT_MESSAGE(name, !TimeZone::find(name).has_value());
    }

public:
    void zonesAreFoundByTheirNames() {
        for (const auto* name : {"Europe/Prague", "America/New_York", "America/Argentina/Buenos_Aires",
                                 "Etc/GMT+5", "Etc/UTC", "GMT", "America/Port-au-Prince"}) {
            const auto zone = TimeZone::find(name);
            CPPUNIT_ASSERT_MESSAGE(name, zone.has_value());
            CPPUNIT_ASSERT_EQUAL(std::string(name), zone->name());
            CPPUNIT_ASSERT(!zone->isUtc());
        }
        CPPUNIT_ASSERT(TimeZone::find("UTC")->isUtc());
        CPPUNIT_ASSERT_EQUAL(std::string("UTC"), TimeZone::utc().name());
    }
    void whatIsNoZoneIsNotFound() {
        for (const auto* name : {"",
                                 "Europe",
                                 "Europe/",
                                 "Europe/Nowhere",
                                 "europe/prague",
                                 "EUROPE/PRAGUE",
                                 "CEST",
                                 "Local",
                                 "local",
                                 "utc",
                                 "localtime",
                                 "Factory",
                                 "posixrules",
                                 "leapseconds",
                                 "zone.tab",
                                 "zone1970.tab",
                                 "tzdata.zi",
                                 "iso3166.tab",
                                 "+01:00",
                                 "UTC+1",
                                 "UTC ",
                                 " UTC",
                                 "Europe/Prague ",
                                 "Europe/Prague\n"})
            assertNone(name);
    }
    void nothingOutsideTheDatabaseIsReached() {
        for (const auto* name :
             {"../zoneinfo/UTC", "Europe/../Europe/Prague", "./UTC", "/UTC", "//UTC",
              "/usr/share/zoneinfo/UTC", "/etc/localtime", "Europe//Prague", "Europe/./Prague",
              "posix/Europe/Prague", "right/Europe/Prague", "Europe\\Prague", "..", "~"})
            assertNone(name);
        assertNone(std::string("Europe/Prague\0", 14));
        assertNone(std::string("Europe/Prague\0x", 15));
        assertNone(std::string(100000, 'A'));
    }
    void periodsHaveBordersAndAnOffset() {
        const auto zone = TimeZone::find("Europe/Prague").value();
        const auto summer = zone.periodAt(moment(2024, 7, 1));
        CPPUNIT_ASSERT(summer.begin == moment(2024, 3, 31) + hours(1));
        CPPUNIT_ASSERT(summer.end == moment(2024, 10, 27) + hours(1));
        CPPUNIT_ASSERT(summer.offset == hours(2));
        CPPUNIT_ASSERT(zone.periodAt(summer.end).offset == hours(1));
        CPPUNIT_ASSERT(zone.periodAt(summer.end - seconds(1)).offset == hours(2));
        CPPUNIT_ASSERT(zone.periodAt(summer.begin - seconds(1)).offset == hours(1));
        CPPUNIT_ASSERT(TimeZone::utc().periodAt(moment(2024, 7, 1)).offset == seconds(0));
    }
    void everyZoneAgreesWithTheLibraryOfC() {
        const auto names = zonesOnDisk();
        CPPUNIT_ASSERT(names.size() > 300);
        for (const auto& name : names) {
            const auto zone = TimeZone::find(name);
            CPPUNIT_ASSERT_MESSAGE(name, zone.has_value());
            const test::EnvironmentVariable zoneOfC("TZ", ":" + name);
            const auto assertSame = [&](sys_seconds at) {
                const std::time_t time = at.time_since_epoch().count();
                std::tm local{};
                ::localtime_r(&time, &local);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(name + " at " + std::to_string(time),
                                             static_cast<std::int64_t>(local.tm_gmtoff),
                                             static_cast<std::int64_t>(zone->periodAt(at).offset.count()));
            };
            for (sys_seconds at = moment(2015, 1, 1); at < moment(2110, 1, 1);
                 at += hours(24 * 17) + minutes(7)) {
                assertSame(at);
                const auto period = zone->periodAt(at);
                CPPUNIT_ASSERT(period.begin <= at && at < period.end);
                if (period.end < moment(2110, 1, 1)) {
                    assertSame(period.end);
                    assertSame(period.end - seconds(1));
                }
            }
        }
    }
    void manyThreadsMayFindAndRead() {
        std::vector<std::jthread> threads;
        std::array<int, 8> right{};
        for (auto& count : right)
            threads.emplace_back([&count] {
                for (const auto* name :
                     {"Asia/Tokyo", "Africa/Lagos", "Asia/Dhaka", "Europe/Oslo", "America/Lima"})
                    count += TimeZone::find(name)->periodAt(moment(2024, 1, 1)).offset != seconds(0) ? 1 : 0;
            });
        threads.clear();
        for (const int count : right)
            CPPUNIT_ASSERT_EQUAL(5, count);
    }
    void yearlyChangesAreRead() {
        const auto first = [](const char* footer) {
            return YearlyChanges::parse(footer)->periodAt(moment(2050, 7, 1));
        };
        CPPUNIT_ASSERT(first("CET-1CEST,M3.5.0,M10.5.0/3").begin == moment(2050, 3, 27) + hours(1));
        CPPUNIT_ASSERT(first("CET-1CEST,M3.5.0,M10.5.0/3").end == moment(2050, 10, 30) + hours(1));
        CPPUNIT_ASSERT(first("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0").offset == hours(10) + minutes(30));
        CPPUNIT_ASSERT(first("IST-1GMT0,M10.5.0,M3.5.0/1").offset == hours(1));
        CPPUNIT_ASSERT(first("<-02>2<-01>,M3.5.0/-1,M10.5.0/0").begin == moment(2050, 3, 27) + hours(1));
        CPPUNIT_ASSERT(first("EET-2EEST,M3.4.4/50,M10.4.4/50").begin == moment(2050, 3, 26));
        CPPUNIT_ASSERT(!YearlyChanges::parse("<+03>-3").has_value());
        CPPUNIT_ASSERT(!YearlyChanges::parse("UTC0").has_value());
    }
    void yearlyChangesThatCannotBeReadAreRefused() {
        for (const auto* footer :
             {"", "CE", "CET", "<+03", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "5",
              "CET-1CEST,J60,J300", "CET-1CEST,59,300", "CET-1CEST,M13.5.0,M10.5.0",
              "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
              "CET-1CEST,M3.5.0,M10.5.0x", "CET-200CEST,M3.5.0,M10.5.0", "CET--1CEST,M3.5.0,M10.5.0",
              "CET-1CEST,M3.5.0/,M10.5.0"})
            CPPUNIT_ASSERT_THROW_MESSAGE(footer, static_cast<void>(YearlyChanges::parse(footer)),
                                         std::invalid_argument);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TimeZoneTest);

} // namespace coffer::projects
