#include "tests/support/S3Stub.h"
#include "tests/system/AttackedDaemon.h"

#include <list>
#include <sys/resource.h>
#include <unistd.h>

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

} // namespace

/// A daemon that may open no more descriptors.
class DescriptorExhaustionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DescriptorExhaustionTest);
    COFFER_TEST(whoIsConnectedIsServedAndOthersAreOnceThereIsRoom);
    COFFER_TEST(whoWaitedIsServedOnceTheLimitIsRaised);
    COFFER_TEST(theDaemonTakesAsManyAsTheSystemLets);
    CPPUNIT_TEST_SUITE_END();

public:
    void whoIsConnectedIsServedAndOthersAreOnceThereIsRoom() {
        AttackedDaemon daemon({oneReader});
        awaitScrub(daemon);
        {
            const DescriptorLimit limit(daemon.process().pid(), 300);
            expectServedWhileExhausted(daemon);
            expectAccepted(daemon);
        }
        CPPUNIT_ASSERT(daemon.refused("descriptors") > 0);
        daemon.expectUnharmed();
    }

    void whoWaitedIsServedOnceTheLimitIsRaised() {
        AttackedDaemon daemon({oneReader});
        awaitScrub(daemon);
        ServerTestClient administrator(daemon.port());
        // UBSan opens a pipe when it first checks a class: let it check the classes of a write before.
        CPPUNIT_ASSERT_EQUAL(201,
                             post(daemon, administrator, "/organizations", R"({"name":"before"})").status);
        std::list<ServerTestClient> waiting;
        {
            // Lower than what is open already: not even the spare one comes back.
            const DescriptorLimit limit(daemon.process().pid(), 3);
            for (int i = 0; i < 20; ++i)
                waiting.emplace_back(daemon.port()).send(getRequest("/healthz"));
            daemon.expectGoodService(AttackedDaemon::Connections::kept);
            const auto made = post(daemon, administrator, "/organizations", R"({"name":"exhausted"})");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
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

    void theDaemonTakesAsManyAsTheSystemLets() {
        const DescriptorLimit low(::getpid(), 512);
        const DaemonProcess daemon;
        rlimit limit{};
        CPPUNIT_ASSERT_EQUAL(0, ::prlimit(daemon.pid(), RLIMIT_NOFILE, nullptr, &limit));
        CPPUNIT_ASSERT_EQUAL(limit.rlim_max, limit.rlim_cur);
    }

private:
    // Readers are opened as they are needed, and each needs a descriptor: the first one has it at the start.
    static constexpr const char* oneReader = "--storage.readers=1";

    /// The database's log is scrubbed some seconds after the start, over a connection that is opened for it.
    static void awaitScrub(const AttackedDaemon& daemon) {
        const auto observer = daemon.connect();
        CPPUNIT_ASSERT(eventually(
            [&] { return AttackedDaemon::metric(*observer, "coffer_storage_scrubs_total") >= 1; }));
    }
    /// Asked by the administrator.
    static ReceivedResponse post(const AttackedDaemon& daemon, ServerTestClient& client,
                                 const std::string& path, const std::string& body) {
        return client.ask(postRequest("/api/v1" + path, body,
                                      "Authorization: Bearer " + daemon.process().token() +
                                          "\r\nContent-Type: application/json\r\n"));
    }
    static void expectServedWhileExhausted(AttackedDaemon& daemon) {
        ServerTestClient administrator(daemon.port());
        CPPUNIT_ASSERT_EQUAL(200, administrator.get("/healthz").status);
        std::list<ServerTestClient> attackers;
        for (int i = 0; i < 500; ++i)
            attackers.emplace_back(daemon.port());
        int held = 0;
        for (auto& client : attackers)
            held += client.trySend(getRequest("/healthz")) && client.receive().status == 200 ? 1 : 0;
        CPPUNIT_ASSERT(held > 0 && held < 300);
        // Who is connected reads and writes on, also where the daemon must call somebody for it.
        daemon.expectGoodService(AttackedDaemon::Connections::kept);
        const S3Stub stub;
        for (int i = 0; i < 20; ++i) {
            const auto made = post(daemon, administrator, "/backup-credentials",
                                   credentialJson(1, "exhausted " + std::to_string(i), stub.endpoint()));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
        }
    }
    static void expectAccepted(const AttackedDaemon& daemon) {
        CPPUNIT_ASSERT(eventually([&] {
            ServerTestClient client(daemon.port());
            return client.trySend(getRequest("/readyz")) && client.receive().status == 200;
        }));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DescriptorExhaustionTest);
