#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/RethrowingThread.h"
#include "tests/support/S3Stub.h"

#include <coffer/testkit/Test.h>

#include <atomic>
#include <list>
#include <mutex>
#include <thread>

using namespace coffer::test;

/// Readers run all the while. Once a change was acknowledged, no request that begins afterwards is answered
/// as if it had not been made.
class StaleAnswerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StaleAnswerTest);
    COFFER_TEST(revokedTokenIsRefusedAtOnce);
    COFFER_TEST(lostRoleIsLostAtOnce);
    COFFER_TEST(lockIsSeenAtOnce);
    COFFER_TEST(updateIsSeenAtOnce);
    COFFER_TEST(deletedCredentialIsGoneAtOnce);
    CPPUNIT_TEST_SUITE_END();

    static constexpr int rounds = 25;
    static constexpr int readers = 4;

    DaemonProcess daemon_;
    S3Stub stub_;
    Client administrator_ = daemon_.client();
    const std::int64_t organization_ = daemon_.addOrganization("mirror");

    /// Reads on several connections until `change` was acknowledged and every reader has asked at least once
    /// afterwards. @returns what those asked afterwards were answered, as `isNew` saw it: all true, or it is
    /// stale
    template <class Change, class IsNew>
    void race(const std::string& token, const std::string& path, Change change, IsNew isNew) {
        std::atomic<bool> acknowledged = false;
        std::atomic<int> before = 0;
        std::atomic<int> stale = 0;
        std::string example;
        std::mutex mutex;
        {
            std::list<RethrowingThread> threads;
            for (int i = 0; i < readers; ++i)
                threads.emplace_back([&](const std::stop_token& stop) {
                    Client client = daemon_.client(token);
                    for (int asked = 0, later = 0; later < 3 && !stop.stop_requested(); ++asked) {
                        const bool after = acknowledged;
                        const Answer answer = client.get(path);
                        if (asked == 0)
                            ++before;
                        if (!after)
                            continue;
                        ++later;
                        if (isNew(answer))
                            continue;
                        ++stale;
                        const std::lock_guard lock(mutex);
                        example = std::to_string(answer.status) + " " + answer.body;
                    }
                });
            CPPUNIT_ASSERT(eventually([&] { return before == readers; }));
            const Answer changed = change();
            CPPUNIT_ASSERT_MESSAGE(changed.body, changed.status / 100 == 2);
            acknowledged = true;
            for (auto& thread : threads)
                thread.join();
        }
        CPPUNIT_ASSERT_EQUAL_MESSAGE(example, 0, stale.load());
    }

    std::string create(const std::string& name) {
        const auto made = administrator_.post(
            "/backup-credentials", R"({"organizationId":)" + std::to_string(organization_) + R"(,"name":")" +
                                       name + R"(","endpoint":")" + stub_.endpoint() +
                                       R"(","region":"us-east-1","accessKeyId":"AKIAIOSFODNN7EXAMPLE",)"
                                       R"("secretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
        return "/backup-credentials/" + made.text("id");
    }
    std::int64_t principal(const std::string& name) {
        const auto made = administrator_.post("/principals", R"({"name":")" + name + R"("})");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
        return made.number("id");
    }

public:
    void revokedTokenIsRefusedAtOnce() {
        for (int round = 0; round < rounds; ++round) {
            const auto made =
                administrator_.post("/whoami/tokens", R"({"name":"round )" + std::to_string(round) + R"("})");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
            race(
                made.text("token"), "/whoami",
                [&] { return administrator_.remove("/whoami/tokens/" + made.text("id")); },
                [](const Answer& answer) { return answer.status == 401 || answer.status == 429; });
        }
    }
    void lostRoleIsLostAtOnce() {
        const auto path = create("role");
        const auto id = std::to_string(principal("reader"));
        const auto token =
            administrator_.post("/principals/" + id + "/tokens", R"({"name":"one"})").text("token");
        for (int round = 0; round < rounds; ++round) {
            const auto role =
                administrator_.post("/principals/" + id + "/roles", R"({"role":"viewer","organizationId":)" +
                                                                        std::to_string(organization_) + "}");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(role.body, 201, role.status);
            race(
                token, path,
                [&] { return administrator_.remove("/principals/" + id + "/roles/" + role.text("id")); },
                [](const Answer& answer) { return answer.status == 403 || answer.status == 404; });
        }
    }
    void lockIsSeenAtOnce() {
        const auto path = create("lock");
        for (int round = 0; round < rounds; ++round) {
            race(
                daemon_.token(), path,
                [&] { return administrator_.put(path + "/lock", R"({"reason":"race"})"); },
                [](const Answer& answer) { return answer.text("locked") == "true"; });
            race(
                daemon_.token(), path, [&] { return administrator_.remove(path + "/lock"); },
                [](const Answer& answer) { return answer.text("locked") == "false"; });
        }
    }
    void updateIsSeenAtOnce() {
        const auto path = create("update");
        for (int round = 0; round < rounds; ++round) {
            const auto name = "update " + std::to_string(round);
            race(
                daemon_.token(), "/backup-credentials",
                [&] { return administrator_.patch(path, R"({"name":")" + name + R"("})"); },
                [&](const Answer& answer) {
                    return answer.body.find('"' + name + '"') != std::string::npos;
                });
        }
    }
    void deletedCredentialIsGoneAtOnce() {
        for (int round = 0; round < rounds; ++round) {
            const auto path = create("delete " + std::to_string(round));
            race(
                daemon_.token(), path, [&] { return administrator_.remove(path); },
                [](const Answer& answer) { return answer.status == 404; });
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(StaleAnswerTest);
