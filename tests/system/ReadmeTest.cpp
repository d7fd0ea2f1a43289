#include "tests/support/DaemonProcess.h"
#include "tests/support/Paths.h"

#include <sstream>

using namespace coffer::test;

namespace {

/// The lines of the README's shell blocks between two of its headings, block by block.
std::vector<std::string> shellBlocks(const std::string& from, const std::string& to) {
    std::istringstream lines(readFile(sourcePath("README.md")));
    std::vector<std::string> blocks;
    bool isInside = false;
    bool isShell = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == from)
            isInside = true;
        else if (line == to)
            break;
        else if (isInside && line == "```sh") {
            isShell = true;
            blocks.emplace_back();
        } else if (line == "```")
            isShell = false;
        else if (isShell)
            blocks.back() += line + "\n";
    }
    return blocks;
}

void replaceOnce(std::string& text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    CPPUNIT_ASSERT_MESSAGE("the README no longer says " + what, at != std::string::npos);
    text.replace(at, what.size(), by);
}

/// How often it stands there.
int occurrences(const std::string& text, const std::string& part) {
    int count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

} // namespace

/// The README's first page, pasted into a shell as it stands there, S3 server and all.
class ReadmeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReadmeTest);
    COFFER_TEST(theFirstPageDoesWhatItSays);
    CPPUNIT_TEST_SUITE_END();

public:
    void theFirstPageDoesWhatItSays() {
        auto blocks = shellBlocks("## Start it", "## Run it in production");
        CPPUNIT_ASSERT(blocks.size() >= 6);
        CPPUNIT_ASSERT_EQUAL(std::string("scripts/run\n"), blocks.front());
        DaemonProcess daemon; // what scripts/run would have started, on a port of its own
        std::string script = "set -u\ncd " + sourcePath("") +
                             "\n"
                             "trap 'scripts/object-gateway stop \"$GATEWAY_FOLDER\" 2>&1' EXIT\n";
        for (std::size_t i = 1; i + 1 < blocks.size(); ++i)
            script += blocks[i];
        CPPUNIT_ASSERT_EQUAL(std::string("scripts/object-gateway stop \"$GATEWAY_FOLDER\"\n"), blocks.back());
        replaceOnce(script, "127.0.0.1:8420", "127.0.0.1:" + std::to_string(daemon.port()));
        replaceOnce(script, "build/data/", daemon.folder() + "/");

        const TemporaryFolder folder;
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0,
                                     runProgram({"/bin/bash", folder.write("readme.sh", script)}, &said));
        for (const auto* refusal : {"invalid_s3_credentials", "credential_locked", "credential_in_use"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(refusal) + " in " + said, 1,
                                         occurrences(said, "\"code\":\"" + std::string(refusal) + "\""));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 3, occurrences(said, "\"code\":\""));
        for (const auto* part :
             {"\"reason\":\"key rotation on Friday\"", "Web shop", "\"totalCount\":1",
              "backup-credential.delete", "kind: \"BackupStorageLocation\"", "\"nextRuns\":["})
            CPPUNIT_ASSERT_MESSAGE(std::string(part) + " in " + said, said.find(part) != std::string::npos);
        const auto left = daemon.client().get("/backup-credentials");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, left.number("totalCount"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReadmeTest);
