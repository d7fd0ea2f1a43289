#include "tests/plugins/backup-credentials/House.h"
#include "tests/support/RethrowingThread.h"

#include <atomic>
#include <barrier>
#include <list>

namespace coffer::test {

/// Sixteen clients at once; whatever the order, no rule breaks.
class RaceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RaceTest);
    COFFER_TEST(oneDefaultRemains);
    COFFER_TEST(deletionAndAssociationExcludeEachOther);
    COFFER_TEST(lockAndUseExcludeEachOther);
    COFFER_TEST(oneOfTheUpdatesWithTheSameETagWins);
    COFFER_TEST(oneOfTheCreationsWithTheSameNameWins);
    COFFER_TEST(oneOfTheKeyChangesWins);
    CPPUNIT_TEST_SUITE_END();

    static constexpr int clients = 16;

    /// Runs `act(client)` in all of them at the same moment.
    static void race(const std::function<void(int)>& act) {
        std::barrier start(clients);
        std::list<RethrowingThread> threads;
        for (int client = 0; client < clients; ++client)
            threads.emplace_back([&, client] {
                start.arrive_and_wait();
                act(client);
            });
        for (RethrowingThread& thread : threads)
            thread.join();
    }
    static void sound(House& house) {
        const auto wrong = house.host().checkStorage();
        CPPUNIT_ASSERT_MESSAGE(wrong.empty() ? "" : wrong.front(), wrong.empty());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             house.ask("SELECT count(*) FROM backup_credentials_association a LEFT JOIN "
                                       "backup_credentials_credential c ON c.id = a.credential_id "
                                       "WHERE c.id IS NULL"));
    }

public:
    void oneDefaultRemains() {
        House house;
        std::vector<std::int64_t> ids;
        for (int i = 0; i < clients; ++i)
            ids.push_back(house.create("name-" + std::to_string(i)));
        race([&](int client) {
            for (int round = 0; round < 5; ++round)
                (void)house.put(House::at(ids[static_cast<std::size_t>(client)], "/default"));
        });
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.ask("SELECT count(*) FROM backup_credentials_default"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.get("/backup-credentials?default=true").ids().size());
        sound(house);
    }

    void deletionAndAssociationExcludeEachOther() {
        House house;
        for (int round = 0; round < 8; ++round) {
            const auto id = house.create("name-" + std::to_string(round));
            std::atomic<int> deleted{0};
            std::atomic<int> associated{0};
            race([&](int client) {
                if (client % 2 == 0)
                    deleted += house.remove(House::at(id)).status == 204;
                else
                    associated +=
                        house.put(House::at(id, "/projects/p" + std::to_string(client)), R"({"name":"P"})")
                            .status == 200;
            });
            CPPUNIT_ASSERT(deleted <= 1);
            CPPUNIT_ASSERT_EQUAL(deleted == 1, associated == 0);
            CPPUNIT_ASSERT_EQUAL(deleted == 1 ? 404 : 200, house.get(House::at(id)).status);
        }
        sound(house);
    }

    void lockAndUseExcludeEachOther() {
        House house;
        for (int round = 0; round < 8; ++round) {
            const auto id = house.create("name-" + std::to_string(round));
            std::atomic<int> used{0};
            race([&](int client) {
                if (client == 0)
                    (void)house.put(House::at(id, "/lock"), R"({"reason":"why"})");
                else
                    used +=
                        house.put(House::at(id, "/projects/p" + std::to_string(client)), R"({"name":"P"})")
                            .status == 200;
            });
            CPPUNIT_ASSERT_EQUAL(std::int64_t{used}, house.get(House::at(id)).number("projectCount"));
            // The audit log has the order in which things happened: nothing was used once it was locked.
            bool locked = false;
            auto records = house.history(id);
            std::ranges::reverse(records);
            for (const auto& record : records) {
                if (record.event.result != AuditResult::success)
                    continue;
                locked = locked || record.event.action == "backup-credential.lock";
                CPPUNIT_ASSERT(!(locked && record.event.action == "backup-credential.associate"));
            }
            CPPUNIT_ASSERT(locked);
        }
        sound(house);
    }

    void oneOfTheUpdatesWithTheSameETagWins() {
        House house;
        const auto id = house.create("nightly");
        std::atomic<int> won{0};
        std::atomic<int> lost{0};
        race([&](int client) {
            const int status =
                house
                    .send("administrator", "PATCH", House::at(id),
                          R"({"name":"name-)" + std::to_string(client) + "\"}", {{"If-Match", "\"1\""}})
                    .status;
            won += status == 200;
            lost += status == 412;
        });
        CPPUNIT_ASSERT_EQUAL(1, won.load());
        CPPUNIT_ASSERT_EQUAL(clients - 1, lost.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, house.get(House::at(id)).number("version"));
        sound(house);
    }

    void oneOfTheCreationsWithTheSameNameWins() {
        House house;
        std::atomic<int> won{0};
        std::atomic<int> lost{0};
        race([&](int client) {
            const Answer answer =
                house.post("/backup-credentials", House::body(client % 2 ? "nightly" : "NIGHTLY"));
            won += answer.status == 201;
            lost += answer.code() == "name_taken";
        });
        CPPUNIT_ASSERT_EQUAL(1, won.load());
        CPPUNIT_ASSERT_EQUAL(clients - 1, lost.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                             house.ask("SELECT count(*) FROM backup_credentials_credential"));
        sound(house);
    }

    void oneOfTheKeyChangesWins() {
        House house;
        const auto id = house.create("nightly");
        std::barrier<> probing(clients);
        house.whileProbing = [&] { probing.arrive_and_wait(); };
        std::atomic<int> won{0};
        std::atomic<int> lost{0};
        race([&](int client) {
            const Answer answer = house.patch(
                House::at(id), R"({"accessKeyId":"KEY)" + std::to_string(client) +
                                   R"(","secretAccessKey":"secret-)" + std::to_string(client) + "\"}");
            won += answer.status == 200;
            lost += answer.code() == "changed_meanwhile";
        });
        CPPUNIT_ASSERT_EQUAL(1, won.load());
        CPPUNIT_ASSERT_EQUAL(clients - 1, lost.load());
        const Answer left = house.get(House::at(id));
        const std::string secret = "secret-" + left.text("accessKeyId").substr(3);
        CPPUNIT_ASSERT_EQUAL(house.host().secrets().fingerprint(SecretBytes(std::string_view(secret))),
                             left.text("secretFingerprint"));
        sound(house);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RaceTest);

} // namespace coffer::test
