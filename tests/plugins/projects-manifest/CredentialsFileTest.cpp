#include "manifest/CredentialsFile.h"

#include "tests/support/DaemonProcess.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/sdk/Problem.h>

#include <coffer/testkit/Test.h>

#include <string>

namespace coffer::projects {

class CredentialsFileTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CredentialsFileTest);
    COFFER_TEST(itIsAFileWithADefaultProfile);
    COFFER_TEST(theCommandLineOfAmazonReadsTheSameKeys);
    COFFER_TEST(keysThatProgramsReadDifferentlyAreRefused);
    CPPUNIT_TEST_SUITE_END();

    static std::string fileOf(const std::string& id, const std::string& secret) {
        return std::string(credentialsFile(id, SecretBytes(secret)).reveal());
    }
    static std::string readByAmazon(const std::string& key, const std::string& secret) {
        const test::TemporaryFolder folder;
        const std::string file = folder.write("credentials", fileOf("AK:ID=1", secret));
        std::string output;
        const int status = test::runProgram(
            {"/usr/bin/env", "-u", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE=" + file,
             "AWS_CONFIG_FILE=" + (folder / "none"), "/usr/bin/aws", "configure", "get", key},
            &output);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(output, 0, status);
        return output;
    }
    static void assertRefused(const std::string& id, const std::string& secret, const std::string& part) {
        try {
            static_cast<void>(fileOf(id, secret));
            CPPUNIT_FAIL("was taken: " + id + " " + secret);
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(409, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("keys_not_expressible"), problem.code());
            CPPUNIT_ASSERT(problem.detail().find(part) != std::string::npos);
            CPPUNIT_ASSERT(secret.size() < 8 || problem.detail().find(secret) == std::string::npos);
        }
    }

public:
    void itIsAFileWithADefaultProfile() {
        CPPUNIT_ASSERT_EQUAL(
            std::string("[default]\naws_access_key_id=AKIA1\naws_secret_access_key=s3cr3t/+=\n"),
            fileOf("AKIA1", "s3cr3t/+="));
    }
    void theCommandLineOfAmazonReadsTheSameKeys() {
        CPPUNIT_ASSERT_EQUAL(std::string("AK:ID=1\n"), readByAmazon("aws_access_key_id", "no"));
        for (const std::string secret : {"=:=[a]%(b)s${c}", "no", "~!@$%^&*()_+{}|<>?,.-`"})
            CPPUNIT_ASSERT_EQUAL(secret + "\n", readByAmazon("aws_secret_access_key", secret));
    }
    void keysThatProgramsReadDifferentlyAreRefused() {
        for (const std::string bad :
             {"", "a b", "a#bcdefgh", "a;bcdefgh", "\"abcdefgh\"", "'abcdefgh'", "abcdefg\\nh", "a\nbcdefgh",
              "a\r", "\ta", "a\x7f", "a\x85", "\xc3\xa1", "a\n[other]\nb=c"}) {
            assertRefused(bad, "fine", "access key id");
            assertRefused("fine", bad, "secret access key");
        }
        assertRefused("fine", std::string("a\0b", 3), "secret access key");
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CredentialsFileTest);

} // namespace coffer::projects
