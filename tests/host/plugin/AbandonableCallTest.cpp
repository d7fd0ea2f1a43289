#include "host/plugin/AbandonableCall.h"
#include "tests/host/plugin/PluginHouse.h"

#include <coffer/sdk/Problem.h>

#include <Poco/Exception.h>

#include <coffer/testkit/Test.h>

#include <atomic>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <thread>

namespace coffer::test {

using namespace coffer::host;

namespace {

constexpr std::chrono::seconds generous{60};

std::string thrownBy(std::function<void()> call) {
    const auto outcome = callWithin(generous, std::move(call));
    CPPUNIT_ASSERT(outcome.end == CallOutcome::End::threw);
    return outcome.reason;
}

} // namespace

class AbandonableCallTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AbandonableCallTest);
    COFFER_TEST(whatIsAskedComesBack);
    COFFER_TEST(everyExceptionBecomesText);
    COFFER_TEST(endlessTextIsCut);
    COFFER_TEST(endedThreadIsNoticed);
    COFFER_TEST(hangingCallIsAbandonedAndKeepsWhatItUses);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatIsAskedComesBack() {
        const auto asked = askWithin<std::string>(generous, [] { return std::string("seven"); });
        CPPUNIT_ASSERT(asked.outcome.returned());
        CPPUNIT_ASSERT_EQUAL(std::string("seven"), asked.value.value());
    }

    void everyExceptionBecomesText() {
        CPPUNIT_ASSERT_EQUAL(std::string("broken"), thrownBy([] { throw std::runtime_error("broken"); }));
        CPPUNIT_ASSERT_EQUAL(std::string("Not found: the book"),
                             thrownBy([] { throw Poco::NotFoundException("the book"); }));
        CPPUNIT_ASSERT_EQUAL(std::string("try later"),
                             thrownBy([] { throw Problem::unavailable("busy", "try later", 1); }));
        CPPUNIT_ASSERT_EQUAL(std::string("something that is no std::exception (int)"),
                             thrownBy([] { throw 42; }));
        CPPUNIT_ASSERT_EQUAL(std::string("an exception without a text"),
                             thrownBy([] { throw std::runtime_error(""); }));
    }

    void endlessTextIsCut() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{500},
                             thrownBy([] { throw std::runtime_error(std::string(100000, 'x')); }).size());
    }

    void endedThreadIsNoticed() {
        CPPUNIT_ASSERT_EQUAL(std::string("it ended the thread that it was called on"),
                             thrownBy([] { pthread_exit(nullptr); }));
    }

    void hangingCallIsAbandonedAndKeepsWhatItUses() {
        const auto mayGoOn = std::make_shared<std::atomic<bool>>(false);
        auto used = std::make_shared<std::atomic<int>>(0);
        const std::weak_ptr<std::atomic<int>> kept = used;
        const auto outcome = callWithin(std::chrono::milliseconds(20), [mayGoOn, used] {
            while (!*mayGoOn)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            *used = 1;
        });
        CPPUNIT_ASSERT(outcome.end == CallOutcome::End::abandoned);
        CPPUNIT_ASSERT(otherThreadsRun());
        used.reset();
        CPPUNIT_ASSERT(!kept.expired());
        *mayGoOn = true;
        CPPUNIT_ASSERT(eventually([&] { return kept.expired(); }));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AbandonableCallTest);

} // namespace coffer::test
