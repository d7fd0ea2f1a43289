#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/RethrowingThread.h"
#include "tests/support/S3Stub.h"

#include <Poco/JSON/Array.h>

#include <atomic>
#include <csignal>

using namespace coffer::test;

/// Keys are rotated, rewrapped, retired and exchanged while the daemon serves.
class KeysTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeysTest);
    COFFER_TEST(rotationRewrapAndRetiringWhileServing);
    COFFER_TEST(theKeyEncryptionKeyIsExchangedByConfiguringBoth);
    COFFER_TEST(aBackupIsRestoredWithItsTokensRevoked);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        daemon_ = std::make_unique<DaemonProcess>();
        stub_ = std::make_unique<S3Stub>();
        organization_ = daemon_->addOrganization("keys");
        for (int i = 0; i < 20; ++i)
            add("credential " + std::to_string(i));
    }
    void tearDown() override {
        daemon_.reset();
        stub_.reset();
    }

    void rotationRewrapAndRetiringWhileServing() {
        Client client = daemon_->client();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, sealedUnder(1));
        std::atomic<int> failed = 0;
        RethrowingThread others([&](const std::stop_token& stop) {
            Client other = daemon_->client();
            for (int i = 100; !stop.stop_requested(); ++i)
                failed += other.post("/backup-credentials",
                                     credentialJson(organization_, "during " + std::to_string(i),
                                                    stub_->endpoint()))
                                      .status == 201
                              ? 0
                              : 1;
        });
        const auto rotated = client.post("/keys/rotate");
        CPPUNIT_ASSERT_MESSAGE(rotated.body, rotated.status == 200 || rotated.status == 201);
        CPPUNIT_ASSERT_EQUAL(409, client.remove("/keys/2").status); // active
        const auto rewrap = client.post("/keys/rewrap");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(rewrap.body, 202, rewrap.status);
        CPPUNIT_ASSERT(eventually([&] { return sealedUnder(1) == 0; }));
        const auto retired = client.remove("/keys/1");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(retired.body, 200, retired.status);
        CPPUNIT_ASSERT_MESSAGE(retired.body, retired.body.find("Backups made before") != std::string::npos);
        others.requestStop();
        others.join();
        CPPUNIT_ASSERT_EQUAL(0, failed.load());
        probeAll();
    }
    void theKeyEncryptionKeyIsExchangedByConfiguringBoth() {
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        const auto folder = std::filesystem::path(daemon_->folder());
        std::filesystem::rename(folder / "coffer.key", folder / "old.key");
        CPPUNIT_ASSERT_EQUAL(0, daemon_->run({"generate-key", (folder / "coffer.key").string()}));
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon_->run({}, &said)); // the new one alone opens nothing
        daemon_->addOption("--secrets.previous_key_file=" + (folder / "old.key").string());
        daemon_->start();
        probeAll();
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        daemon_->dropOption();
        std::filesystem::remove(folder / "old.key"); // from now on the new one is enough
        daemon_->start();
        probeAll();
    }
    void aBackupIsRestoredWithItsTokensRevoked() {
        const auto folder = std::filesystem::path(daemon_->folder());
        const auto backup = (folder / "backup.db").string();
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0,
                                     daemon_->run({"storage", "backup", backup}, &said)); // while it serves
        CPPUNIT_ASSERT_EQUAL(1, daemon_->run({"storage", "backup", backup}, &said)); // never over another
        add("after the backup");
        CPPUNIT_ASSERT_EQUAL(1, daemon_->run({"storage", "restore", backup}, &said)); // not while it serves
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, daemon_->run({"storage", "restore", backup}, &said));
        daemon_->start();
        CPPUNIT_ASSERT_EQUAL(401, daemon_->client().get("/whoami").status);
        auto fresh = readFile(folder / "administrator.token");
        fresh.pop_back();
        CPPUNIT_ASSERT_MESSAGE("the new token is printed: " + said, said.find(fresh) != std::string::npos);
        Client client = daemon_->client(fresh);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, client.get("/backup-credentials").number("totalCount"));
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, daemon_->run({"audit", "verify"}, &said));
    }

private:
    void add(const std::string& name) {
        const auto answer = daemon_->client().post("/backup-credentials",
                                                   credentialJson(organization_, name, stub_->endpoint()));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
    }
    /// A probe opens the stored secret.
    void probeAll() {
        Client client = daemon_->client();
        for (int id = 1; id <= 20; ++id) {
            const auto answer = client.post("/backup-credentials/" + std::to_string(id) + "/probe");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200, answer.status);
        }
    }
    std::int64_t sealedUnder(int version) {
        const auto keys = daemon_->client().get("/keys");
        const auto versions = keys.json()->getArray("versions");
        for (std::size_t i = 0; i < versions->size(); ++i) {
            const auto entry = versions->getObject(static_cast<unsigned>(i));
            if (entry->getValue<int>("version") == version)
                return entry->getValue<std::int64_t>("sealedCount");
        }
        CPPUNIT_FAIL("no such version: " + keys.body);
        return 0;
    }

    std::unique_ptr<DaemonProcess> daemon_;
    std::unique_ptr<S3Stub> stub_;
    std::int64_t organization_ = 0;
};
CPPUNIT_TEST_SUITE_REGISTRATION(KeysTest);
