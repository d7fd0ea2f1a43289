#include "tests/system/AttackedDaemon.h"

#include <list>
#include <sys/resource.h>

using namespace coffer::test;

namespace {

/// No descriptor of the daemon of this number or above, for as long as it lives.
class DescriptorLimit {
public:
    DescriptorLimit(pid_t process, rlim_t number) : process_(process) {
        CPPUNIT_ASSERT_EQUAL(0, ::prlimit(process_, RLIMIT_NOFILE, nullptr, &before_));
        const rlimit lowered{number, before_.rlim_max};
        CPPUNIT_ASSERT_EQUAL(0, ::prlimit(process_, RLIMIT_NOFILE, &lowered, nullptr));
    }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;
    ~DescriptorLimit() { ::prlimit(process_, RLIMIT_NOFILE, &before_, nullptr); }

private:
    const pid_t process_;
    rlimit before_{};
};

/// How many descriptors a daemon with few clients may need.
constexpr rlim_t few = 120;

} // namespace

/// A daemon that may open no more descriptors.
class DescriptorExhaustionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DescriptorExhaustionTest);
    CPPUNIT_TEST(whoIsConnectedIsServedAndOthersAreOnceThereIsRoom);
    CPPUNIT_TEST(whoWaitedIsServedOnceTheLimitIsRaised);
    CPPUNIT_TEST_SUITE_END();

public:
    void whoIsConnectedIsServedAndOthersAreOnceThereIsRoom() {
        AttackedDaemon daemon;
        auto administrator = connected(daemon);
        const DescriptorLimit limit(daemon.process().pid(), few);
        std::list<ServerTestClient> attackers;
        for (int i = 0; i < 300; ++i)
            attackers.emplace_back(daemon.port());
        int held = 0;
        for (auto& client : attackers)
            held += client.trySend(getRequest("/healthz")) && client.receive().status == 200 ? 1 : 0;
        CPPUNIT_ASSERT(held > 0 && held < 150);
        // Who is connected reads and writes on.
        daemon.expectGoodService(AttackedDaemon::Connections::kept);
        for (int i = 0; i < 10; ++i)
            expectWrites(*administrator, "exhausted " + std::to_string(i));
        attackers.clear();
        administrator.reset();
        expectAccepted(daemon);
        CPPUNIT_ASSERT(daemon.refused("descriptors") > 0);
        daemon.expectUnharmed();
    }

    void whoWaitedIsServedOnceTheLimitIsRaised() {
        AttackedDaemon daemon;
        auto administrator = connected(daemon);
        std::list<ServerTestClient> waiting;
        {
            // Lower than what is open already: not even the spare one comes back.
            const DescriptorLimit limit(daemon.process().pid(), 3);
            for (int i = 0; i < 20; ++i)
                waiting.emplace_back(daemon.port()).send(getRequest("/healthz"));
            daemon.expectGoodService(AttackedDaemon::Connections::kept);
            expectWrites(*administrator, "exhausted");
        }
        expectAccepted(daemon);
        int served = 0;
        for (auto& client : waiting)
            served += client.receive().status == 200 ? 1 : 0;
        CPPUNIT_ASSERT(served > 0); // the spare one may have gone for some
        waiting.clear();
        administrator.reset();
        daemon.expectUnharmed();
    }

private:
    /// An administrator whose connection is open already.
    static std::unique_ptr<Client> connected(const AttackedDaemon& daemon) {
        auto client = std::make_unique<Client>(daemon.port(), daemon.process().token());
        CPPUNIT_ASSERT_EQUAL(200, client->get("/whoami").status);
        return client;
    }
    static void expectWrites(Client& administrator, const std::string& name) {
        const auto made = administrator.post("/organizations", R"({"name":")" + name + "\"}");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    }
    static void expectAccepted(const AttackedDaemon& daemon) {
        CPPUNIT_ASSERT(eventually([&] {
            ServerTestClient client(daemon.port());
            return client.trySend(getRequest("/readyz")) && client.receive().status == 200;
        }));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DescriptorExhaustionTest);
