#include "host/storage/GroupTurn.h"

#include <coffer/testkit/Test.h>

#include <atomic>
#include <future>
#include <optional>

using namespace coffer;
using namespace std::chrono_literals;

/// The writer's groups and the checkpoint between them.
class GroupTurnTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GroupTurnTest);
    COFFER_TEST(noGroupBeginsWhileTheCheckpointHasItsTurn);
    COFFER_TEST(theGroupThatRunsIsWaitedFor);
    COFFER_TEST(aGroupThatDoesNotEndIsNotWaitedForAnyLonger);
    CPPUNIT_TEST_SUITE_END();

public:
    void noGroupBeginsWhileTheCheckpointHasItsTurn() {
        host::GroupTurn turn;
        std::future<void> group;
        {
            const host::GroupTurn::Between between(turn, 0ms);
            CPPUNIT_ASSERT(between.came());
            group = std::async(std::launch::async, [&] { const host::GroupTurn::Group mine(turn); });
            CPPUNIT_ASSERT(group.wait_for(50ms) == std::future_status::timeout);
        }
        group.get();
    }

    void theGroupThatRunsIsWaitedFor() {
        host::GroupTurn turn;
        std::optional<host::GroupTurn::Group> group(turn);
        std::atomic<bool> ended = false;
        auto between = std::async(std::launch::async, [&] {
            const host::GroupTurn::Between mine(turn, 5min);
            return mine.came() && ended;
        });
        CPPUNIT_ASSERT(between.wait_for(50ms) == std::future_status::timeout);
        ended = true;
        group.reset();
        CPPUNIT_ASSERT(between.get());
    }

    void aGroupThatDoesNotEndIsNotWaitedForAnyLonger() {
        host::GroupTurn turn;
        {
            const host::GroupTurn::Group group(turn);
            const host::GroupTurn::Between between(turn, 10ms);
            CPPUNIT_ASSERT(!between.came());
        }
        const host::GroupTurn::Group next(turn); // it had no turn, so nobody waits for its end
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(GroupTurnTest);
