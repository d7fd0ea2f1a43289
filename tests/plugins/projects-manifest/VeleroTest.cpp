#include "manifest/Velero.h"

#include "Manifests.h"

#include <coffer/sdk/Problem.h>

#include <coffer/testkit/Test.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace coffer::projects {

namespace {

using Fields = std::map<std::string, std::string>;

/// Every scalar with the way to it: `spec.config.region`. A tag other than that of a quoted text fails.
void flatten(const YAML::Node& node, const std::string& path, Fields& fields) {
    if (node.IsScalar()) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(path, std::string("!"), node.Tag());
        CPPUNIT_ASSERT_MESSAGE(path + " stands twice", fields.emplace(path, node.Scalar()).second);
        return;
    }
    CPPUNIT_ASSERT_MESSAGE(path, node.IsMap() || node.IsSequence());
    std::size_t index = 0;
    for (const auto& member : node) {
        const std::string name = node.IsMap() ? member.first.Scalar() : std::to_string(index++);
        flatten(node.IsMap() ? member.second : YAML::Node(member), path.empty() ? name : path + "|" + name,
                fields);
    }
}

std::vector<Fields> documents(const std::string& yaml) {
    std::vector<Fields> found;
    for (const auto& node : YAML::LoadAll(yaml)) {
        found.emplace_back();
        flatten(node, "", found.back());
    }
    return found;
}

std::string inWords(const Fields& fields) {
    std::string text;
    for (const auto& [path, value] : fields)
        text += path + " = " + value + "\n";
    return text;
}

} // namespace

class VeleroTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(VeleroTest);
    COFFER_TEST(theSecretHoldsACredentialsFile);
    COFFER_TEST(theStorageLocationSaysWhere);
    COFFER_TEST(eachPolicyIsASchedule);
    COFFER_TEST(withoutTheSecretACommentNamesIt);
    COFFER_TEST(whatIsEmptyIsLeftOut);
    COFFER_TEST(addressingFollowsTheEndpoint);
    COFFER_TEST(amazonKeepsItsChecksums);
    COFFER_TEST(timeZonesAreNamedUnlessUtc);
    COFFER_TEST(aStorageLocationKeepsItsNameWhenItsProjectChangesIts);
    COFFER_TEST(theSameInputGivesTheSameText);
    COFFER_TEST(whatCannotBeAManifestIsRefused);
    CPPUNIT_TEST_SUITE_END();

    static Fields fieldsOf(const VeleroInput& input, std::size_t document) {
        return documents(veleroManifest(input)).at(document);
    }
    static void assertFields(const Fields& expected, const Fields& found) {
        CPPUNIT_ASSERT_EQUAL(inWords(expected), inWords(found));
    }
    static std::string pathStyle(const char* addressing, const char* endpoint) {
        auto input = wholeInput();
        input.addressing = addressing;
        input.endpoint = endpoint;
        return fieldsOf(input, 0).at("spec|config|s3ForcePathStyle");
    }

public:
    void theSecretHoldsACredentialsFile() {
        const SecretBytes secret(std::string_view("s3cr3t/+="));
        auto input = wholeInput();
        input.secretAccessKey = &secret;
        const std::string yaml = veleroManifest(input);
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, documents(yaml).size());
        CPPUNIT_ASSERT_EQUAL(yaml.find("s3cr3t/+="), yaml.rfind("s3cr3t/+="));
        assertFields({{"apiVersion", "v1"},
                      {"kind", "Secret"},
                      {"metadata|name", "coffer-credential-17-nightly"},
                      {"metadata|namespace", "velero"},
                      {"metadata|labels|app.kubernetes.io/managed-by", "coffer"},
                      {"metadata|labels|coffer/credential", "17"},
                      {"metadata|annotations|coffer/credential-name", "Nightly"},
                      {"type", "Opaque"},
                      {"stringData|cloud",
                       "[default]\naws_access_key_id=AKIAEXAMPLE\naws_secret_access_key=s3cr3t/+=\n"}},
                     documents(yaml).front());
    }
    void theStorageLocationSaysWhere() {
        assertFields({{"apiVersion", "velero.io/v1"},
                      {"kind", "BackupStorageLocation"},
                      {"metadata|name", "coffer-project-7"},
                      {"metadata|namespace", "velero"},
                      {"metadata|labels|app.kubernetes.io/managed-by", "coffer"},
                      {"metadata|labels|coffer/credential", "17"},
                      {"metadata|labels|coffer/project", "7"},
                      {"metadata|annotations|coffer/credential-name", "Nightly"},
                      {"metadata|annotations|coffer/project-name", "E-shop"},
                      {"spec|provider", "aws"},
                      {"spec|objectStorage|bucket", "backups"},
                      {"spec|objectStorage|prefix", "shop/prod"},
                      {"spec|objectStorage|caCert",
                       "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="},
                      {"spec|config|region", "eu-west-1"},
                      {"spec|config|s3ForcePathStyle", "true"},
                      {"spec|config|s3Url", "https://s3.example.org:9000"},
                      {"spec|config|checksumAlgorithm", ""},
                      {"spec|credential|name", "coffer-credential-17-nightly"},
                      {"spec|credential|key", "cloud"}},
                     fieldsOf(wholeInput(), 0));
    }
    void eachPolicyIsASchedule() {
        Fields nightly{{"apiVersion", "velero.io/v1"},
                       {"kind", "Schedule"},
                       {"metadata|name", "coffer-policy-3-every-night"},
                       {"metadata|namespace", "velero"},
                       {"metadata|labels|app.kubernetes.io/managed-by", "coffer"},
                       {"metadata|labels|coffer/credential", "17"},
                       {"metadata|labels|coffer/project", "7"},
                       {"metadata|labels|coffer/policy", "3"},
                       {"metadata|annotations|coffer/credential-name", "Nightly"},
                       {"metadata|annotations|coffer/project-name", "E-shop"},
                       {"metadata|annotations|coffer/policy-name", "Every night"},
                       {"spec|schedule", "CRON_TZ=Europe/Prague 30 2 * * 0,1,2,3,4,5"},
                       {"spec|template|ttl", "336h0m0s"},
                       {"spec|template|storageLocation", "coffer-project-7"},
                       {"spec|template|includedNamespaces|0", "shop"},
                       {"spec|template|includedNamespaces|1", "no"}};
        assertFields(nightly, fieldsOf(wholeInput(), 1));
        const Fields weekly = fieldsOf(wholeInput(), 2);
        CPPUNIT_ASSERT_EQUAL(std::string("@weekly"), weekly.at("spec|schedule"));
        CPPUNIT_ASSERT_EQUAL(std::string("720h0m0s"), weekly.at("spec|template|ttl"));
        CPPUNIT_ASSERT_EQUAL(std::string("1e3"), weekly.at("spec|template|excludedNamespaces|1"));
        CPPUNIT_ASSERT(!weekly.contains("spec|template|includedNamespaces|0"));
    }
    void withoutTheSecretACommentNamesIt() {
        auto input = wholeInput();
        input.veleroNamespace = "backup";
        const std::string yaml = veleroManifest(input);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, documents(yaml).size());
        const std::string comments = yaml.substr(0, yaml.find("\n---\n"));
        CPPUNIT_ASSERT(
            comments.find("The Secret coffer-credential-17-nightly must be in the namespace backup") !=
            std::string::npos);
        for (const auto& document : documents(yaml)) {
            CPPUNIT_ASSERT(document.at("kind") != "Secret");
            CPPUNIT_ASSERT_EQUAL(std::string("backup"), document.at("metadata|namespace"));
        }
        CPPUNIT_ASSERT(yaml.find("AKIAEXAMPLE") == std::string::npos);
    }
    void whatIsEmptyIsLeftOut() {
        auto input = wholeInput();
        input.prefix.clear();
        input.caCertificate.clear();
        input.policies.clear();
        const auto all = documents(veleroManifest(input));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, all.size());
        CPPUNIT_ASSERT(!all.front().contains("spec|objectStorage|prefix"));
        CPPUNIT_ASSERT(!all.front().contains("spec|objectStorage|caCert"));
    }
    void addressingFollowsTheEndpoint() {
        const auto* amazon = "https://s3.eu-west-1.amazonaws.com";
        CPPUNIT_ASSERT_EQUAL(std::string("false"), pathStyle("auto", amazon));
        CPPUNIT_ASSERT_EQUAL(std::string("false"),
                             pathStyle("auto", "https://s3.cn-north-1.amazonaws.com.cn"));
        CPPUNIT_ASSERT_EQUAL(std::string("true"), pathStyle("path", amazon));
        CPPUNIT_ASSERT_EQUAL(std::string("false"), pathStyle("virtual", "https://s3.example.org"));
        for (const auto* other : {"https://s3.example.org", "http://10.0.0.1:9000", "https://[::1]:9000",
                                  "https://amazonaws.com.example.org", "https://myamazonaws.com", ""})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(other, std::string("true"), pathStyle("auto", other));
    }
    void amazonKeepsItsChecksums() {
        auto input = wholeInput();
        input.endpoint = "https://s3.eu-west-1.amazonaws.com";
        CPPUNIT_ASSERT(!fieldsOf(input, 0).contains("spec|config|checksumAlgorithm"));
        CPPUNIT_ASSERT_EQUAL(input.endpoint, fieldsOf(input, 0).at("spec|config|s3Url"));
    }
    void timeZonesAreNamedUnlessUtc() {
        auto input = wholeInput();
        CPPUNIT_ASSERT(veleroManifest(input).find("time zone database") != std::string::npos);
        input.policies.erase(input.policies.begin());
        CPPUNIT_ASSERT(veleroManifest(input).find("time zone") == std::string::npos);
        input.policies.front().timeZone = TimeZone::find("Etc/GMT+5").value();
        CPPUNIT_ASSERT_EQUAL(std::string("CRON_TZ=Etc/GMT+5 @weekly"),
                             fieldsOf(input, 1).at("spec|schedule"));
    }
    void aStorageLocationKeepsItsNameWhenItsProjectChangesIts() {
        auto input = wholeInput();
        const auto before = fieldsOf(input, 0).at("metadata|name");
        input.projectName = "Shop";
        CPPUNIT_ASSERT_EQUAL(before, fieldsOf(input, 0).at("metadata|name"));
        CPPUNIT_ASSERT_EQUAL(before, storageLocationName(7));
    }
    void theSameInputGivesTheSameText() {
        CPPUNIT_ASSERT_EQUAL(veleroManifest(wholeInput()), veleroManifest(wholeInput()));
    }
    void whatCannotBeAManifestIsRefused() {
        auto input = wholeInput();
        input.bucket.clear();
        CPPUNIT_ASSERT_THROW(static_cast<void>(veleroManifest(input)), std::invalid_argument);
        for (const auto* bad : {"", "Velero", "velero\n---", "a b", "-"}) {
            input = wholeInput();
            input.veleroNamespace = bad;
            CPPUNIT_ASSERT_THROW(static_cast<void>(veleroManifest(input)), std::invalid_argument);
        }
        input = wholeInput();
        input.addressing = "both";
        CPPUNIT_ASSERT_THROW(static_cast<void>(veleroManifest(input)), std::invalid_argument);
        const SecretBytes secret(std::string_view("a\nb"));
        input = wholeInput();
        input.secretAccessKey = &secret;
        CPPUNIT_ASSERT_THROW(static_cast<void>(veleroManifest(input)), Problem);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(VeleroTest);

} // namespace coffer::projects
