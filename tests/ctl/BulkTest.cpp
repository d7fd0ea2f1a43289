#include "host/ctl/Json.h"
#include "tests/ctl/Scene.h"

using namespace coffer::test;
using namespace coffer::ctl;

/// Many credentials at once.
class BulkTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BulkTest);
    COFFER_TEST(eachHasItsFateAndARepetitionAddsNothing);
    COFFER_TEST(aDryRunSaysWhatWouldBeAdded);
    COFFER_TEST(whatIsExportedCanBeImported);
    COFFER_TEST(filesThatAreNoListAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void eachHasItsFateAndARepetitionAddsNothing() {
        const Program program = scene_.administrator();
        const std::string file = program.home().write(
            "many.json", "[" + entry("first") + "," + entry("second", "WRONGKEY000000000001") + "," +
                             entry("x") + "," + entry("third") +
                             R"(,{"name":"of nobody","organization":"Nobody Ltd"}])");
        const Ended once = program.run({"credentials", "add", "--from-file", file, "-o", "json"});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(once.err, 3, once.status);
        assertContains(once.err, "2 added, 0 already there, 3 refused.");
        const JsonDocument fates = parseJson(once.out);
        CPPUNIT_ASSERT_EQUAL(5U, fates.Size());
        CPPUNIT_ASSERT_EQUAL(std::string("added"), text(fates[0], "fate"));
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), text(fates[1], "fate"));
        assertContains(text(fates[1], "why"), "Invalid S3 credentials");
        assertContains(text(fates[1], "why"), "wrong_secret");
        assertContains(text(fates[2], "why"), "name");
        CPPUNIT_ASSERT_EQUAL(std::string("added"), text(fates[3], "fate"));
        assertContains(text(fates[4], "why"), "no organization \"Nobody Ltd\"");
        assertLacks(once.out + once.err, secretKey);

        const Ended again = program.run({"credentials", "add", "--from-file", file});
        CPPUNIT_ASSERT_EQUAL(3, again.status);
        assertContains(again.err, "0 added, 2 already there, 3 refused.");
        CPPUNIT_ASSERT_EQUAL(std::string("first\nthird\n"),
                             program.done({"credentials", "list", "-o", "name"}));
        program.done({"credentials", "add", "--from-file", "-"}, "[" + entry("first") + "]");
    }
    void aDryRunSaysWhatWouldBeAdded() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "first");
        const std::string said = program.done({"credentials", "add", "--from-file", "-", "--dry-run"},
                                              "[" + entry("first") + "," + entry("second") + "]");
        assertContains(said, "already there");
        assertContains(said, "in a dry run");
        CPPUNIT_ASSERT_EQUAL(std::string("first\n"), program.done({"credentials", "list", "-o", "name"}));
    }
    void whatIsExportedCanBeImported() {
        const Program program = scene_.administrator();
        scene_.addCredential(program, "first");
        scene_.addCredential(program, "second");
        program.done({"credentials", "default", "second"});
        const std::string file = program.home() / "export.json";
        program.done({"credentials", "export", "--file", file});
        const std::string exported = readFile(file);
        CPPUNIT_ASSERT_EQUAL(std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                             std::filesystem::status(file).permissions());
        CPPUNIT_ASSERT_EQUAL(exported, program.done({"credentials", "export"}));
        assertLacks(exported, secretKey);
        const JsonDocument rows = parseJson(exported);
        CPPUNIT_ASSERT_EQUAL(2U, rows.Size());
        CPPUNIT_ASSERT_EQUAL(Scene::organization(program), text(rows[0], "organization"));
        for (const char* name : {"first", "second"})
            program.done({"credentials", "delete", name, "--yes"});
        // Without the secrets each is refused, with them each is stored.
        CPPUNIT_ASSERT_EQUAL(3, program.run({"credentials", "add", "--from-file", file}).status);
        const std::string region = "\"region\"";
        const std::string secret = R"("secretAccessKey":")" + secretKey + R"(",)";
        std::string complete = exported;
        for (auto at = complete.find(region); at != std::string::npos;
             at = complete.find(region, at + secret.size() + region.size()))
            complete.insert(at, secret);
        program.done({"credentials", "add", "--from-file", program.home().write("complete.json", complete)});
        CPPUNIT_ASSERT_EQUAL(exported, program.done({"credentials", "export"}));
    }
    void filesThatAreNoListAreRefused() {
        const Program program = scene_.administrator();
        const auto refused = [&](const std::string& text) {
            return program.refused(2, {"credentials", "add", "--from-file", "-"}, text);
        };
        assertContains(refused("{}"), "holds no list");
        assertContains(refused("[1]"), "holds no list");
        assertContains(refused("[{\"secretAccessKey\": \"" + secretKey + "\",]"), "is no JSON");
        assertLacks(refused("[{\"secretAccessKey\": \"" + secretKey + "\",]"), secretKey);
        assertContains(program.refused(2, {"credentials", "add", "--from-file", "/nowhere"}),
                       "cannot be read");
        CPPUNIT_ASSERT_EQUAL(std::string("[\n]\n"), program.done({"credentials", "export"}));
    }

private:
    Scene scene_;

    std::string entry(const std::string& name, const std::string& accessKeyId = "AKIAIOSFODNN7EXAMPLE") {
        return R"({"name":")" + name + R"(","endpoint":")" + scene_.endpoint() +
               R"(","region":"us-east-1","accessKeyId":")" + accessKeyId + R"(","secretAccessKey":")" +
               secretKey + "\"}";
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(BulkTest);
