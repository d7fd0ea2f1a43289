#include "host/identity/LoginFailures.h"
#include "tests/host/identity/House.h"

namespace coffer::test {

class LoginFailuresTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LoginFailuresTest);
    COFFER_TEST(theEleventhFailureWithinAMinuteHasToWait);
    COFFER_TEST(oneSourceNeverLimitsAnother);
    COFFER_TEST(aSourceIsAnAddressOrAnIpv6Network);
    COFFER_TEST(failuresAreRecordedAsOneRecordForEachSource);
    COFFER_TEST(manySourcesFillNeitherMemoryNorLog);
    COFFER_TEST(whatCannotBeRecordedIsKept);
    CPPUNIT_TEST_SUITE_END();

    using Clock = host::LoginFailures::Clock;
    const Clock::time_point start{std::chrono::hours(1)};

    void theEleventhFailureWithinAMinuteHasToWait() {
        host::LoginFailures failures;
        for (int i = 0; i < 10; ++i)
            CPPUNIT_ASSERT(!failures.add("192.0.2.1", "invalid_token", start));
        const auto wait = failures.add("192.0.2.1", "invalid_token", start + std::chrono::seconds(15));
        CPPUNIT_ASSERT(wait == std::chrono::seconds(45));
        CPPUNIT_ASSERT(failures.add("192.0.2.1", "invalid_token", start + std::chrono::milliseconds(59999)) ==
                       std::chrono::seconds(1));
        CPPUNIT_ASSERT(!failures.add("192.0.2.1", "invalid_token", start + std::chrono::seconds(60)));
    }

    void oneSourceNeverLimitsAnother() {
        host::LoginFailures failures;
        for (int i = 0; i < 100; ++i)
            (void)failures.add("192.0.2.1", "invalid_token", start);
        CPPUNIT_ASSERT(!failures.add("192.0.2.2", "invalid_token", start));
    }

    void aSourceIsAnAddressOrAnIpv6Network() {
        using host::LoginFailures;
        CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.1"), LoginFailures::sourceOf("192.0.2.1"));
        CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.1"), LoginFailures::sourceOf("::ffff:192.0.2.1"));
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8:1:2::/64"),
                             LoginFailures::sourceOf("2001:db8:1:2:3:4:5:6"));
        CPPUNIT_ASSERT_EQUAL(LoginFailures::sourceOf("2001:db8:1:2::1"),
                             LoginFailures::sourceOf("2001:db8:1:2:9::"));
        CPPUNIT_ASSERT(LoginFailures::sourceOf("2001:db8:1:2::1") !=
                       LoginFailures::sourceOf("2001:db8:1:3::1"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, LoginFailures::sourceOf(std::string(1000, 'x')).size());
    }

    void failuresAreRecordedAsOneRecordForEachSource() {
        House house;
        host::LoginFailures failures;
        for (int i = 0; i < 30; ++i)
            (void)failures.add("192.0.2.1", i == 0 ? "malformed" : "invalid_token", start);
        (void)failures.add("2001:db8::1", "invalid_login", start);
        failures.flush(house.storage());
        const auto events = house.events();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, events.size());
        CPPUNIT_ASSERT_EQUAL(std::string("login.failed"), events[0].action);
        CPPUNIT_ASSERT(events[0].result == AuditResult::failed);
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"source":"192.0.2.1","count":30,"kind":"invalid_token,malformed"})"),
            events[0].after);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"source":"2001:db8::/64","count":1,"kind":"invalid_login"})"),
                             events[1].after);
        failures.flush(house.storage());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house.events().size());
    }

    void manySourcesFillNeitherMemoryNorLog() {
        House house;
        host::LoginFailures failures({10, std::chrono::seconds(60), 50, 5});
        for (int i = 0; i < 200; ++i)
            (void)failures.add("10.0.0." + std::to_string(i), "invalid_token", start);
        failures.flush(house.storage());
        const auto events = house.events();
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, events.size());
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"source":"other","count":195,"kind":"invalid_token"})"),
                             events.back().after);
    }

    void whatCannotBeRecordedIsKept() {
        House house;
        bool full = true;
        house.storage().setWriteGate([&] {
            if (full)
                throw Problem::unavailable("audit_unavailable", "The log is full.", 5);
        });
        host::LoginFailures failures;
        (void)failures.add("192.0.2.1", "invalid_token", start);
        CPPUNIT_ASSERT_THROW(failures.flush(house.storage()), Problem);
        full = false;
        failures.flush(house.storage());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.count("login.failed"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LoginFailuresTest);

} // namespace coffer::test
