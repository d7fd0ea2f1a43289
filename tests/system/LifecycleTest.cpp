#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/Paths.h"
#include "tests/support/S3Stub.h"

#include <csignal>
#include <future>
#include <sys/stat.h>

using namespace coffer::test;

namespace {

void assertSays(const std::string& text, const std::string& part) {
    CPPUNIT_ASSERT_MESSAGE("no '" + part + "' in: " + text, text.find(part) != std::string::npos);
}

unsigned mode(const std::string& file) {
    struct stat status {};
    CPPUNIT_ASSERT_EQUAL_MESSAGE(file, 0, stat(file.c_str(), &status));
    return status.st_mode & 07777U;
}

} // namespace

/// Starting, stopping, and refusing to start.
class LifecycleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LifecycleTest);
    COFFER_TEST(aFreshDaemonIsReadyAndSaysWhereToLook);
    COFFER_TEST(whatItWritesIsReadableByItsOwnerOnly);
    COFFER_TEST(sigtermFinishesWhatIsInFlightAndExitsWithZero);
    COFFER_TEST(theTokenAndTheDataSurviveARestart);
    COFFER_TEST(aSecondDaemonOnTheSameDataRefusesToStart);
    COFFER_TEST(aSecondDaemonOnTheSamePortRefusesToStart);
    COFFER_TEST(anotherKeyIsRefusedWithTheIdOfTheMissingOne);
    COFFER_TEST(aMissingKeyIsRefusedWithTheRemedy);
    COFFER_TEST(aKeyFileThatOthersMayReadIsRefused);
    COFFER_TEST(plaintextOnTheNetworkIsRefusedUnlessAskedFor);
    COFFER_TEST(anUnknownOptionIsRefusedWithTheNearestOne);
    COFFER_TEST(checkConfigSpeaksForPluginsToo);
    COFFER_TEST(helpShowsHostAndPluginOptions);
    COFFER_TEST(sighupChangesTheLogLevelAndABadConfigurationChangesNothing);
    COFFER_TEST(coresAreOff);
    CPPUNIT_TEST_SUITE_END();

public:
    void aFreshDaemonIsReadyAndSaysWhereToLook() {
        DaemonProcess daemon;
        Client anyone(daemon.port());
        CPPUNIT_ASSERT_EQUAL(200, anyone.get("//healthz").status);
        const auto ready = anyone.get("//readyz");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(ready.body, 200, ready.status);
        assertSays(ready.body, "plugin:backup-credentials");
        assertSays(anyone.get("//").body, "/api/v1/openapi.json");
        assertSays(anyone.get("//metrics").body, "coffer_http_requests_total");
        CPPUNIT_ASSERT_EQUAL(405, anyone.post("//healthz").status);
        CPPUNIT_ASSERT_EQUAL(404, anyone.get("//nothing").status);
        const auto plugins = daemon.client().get("/plugins");
        assertSays(plugins.body, R"("state":"running")");
    }
    void whatItWritesIsReadableByItsOwnerOnly() {
        DaemonProcess daemon;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(daemon.folder()))
            if (entry.is_regular_file())
                CPPUNIT_ASSERT_EQUAL_MESSAGE(entry.path().string(), 0U, mode(entry.path().string()) & 077U);
        CPPUNIT_ASSERT_EQUAL(0600U, mode(daemon.folder() + "/administrator.token"));
    }
    void sigtermFinishesWhatIsInFlightAndExitsWithZero() {
        DaemonProcess daemon({"--http.drain=5m"});
        S3Stub stub;
        stub.hold();
        const auto organization = daemon.addOrganization("in flight");
        std::vector<std::future<int>> answers;
        for (int i = 0; i < 8; ++i)
            answers.push_back(std::async(std::launch::async, [&, i] {
                Client client = daemon.client();
                try {
                    return client
                        .post("/backup-credentials",
                              credentialJson(organization, "flight-" + std::to_string(i), stub.endpoint()))
                        .status;
                } catch (const Poco::Exception&) {
                    return 0;
                }
            }));
        const bool allWait = eventually([&] { return stub.requests() >= 8; });
        daemon.signal(SIGTERM);
        const bool stops = eventually([&] { return daemon.log().find("stopping") != std::string::npos; });
        stub.release();
        CPPUNIT_ASSERT(allWait && stops);
        for (auto& answer : answers)
            CPPUNIT_ASSERT_EQUAL(201, answer.get());
        CPPUNIT_ASSERT_EQUAL(0, daemon.wait());
        daemon.start();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{8},
                             daemon.client().get("/backup-credentials").number("totalCount"));
    }
    void theTokenAndTheDataSurviveARestart() {
        DaemonProcess daemon;
        const auto organization = daemon.addOrganization("survivor");
        daemon.signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon.wait());
        daemon.start();
        const auto answer = daemon.client().get("/organizations/" + std::to_string(organization));
        CPPUNIT_ASSERT_EQUAL(std::string("survivor"), answer.text("name"));
    }
    void aSecondDaemonOnTheSameDataRefusesToStart() {
        DaemonProcess daemon;
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({}, &said));
        assertSays(said, "coffer.db");
        CPPUNIT_ASSERT_EQUAL(200, Client(daemon.port()).get("//readyz").status);
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({"storage", "check"}, &said));
    }
    void aSecondDaemonOnTheSamePortRefusesToStart() {
        DaemonProcess daemon;
        const TemporaryFolder other;
        std::string said;
        CPPUNIT_ASSERT_EQUAL(0, daemon.run({"generate-key", other / "coffer.key"}));
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({"--storage.directory=" + other.path().string(),
                                            "--http.port=" + std::to_string(daemon.port())},
                                           &said));
        assertSays(said, std::to_string(daemon.port()));
    }
    void anotherKeyIsRefusedWithTheIdOfTheMissingOne() {
        DaemonProcess daemon;
        daemon.kill();
        std::string said;
        CPPUNIT_ASSERT_EQUAL(0, daemon.run({"generate-key", daemon.folder() + "/other.key"}));
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({"--secrets.key_file=" + daemon.folder() + "/other.key"}, &said));
        assertSays(said, "key");
        daemon.start(); // and nothing was destroyed
        CPPUNIT_ASSERT_EQUAL(200, daemon.client().get("/whoami").status);
    }
    void aMissingKeyIsRefusedWithTheRemedy() {
        DaemonProcess daemon;
        daemon.kill();
        std::filesystem::remove(daemon.folder() + "/coffer.key");
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({}, &said));
        assertSays(said, "coffer.key");
        assertSays(said, "generate-key");
    }
    void aKeyFileThatOthersMayReadIsRefused() {
        DaemonProcess daemon;
        daemon.kill();
        std::filesystem::permissions(daemon.folder() + "/coffer.key", std::filesystem::perms(0644));
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({}, &said));
        assertSays(said, "chmod 600");
    }
    void plaintextOnTheNetworkIsRefusedUnlessAskedFor() {
        DaemonProcess daemon;
        daemon.kill();
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({"--http.address=0.0.0.0"}, &said));
        assertSays(said, "http.insecure_plaintext");
        assertSays(said, "tls.certificate");
    }
    void anUnknownOptionIsRefusedWithTheNearestOne() {
        DaemonProcess daemon;
        daemon.kill();
        std::string said;
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({"--http.prot=1"}, &said));
        assertSays(said, "did you mean 'port'?");
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({"--nonsense=1"}, &said));
        CPPUNIT_ASSERT_EQUAL(1, daemon.run({"frobnicate"}, &said));
        assertSays(said, "frobnicate");
    }
    void checkConfigSpeaksForPluginsToo() {
        DaemonProcess daemon;
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, daemon.run({"check-config"}, &said));
        CPPUNIT_ASSERT_EQUAL(
            1, daemon.run({"check-config", "--backup-credentials.probe.interval=often"}, &said));
        assertSays(said, "probe.interval");
        assertSays(said, "24h");
    }
    void helpShowsHostAndPluginOptions() {
        std::string said;
        CPPUNIT_ASSERT_EQUAL(0, runProgram({buildPath("bin/cofferd"), "--help",
                                            "--config=" + sourcePath("config/cofferd.ini")},
                                           &said));
        assertSays(said, "--http.port=NUMBER (8420)");
        assertSays(said, "--backup-credentials.probe.interval=DURATION");
    }
    void sighupChangesTheLogLevelAndABadConfigurationChangesNothing() {
        DaemonProcess daemon;
        const auto before = daemon.log().size();
        daemon.signal(SIGHUP);
        CPPUNIT_ASSERT(eventually(
            [&] { return daemon.log().find("configuration read again", before) != std::string::npos; }));
        CPPUNIT_ASSERT_EQUAL(200, daemon.client().get("/whoami").status);
    }
    void coresAreOff() {
        DaemonProcess daemon;
        const auto limits = readFile("/proc/" + std::to_string(daemon.pid()) + "/limits");
        const auto line = limits.substr(limits.find("Max core file size"), 60);
        assertSays(line, " 0 ");
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LifecycleTest);
