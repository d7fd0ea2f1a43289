#include "host/http/RequestOrigin.h"

#include <set>

namespace coffer::test {

using host::RequestIds;
using host::TrustedProxies;

class RequestOriginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RequestOriginTest);
    COFFER_TEST(forwardedAddressOfStrangerIsNotBelieved);
    COFFER_TEST(lastUntrustedAddressIsTheCaller);
    COFFER_TEST(networksMatchByPrefix);
    COFFER_TEST(badNetworksAreNamed);
    COFFER_TEST(requestIdsAreTakenWhenWellFormed);
    COFFER_TEST(madeRequestIdsDiffer);
    CPPUNIT_TEST_SUITE_END();

    static std::string caller(const TrustedProxies& proxies, const std::string& peer,
                              const std::vector<std::string>& forwarded) {
        Poco::Net::HTTPRequest head;
        for (const auto& value : forwarded)
            head.add("X-Forwarded-For", value);
        return proxies.callerOf(peer, head);
    }

    void forwardedAddressOfStrangerIsNotBelieved() {
        CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.9"),
                             caller(TrustedProxies({}), "192.0.2.9", {"198.51.100.1"}));
        CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.9"),
                             caller(TrustedProxies({"10.0.0.0/8"}), "192.0.2.9", {"198.51.100.1"}));
    }

    void lastUntrustedAddressIsTheCaller() {
        const TrustedProxies proxies({"10.0.0.0/8", "fd00::/8"});
        CPPUNIT_ASSERT_EQUAL(std::string("198.51.100.1"),
                             caller(proxies, "10.1.1.1", {"203.0.113.1, 198.51.100.1"}));
        CPPUNIT_ASSERT_EQUAL(std::string("198.51.100.1"),
                             caller(proxies, "10.1.1.1", {"203.0.113.1,198.51.100.1 , 10.2.2.2", "fd00::1"}));
        CPPUNIT_ASSERT_EQUAL(std::string("10.1.1.1"), caller(proxies, "10.1.1.1", {}));
        CPPUNIT_ASSERT_EQUAL(std::string("10.3.3.3"), caller(proxies, "10.1.1.1", {"10.3.3.3"}));
        CPPUNIT_ASSERT_EQUAL(std::string("10.2.2.2"),
                             caller(proxies, "10.1.1.1", {"203.0.113.1, unknown, 10.2.2.2"}));
    }

    void networksMatchByPrefix() {
        const auto trusts = [](const char* network, const char* peer) {
            return caller(TrustedProxies({network}), peer, {"203.0.113.7"}) == "203.0.113.7";
        };
        CPPUNIT_ASSERT(trusts("192.0.2.128/25", "192.0.2.200"));
        CPPUNIT_ASSERT(!trusts("192.0.2.128/25", "192.0.2.100"));
        CPPUNIT_ASSERT(trusts("192.0.2.1", "192.0.2.1"));
        CPPUNIT_ASSERT(!trusts("192.0.2.1", "192.0.2.2"));
        CPPUNIT_ASSERT(trusts("0.0.0.0/0", "192.0.2.2"));
        CPPUNIT_ASSERT(!trusts("0.0.0.0/0", "::1"));
        CPPUNIT_ASSERT(trusts("2001:db8::/33", "2001:db8:7fff::1"));
        CPPUNIT_ASSERT(!trusts("2001:db8::/33", "2001:db8:8000::1"));
    }

    void badNetworksAreNamed() {
        for (const char* bad :
             {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::1/129"})
            CPPUNIT_ASSERT_THROW_MESSAGE(bad, TrustedProxies({bad}), std::invalid_argument);
    }

    void requestIdsAreTakenWhenWellFormed() {
        RequestIds ids;
        const auto idFor = [&](const std::string& given) {
            Poco::Net::HTTPRequest head;
            head.set("X-Request-Id", given);
            return ids.of(head);
        };
        CPPUNIT_ASSERT_EQUAL(std::string("a-Z_0.9"), idFor("a-Z_0.9"));
        CPPUNIT_ASSERT_EQUAL(std::string(64, 'a'), idFor(std::string(64, 'a')));
        for (const std::string& bad :
             {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a\"b")})
            CPPUNIT_ASSERT(idFor(bad) != bad);
    }

    void madeRequestIdsDiffer() {
        RequestIds ids;
        std::set<std::string> made;
        for (int i = 0; i < 10000; ++i)
            made.insert(ids.make());
        CPPUNIT_ASSERT_EQUAL(std::size_t(10000), made.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t(16), made.begin()->size());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RequestOriginTest);

} // namespace coffer::test
