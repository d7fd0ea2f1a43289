#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/S3Stub.h"

#include <atomic>
#include <csignal>
#include <mutex>
#include <set>

using namespace coffer::test;

/// kill -9 under load: what was acknowledged is there, what was not is wholly absent.
class KillTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KillTest);
    COFFER_TEST(everyAcknowledgedCreateIsThereAfterKillNine);
    CPPUNIT_TEST_SUITE_END();

public:
    void everyAcknowledgedCreateIsThereAfterKillNine() {
        DaemonProcess daemon;
        const S3Stub stub;
        const auto organization = daemon.addOrganization("under load");
        std::set<std::string> acknowledged;
        for (int round = 0; round < 5; ++round) {
            createUntilKilled(daemon, stub, organization, round, acknowledged);
            std::string said;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, daemon.run({"audit", "verify"}, &said));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, daemon.run({"storage", "check"}, &said));
            daemon.start();
            assertAllThere(daemon, acknowledged);
        }
    }

private:
    static void createUntilKilled(DaemonProcess& daemon, const S3Stub& stub, std::int64_t organization,
                                  int round, std::set<std::string>& acknowledged) {
        std::mutex mutex;
        std::atomic<bool> dead = false;
        std::atomic<int> ofThisRound = 0;
        std::vector<std::jthread> clients;
        for (int c = 0; c < 8; ++c)
            clients.emplace_back([&, c] {
                Client client = daemon.client();
                for (int i = 0; !dead; ++i) {
                    const auto name =
                        "k" + std::to_string(round) + "-" + std::to_string(c) + "-" + std::to_string(i);
                    try {
                        const auto answer = client.post("/backup-credentials",
                                                        credentialJson(organization, name, stub.endpoint()));
                        if (answer.status == 201) {
                            const std::lock_guard lock(mutex);
                            acknowledged.insert(answer.text("id") + " " + name);
                            ++ofThisRound;
                        }
                    } catch (const std::exception&) {
                        return; // killed under it
                    }
                }
            });
        const bool isUnderLoad = eventually([&] { return ofThisRound >= 20 + 7 * round; });
        daemon.kill();
        dead = true;
        CPPUNIT_ASSERT(isUnderLoad);
    }

    /// Each acknowledged one reads whole, and has exactly one record of its creation; and nothing has a
    /// record without being there.
    static void assertAllThere(DaemonProcess& daemon, const std::set<std::string>& acknowledged) {
        Client client = daemon.client();
        for (const auto& entry : acknowledged) {
            const auto id = entry.substr(0, entry.find(' '));
            const auto answer = client.get("/backup-credentials/" + id);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(entry + ": " + answer.body, 200, answer.status);
            CPPUNIT_ASSERT_EQUAL(entry.substr(entry.find(' ') + 1), answer.text("name"));
        }
        const auto stored = client.get("/backup-credentials?limit=1").number("totalCount");
        std::int64_t recorded = 0;
        std::string path = "/audit?action=backup-credential.create&result=success&limit=500";
        for (std::string cursor;;) {
            const auto page = client.get(path + (cursor.empty() ? "" : "&cursor=" + cursor));
            recorded += static_cast<std::int64_t>(page.json()->getArray("items")->size());
            cursor = page.text("nextCursor");
            if (cursor.empty())
                break;
        }
        CPPUNIT_ASSERT_EQUAL(stored, recorded);
        CPPUNIT_ASSERT(stored >= static_cast<std::int64_t>(acknowledged.size()));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(KillTest);
