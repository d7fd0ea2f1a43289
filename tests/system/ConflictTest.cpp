#include "tests/support/DaemonProcess.h"
#include "tests/support/S3Stub.h"
#include "tests/system/Racers.h"

#include <Poco/JSON/Array.h>

#include <map>

using namespace coffer::test;

/// Sixteen clients race at each rule. Whatever the order, no rule is ever broken.
class ConflictTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConflictTest);
    COFFER_TEST(anOrganizationHasOneDefault);
    COFFER_TEST(whatIsDeletedHasNoProjectsAndWhatHasProjectsIsNotDeleted);
    COFFER_TEST(nothingIsAssociatedOnceItIsLocked);
    COFFER_TEST(nothingIsDeletedOnceItIsLocked);
    COFFER_TEST(ofUpdatesWithOneETagOneWins);
    COFFER_TEST(ofCreatesWithOneNameOneWins);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        daemon_ = std::make_unique<DaemonProcess>();
        stub_ = std::make_unique<S3Stub>();
        organization_ = daemon_->addOrganization("races");
        racers_ = std::make_unique<Racers>(*daemon_);
    }
    void tearDown() override {
        racers_.reset();
        daemon_.reset();
        stub_.reset();
    }

    void anOrganizationHasOneDefault() {
        std::vector<std::string> paths;
        for (int i = 0; i < 4; ++i)
            paths.push_back(create("candidate " + std::to_string(i)));
        for (int round = 0; round < rounds; ++round) {
            const auto answers = racers_->race([&](Client& client, int racer) {
                return client.put(paths[static_cast<std::size_t>(racer) % paths.size()] + "/default");
            });
            for (const auto& answer : answers)
                CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200, answer.status);
            const auto defaults = racers_->first().get("/backup-credentials?default=true");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(defaults.body, std::size_t{1},
                                         defaults.json()->getArray("items")->size());
            const auto chosen = racers_->first().get("/backup-credentials/default?organizationId=" +
                                                     std::to_string(organization_));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(chosen.body, std::string("true"), chosen.text("default"));
        }
    }
    void whatIsDeletedHasNoProjectsAndWhatHasProjectsIsNotDeleted() {
        for (int round = 0; round < rounds; ++round) {
            const auto path = create("prey " + std::to_string(round));
            const auto answers = racers_->race([&](Client& client, int racer) {
                return racer % 2 ? client.remove(path) : associate(client, path, racer);
            });
            const int deleted = Racers::succeeded(answers, 1, {204, 404, 409});
            const int associated = Racers::succeeded(answers, 0, {200, 404});
            const auto now = racers_->first().get(path);
            if (associated > 0) {
                CPPUNIT_ASSERT_EQUAL(0, deleted);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(now.body, 200, now.status);
                CPPUNIT_ASSERT_EQUAL(std::int64_t{associated}, now.number("projectCount"));
            } else {
                CPPUNIT_ASSERT_EQUAL(1, deleted);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(now.body, 404, now.status);
            }
        }
    }
    void nothingIsAssociatedOnceItIsLocked() {
        for (int round = 0; round < rounds; ++round) {
            const auto path = create("lockable " + std::to_string(round));
            const auto answers = racers_->race([&](Client& client, int racer) {
                return racer % 2 ? lock(client, path) : associate(client, path, racer);
            });
            CPPUNIT_ASSERT_EQUAL(racers / 2, Racers::succeeded(answers, 1, {200}));
            const int associated = Racers::succeeded(answers, 0, {200, 409});
            CPPUNIT_ASSERT_EQUAL(1, newLocks(answers));
            const auto now = racers_->first().get(path);
            CPPUNIT_ASSERT_EQUAL(std::string("true"), now.text("locked"));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{associated}, now.number("projectCount"));
            assertNothingAfterTheLock(path, "backup-credential.associate", associated);
        }
    }
    void nothingIsDeletedOnceItIsLocked() {
        for (int round = 0; round < rounds; ++round) {
            const auto path = create("victim " + std::to_string(round));
            const auto answers = racers_->race([&](Client& client, int racer) {
                return racer % 2 ? lock(client, path) : client.remove(path);
            });
            const int deleted = Racers::succeeded(answers, 0, {204, 404, 409});
            const int locked = Racers::succeeded(answers, 1, {200, 404});
            const auto now = racers_->first().get(path);
            CPPUNIT_ASSERT_EQUAL(1, deleted + newLocks(answers));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(now.body, deleted == 1 ? 404 : 200, now.status);
            CPPUNIT_ASSERT_EQUAL(deleted == 1 ? 0 : racers / 2, locked);
        }
    }
    void ofUpdatesWithOneETagOneWins() {
        const auto path = create("updated");
        for (int round = 0; round < rounds; ++round) {
            const auto before = racers_->first().get(path);
            const auto etag = before.head.get("ETag");
            const auto answers = racers_->race([&](Client& client, int racer) {
                return client.patch(path, R"({"name":"by )" + std::to_string(racer) + "\"}",
                                    {{"If-Match", etag}});
            });
            std::string winner;
            int won = 0;
            for (const auto& answer : answers) {
                if (answer.status == 200) {
                    ++won;
                    winner = answer.text("name");
                } else {
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 412, answer.status);
                }
            }
            CPPUNIT_ASSERT_EQUAL(1, won);
            const auto now = racers_->first().get(path);
            CPPUNIT_ASSERT_EQUAL(winner, now.text("name"));
            CPPUNIT_ASSERT_EQUAL(before.number("version") + 1, now.number("version"));
            const auto reset = racers_->first().patch(path, R"({"name":"updated"})");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(reset.body, 200, reset.status);
        }
    }
    void ofCreatesWithOneNameOneWins() {
        for (int round = 0; round < rounds; ++round) {
            // Case and width make no other name of it.
            const std::string names[] = {"same " + std::to_string(round), "SAME " + std::to_string(round)};
            const auto answers = racers_->race([&](Client& client, int racer) {
                return client.post("/backup-credentials",
                                   credentialJson(organization_, names[racer % 2], stub_->endpoint()));
            });
            int created = 0;
            for (const auto& answer : answers) {
                created += answer.status == 201 ? 1 : 0;
                if (answer.status != 201) {
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 409, answer.status);
                    CPPUNIT_ASSERT_EQUAL(std::string("name_taken"), answer.code());
                }
            }
            CPPUNIT_ASSERT_EQUAL(1, created);
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{rounds},
                             racers_->first().get("/backup-credentials").number("totalCount"));
    }

private:
    static constexpr int racers = Racers::count;
    static constexpr int rounds = 8;

    std::string create(const std::string& name) {
        const auto answer = racers_->first().post("/backup-credentials",
                                                  credentialJson(organization_, name, stub_->endpoint()));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
        return "/backup-credentials/" + answer.text("id");
    }
    static Answer associate(Client& client, const std::string& path, int racer) {
        return client.put(path + "/projects/project-" + std::to_string(racer), R"({"name":"a project"})");
    }
    static Answer lock(Client& client, const std::string& path) {
        return client.put(path + "/lock", R"({"reason":"a race"})");
    }
    static int newLocks(const std::vector<Answer>& answers) {
        int locks = 0;
        for (int racer = 1; racer < racers; racer += 2) {
            const auto& answer = answers[static_cast<std::size_t>(racer)];
            locks += answer.status == 200 && answer.text("alreadyLocked") == "false" ? 1 : 0;
        }
        return locks;
    }
    /// The log has the order in which it was.
    void assertNothingAfterTheLock(const std::string& path, const std::string& action, int expected) {
        const auto history = racers_->first().get(path + "/history?limit=100");
        const auto items = history.json()->getArray("items");
        int before = 0;
        bool isAfter = true; // newest first
        for (std::size_t i = 0; i < items->size(); ++i) {
            const auto item = items->getObject(static_cast<unsigned>(i));
            if (item->getValue<std::string>("result") != "success")
                continue;
            const auto did = item->getValue<std::string>("action");
            isAfter = isAfter && did != "backup-credential.lock";
            if (did == action) {
                CPPUNIT_ASSERT_MESSAGE(history.body, !isAfter);
                ++before;
            }
        }
        CPPUNIT_ASSERT_EQUAL(expected, before);
    }

    std::unique_ptr<DaemonProcess> daemon_;
    std::unique_ptr<S3Stub> stub_;
    std::unique_ptr<Racers> racers_;
    std::int64_t organization_ = 0;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConflictTest);
