#include "host/identity/PrincipalCache.h"

#include <coffer/testkit/Test.h>

using namespace coffer;

class PrincipalCacheTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PrincipalCacheTest);
    COFFER_TEST(findsNobodyOnceSomethingWasCommitted);
    COFFER_TEST(findsNobodyOnceTheLoginHasExpired);
    COFFER_TEST(takesNothingThatWasLookedUpBeforeTheLastCommit);
    COFFER_TEST(forgetsInsteadOfGrowing);
    CPPUNIT_TEST_SUITE_END();

    host::PrincipalCache cache;
    const host::LoginDigest login = host::tokenDigest("one");
    const std::shared_ptr<const Principal> ada =
        std::make_shared<Principal>(Principal{7, "ada", false, {}, {}});
    const Instant now = fromMilliseconds(1'000'000);

    void findsNobodyOnceSomethingWasCommitted() {
        cache.keep(login, 5, ada, std::nullopt);
        CPPUNIT_ASSERT(cache.find(login, 5, now) == ada);
        CPPUNIT_ASSERT(!cache.find(host::tokenDigest("another"), 5, now));
        CPPUNIT_ASSERT(!cache.find(login, 6, now));
    }
    void findsNobodyOnceTheLoginHasExpired() {
        cache.keep(login, 5, ada, fromMilliseconds(1'000'100));
        CPPUNIT_ASSERT(cache.find(login, 5, fromMilliseconds(1'000'099)) == ada);
        CPPUNIT_ASSERT(!cache.find(login, 5, fromMilliseconds(1'000'100)));
    }
    void takesNothingThatWasLookedUpBeforeTheLastCommit() {
        cache.keep(host::tokenDigest("two"), 6, ada, std::nullopt);
        cache.keep(login, 5, ada, std::nullopt); // its lookup took longer than the commit
        CPPUNIT_ASSERT(!cache.find(login, 5, now));
        CPPUNIT_ASSERT(!cache.find(login, 6, now));
        CPPUNIT_ASSERT(cache.find(host::tokenDigest("two"), 6, now) == ada);
    }
    void forgetsInsteadOfGrowing() {
        std::weak_ptr<const Principal> first;
        {
            const auto one = std::make_shared<Principal>(*ada);
            first = one;
            cache.keep(login, 5, one, std::nullopt);
        }
        for (int i = 0; i < 10'000; ++i)
            cache.keep(host::tokenDigest(std::to_string(i)), 5, ada, std::nullopt);
        CPPUNIT_ASSERT(first.expired());
        CPPUNIT_ASSERT(cache.find(host::tokenDigest("9999"), 5, now) == ada);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PrincipalCacheTest);
