#include "tests/support/DaemonProcess.h"
#include "tests/support/Paths.h"
#include "tests/support/S3Stub.h"

#include <Poco/JSON/Array.h>

using namespace coffer::test;

/// What others' programs say about what the daemon serves.
class ToolsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ToolsTest);
    COFFER_TEST(promtoolFindsNothingWrongWithTheMetrics);
    COFFER_TEST(theDocumentIsValidOpenApi);
    COFFER_TEST(theValidatorRefusesABrokenDocument);
    COFFER_TEST(everyRouteIsDocumentedWithSummaryPermissionAndResponses);
    CPPUNIT_TEST_SUITE_END();

public:
    void promtoolFindsNothingWrongWithTheMetrics() {
        DaemonProcess daemon;
        const S3Stub stub;
        Client client = daemon.client();
        const auto organization = daemon.addOrganization("metrics");
        for (const auto* key :
             {"AKIAIOSFODNN7EXAMPLE", "WRONG", "UNKNOWN"}) // metrics of every kind of verdict
            client.post("/backup-credentials", credentialJson(organization, "one", stub.endpoint(), key));
        client.get("/nothing-here");
        client.post("/keys/rotate");
        const auto metrics = Client(daemon.port()).get("//metrics");
        CPPUNIT_ASSERT_EQUAL(200, metrics.status);
        for (const auto* name : {"coffer_http_requests_total", "coffer_backup_credentials_probes_total",
                                 "coffer_backup_credentials"})
            CPPUNIT_ASSERT_MESSAGE(name, metrics.body.find(name) != std::string::npos);
        const TemporaryFolder folder;
        const std::string file = folder.write("metrics", metrics.body);
        std::string said;
        const int status = runProgram(
            {"/bin/sh", "-c", "command -v promtool || exit 127; exec promtool check metrics < " + file},
            &said);
        CPPUNIT_ASSERT_EQUAL_MESSAGE("promtool (Debian's package prometheus): " + said, 0, status);
    }
    void theDocumentIsValidOpenApi() {
        DaemonProcess daemon;
        const auto document = Client(daemon.port()).get("/openapi.json");
        CPPUNIT_ASSERT_EQUAL(200, document.status);
        CPPUNIT_ASSERT(document.text("openapi").starts_with("3.1"));
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, validate(document.body, said));
        CPPUNIT_ASSERT_MESSAGE(said, said.find("\"valid\": true") != std::string::npos);
    }
    void theValidatorRefusesABrokenDocument() {
        std::string said;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 1, validate(R"({"openapi":"3.1.0","paths":{}})", said));
        CPPUNIT_ASSERT_MESSAGE(said, said.find("\"valid\": false") != std::string::npos);
    }
    void everyRouteIsDocumentedWithSummaryPermissionAndResponses() {
        DaemonProcess daemon;
        const auto document = Client(daemon.port()).get("/openapi.json");
        const auto paths = document.json()->getObject("paths");
        std::size_t operations = 0;
        for (const auto& [path, item] : *paths) {
            const auto methods = item.extract<Poco::JSON::Object::Ptr>();
            for (const auto& [method, value] : *methods) {
                const auto operation = value.extract<Poco::JSON::Object::Ptr>();
                const std::string where = method + " " + path;
                CPPUNIT_ASSERT_MESSAGE(where, !operation->optValue<std::string>("summary", "").empty());
                const auto permission = operation->optValue<std::string>("x-permission", "");
                CPPUNIT_ASSERT_MESSAGE(where, permission.find(':') != std::string::npos);
                CPPUNIT_ASSERT_MESSAGE(where, !operation->optValue<std::string>("operationId", "").empty());
                const auto responses = operation->getObject("responses");
                CPPUNIT_ASSERT_MESSAGE(where, !responses.isNull() && responses->size() > 1);
                CPPUNIT_ASSERT_MESSAGE(where, responses->begin()->first.starts_with("2"));
                ++operations;
            }
        }
        CPPUNIT_ASSERT(operations > 40);
    }

private:
    /// @returns what the public validator ended with; what it printed goes to `said`
    static int validate(const std::string& document, std::string& said) {
        const TemporaryFolder folder;
        const std::string program = sourcePath(
            "build/tools/node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js");
        CPPUNIT_ASSERT_MESSAGE(program + " is missing: scripts/test installs it",
                               std::filesystem::exists(program));
        return runProgram({"/usr/bin/env", "node", program, folder.write("openapi.json", document)}, &said);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ToolsTest);
