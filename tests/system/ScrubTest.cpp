#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"
#include "tests/support/S3Stub.h"

#include <Poco/HexBinaryDecoder.h>
#include <Poco/StreamCopier.h>

#include <atomic>
#include <csignal>
#include <sstream>
#include <stop_token>

using namespace coffer::test;

/// What was deleted or replaced is gone from the files, and not only from the tables.
class ScrubTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ScrubTest);
    COFFER_TEST(aDeletedAndAReplacedCiphertextAreGoneFromTheFiles);
    CPPUNIT_TEST_SUITE_END();

public:
    void aDeletedAndAReplacedCiphertextAreGoneFromTheFiles() {
        DaemonProcess daemon;
        const S3Stub stub;
        const auto organization = daemon.addOrganization("scrubbed");
        std::vector<std::string> ids;
        for (int i = 0; i < 12; ++i)
            ids.push_back(create(daemon, organization, "first " + std::to_string(i), stub));
        daemon.signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon.wait());
        const auto deleted = ciphertext(daemon, ids[3]);
        const auto replaced = ciphertext(daemon, ids[7]);
        const auto kept = ciphertext(daemon, ids[5]);
        daemon.start();
        CPPUNIT_ASSERT(isInAFile(daemon, deleted) && isInAFile(daemon, replaced));

        std::atomic<int> failed = 0;
        std::vector<std::jthread> others;
        for (int c = 0; c < 2; ++c)
            others.emplace_back([&, c](const std::stop_token& stop) {
                keepBusy(daemon, organization, c, stub, stop, failed);
            });
        Client client = daemon.client();
        CPPUNIT_ASSERT_EQUAL(204, client.remove("/backup-credentials/" + ids[3]).status);
        const auto patched =
            client.patch("/backup-credentials/" + ids[7], R"({"secretAccessKey":"anotherSecretAccessKey"})");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(patched.body, 200, patched.status);
        CPPUNIT_ASSERT(
            eventually([&] { return !isInAFile(daemon, deleted) && !isInAFile(daemon, replaced); }));
        others.clear();
        CPPUNIT_ASSERT_EQUAL(0, failed.load());
        CPPUNIT_ASSERT(isInAFile(daemon, kept));
        daemon.signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon.wait());
        CPPUNIT_ASSERT(!isInAFile(daemon, deleted) && !isInAFile(daemon, replaced));
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, daemon.run({"storage", "check"}, &said));
    }

private:
    static std::string create(const DaemonProcess& daemon, std::int64_t organization, const std::string& name,
                              const S3Stub& stub) {
        const auto answer =
            daemon.client().post("/backup-credentials", credentialJson(organization, name, stub.endpoint()));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
        return answer.text("id");
    }
    /// Reads, writes and deletes until it shall stop.
    static void keepBusy(const DaemonProcess& daemon, std::int64_t organization, int who, const S3Stub& stub,
                         const std::stop_token& stop, std::atomic<int>& failed) try {
        Client client = daemon.client();
        for (int i = 0; !stop.stop_requested(); ++i) {
            const auto made = client.post(
                "/backup-credentials",
                credentialJson(organization, "busy " + std::to_string(who) + " " + std::to_string(i),
                               stub.endpoint()));
            failed += made.status == 201 ? 0 : 1;
            failed += client.get("/backup-credentials?search=busy&limit=500").status == 200 ? 0 : 1;
            if (made.status == 201 && i % 2)
                failed += client.remove("/backup-credentials/" + made.text("id")).status == 204 ? 0 : 1;
        }
    } catch (const std::exception&) {
        ++failed;
    }
    /// The end of what the database holds of its secret: ciphertext and tag, not what all have in common.
    static std::string ciphertext(const DaemonProcess& daemon, const std::string& id) {
        std::string hex;
        const int status =
            runProgram({"/usr/bin/env", "sqlite3", "-bail", daemon.folder() + "/coffer.db",
                        "SELECT hex(sealed) FROM secret_slot JOIN secret_owner USING (slot) WHERE record = "
                        "'backup-credential/" +
                            id + "'"},
                       &hex);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(hex, 0, status);
        hex.erase(hex.find_last_not_of('\n') + 1);
        CPPUNIT_ASSERT_MESSAGE("what is stored: " + hex, hex.size() > 96);
        std::istringstream text(hex.substr(hex.size() - 64));
        Poco::HexBinaryDecoder decoder(text);
        std::string bytes;
        Poco::StreamCopier::copyToString(decoder, bytes);
        CPPUNIT_ASSERT_EQUAL(std::size_t{32}, bytes.size());
        return bytes;
    }
    static bool isInAFile(const DaemonProcess& daemon, const std::string& bytes) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(daemon.folder()))
            if (entry.is_regular_file() && readFile(entry.path()).find(bytes) != std::string::npos)
                return true;
        return false;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ScrubTest);
