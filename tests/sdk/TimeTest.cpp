#include <coffer/sdk/Time.h>

namespace coffer::test {

class TimeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TimeTest);
    COFFER_TEST(instantsAreWrittenInUtcWithMilliseconds);
    COFFER_TEST(whatWasWrittenReadsBack);
    COFFER_TEST(offsetsAndFractionsAreUnderstood);
    COFFER_TEST(anythingElseIsRefused);
    COFFER_TEST(clockIsNow);
    CPPUNIT_TEST_SUITE_END();

public:
    void instantsAreWrittenInUtcWithMilliseconds() {
        CPPUNIT_ASSERT_EQUAL(std::string("1970-01-01T00:00:00.000Z"), formatRfc3339(fromMilliseconds(0)));
        CPPUNIT_ASSERT_EQUAL(std::string("1969-12-31T23:59:59.999Z"), formatRfc3339(fromMilliseconds(-1)));
        CPPUNIT_ASSERT_EQUAL(std::string("2024-02-29T12:34:56.789Z"),
                             formatRfc3339(fromMilliseconds(1709210096789)));
    }

    void whatWasWrittenReadsBack() {
        for (const std::int64_t milliseconds :
             {0LL, 1LL, -1LL, 1709210096789LL, 253402300799999LL, -62135596800000LL})
            CPPUNIT_ASSERT(parseRfc3339(formatRfc3339(fromMilliseconds(milliseconds))) ==
                           fromMilliseconds(milliseconds));
    }

    void offsetsAndFractionsAreUnderstood() {
        same("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z");
        same("2026-01-02t03:04:05z", "2026-01-02T03:04:05.000Z");
        same("2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.500Z");
        same("2026-01-02T03:04:05.05Z", "2026-01-02T03:04:05.050Z");
        same("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123Z");
        same("2026-01-02T03:04:05.9999Z", "2026-01-02T03:04:05.999Z");
        same("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z");
        same("2026-12-31T23:30:00.25-05:30", "2027-01-01T05:00:00.250Z");
        same("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.000Z");
    }

    void anythingElseIsRefused() {
        for (const std::string_view text : {"",
                                            "2026-01-02",
                                            "2026-01-02 03:04:05Z",
                                            "2026-01-02T03:04:05",
                                            "2026-01-02T03:04Z",
                                            "2026-1-2T03:04:05Z",
                                            "2026-01-02T03:04:05.Z",
                                            "2026-01-02T03:04:05+0100",
                                            "2026-01-02T03:04:05Z ",
                                            " 2026-01-02T03:04:05Z",
                                            "2026-13-01T00:00:00Z",
                                            "2026-00-01T00:00:00Z",
                                            "2026-02-30T00:00:00Z",
                                            "2025-02-29T00:00:00Z",
                                            "2026-01-32T00:00:00Z",
                                            "2026-01-00T00:00:00Z",
                                            "2026-01-02T24:00:00Z",
                                            "2026-01-02T03:60:00Z",
                                            "2026-01-02T03:04:61Z",
                                            "2026-01-02T03:04:05+24:00",
                                            "2026-01-02T03:04:05+01:60",
                                            "2026-01-02T03:04:05.0123456789Z",
                                            "yesterday"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), !parseRfc3339(text));
    }

    void clockIsNow() {
        const Instant before = currentTime();
        CPPUNIT_ASSERT(before > *parseRfc3339("2024-01-01T00:00:00Z"));
        CPPUNIT_ASSERT(currentTime() >= before);
    }

private:
    static void same(std::string_view text, const std::string& written) {
        const auto instant = parseRfc3339(text);
        CPPUNIT_ASSERT_MESSAGE(std::string(text), instant);
        CPPUNIT_ASSERT_EQUAL(written, formatRfc3339(*instant));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TimeTest);

} // namespace coffer::test
