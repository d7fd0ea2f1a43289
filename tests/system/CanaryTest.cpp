#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/S3Stub.h"

#include <csignal>

using namespace coffer::test;

/// A secret that is nowhere to be seen: not in a file, a log line, a reply, a metric, an audit record.
class CanaryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CanaryTest);
    COFFER_TEST(noSecretIsEverSeen);
    CPPUNIT_TEST_SUITE_END();

public:
    void noSecretIsEverSeen() {
        const TemporaryFolder outside;
        const std::string auditFile = outside / "audit.jsonl";
        DaemonProcess daemon({"--telemetry.log_level=debug", "--audit.file=" + auditFile});
        const S3Stub stub;
        Client client = daemon.client();
        const auto organization = daemon.addOrganization("canaries");
        std::string seen;
        const auto keep = [&](const Answer& answer) {
            seen += answer.body + "\n";
            return answer;
        };

        const auto made =
            keep(client.post("/backup-credentials", credential(organization, "first", stub, 0)));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
        const std::string path = "/backup-credentials/" + made.text("id");
        // Refused in every way there is.
        keep(client.post("/backup-credentials", credential(organization, "first", stub, 1)));
        keep(client.post("/backup-credentials", credential(999999, "nobody's", stub, 2)));
        keep(client.post("/backup-credentials", credential(organization, "x", stub, 3)));
        keep(client.post("/backup-credentials", credential(organization, "broken", stub, 4) + "}"));
        keep(client.post("/backup-credentials",
                         credentialJson(organization, "wrong", stub.endpoint(), "WRONG", canary(5))));
        keep(client.post("/backup-credentials",
                         R"({"secretAccessKey":")" + canary(6) + R"(","secretAccessKey":1})"));
        keep(
            client.post("/backup-credentials?secretAccessKey=x", credential(organization, "query", stub, 7)));
        keep(client.post("/backup-credentials/probe",
                         credentialJson(0, "x", stub.endpoint(), "AK", canary(8))));
        keep(client.patch(path, R"({"secretAccessKey":")" + canary(9) + "\"}"));
        keep(client.patch(path,
                          R"({"secretAccessKey":")" + canary(1) + R"(","endpoint":"https://x.example"})"));
        keep(client.post("/backup-credentials", credential(organization, "again", stub, 2),
                         {{"Idempotency-Key", "k"}}));
        for (const auto* read : {"", "/history", "/projects"})
            keep(client.get(path + read));
        for (const auto* read :
             {"/backup-credentials", "/audit?limit=500", "/audit/export?format=csv", "/keys", "/plugins"})
            keep(client.get(read));
        seen += Client(daemon.port()).get("//metrics").body + Client(daemon.port()).get("//readyz").body;
        keep(client.remove(path));

        assertUnseen("a reply", seen);
        CPPUNIT_ASSERT(eventually(
            [&] { return readFile(auditFile).find("backup-credential.create") != std::string::npos; }));
        assertUnseen("the audit file", readFile(auditFile));
        assertUnseenInFolder(daemon.folder());
        daemon.signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon.wait());
        assertUnseenInFolder(daemon.folder());
        assertUnseen("the audit file", readFile(auditFile));
        CPPUNIT_ASSERT(readFile(auditFile).find("backup-credential.create") != std::string::npos);
    }

private:
    static std::string canary(int number) {
        return "CaNaRy" + std::to_string(number) + "/K7MDENGbPxRfiCYsecret0123456789";
    }
    static std::string credential(std::int64_t organization, const std::string& name, const S3Stub& stub,
                                  int number) {
        return credentialJson(organization, name, stub.endpoint(), "AKIAIOSFODNN7EXAMPLE", canary(number));
    }
    static void assertUnseen(const std::string& where, const std::string& text) {
        CPPUNIT_ASSERT_MESSAGE(where + " is empty", !text.empty());
        const auto at = text.find("CaNaRy");
        CPPUNIT_ASSERT_MESSAGE("a secret stands in " + where, at == std::string::npos);
        CPPUNIT_ASSERT_MESSAGE("a secret stands in " + where,
                               text.find("MDENGbPxRfiCY") == std::string::npos);
    }
    static void assertUnseenInFolder(const std::string& folder) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            if (entry.is_regular_file())
                // The database's log may be empty, and is emptied meanwhile.
                if (const auto text = readFile(entry.path()); !text.empty())
                    assertUnseen(entry.path().string(), text);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CanaryTest);
