#include "manifest/Velero.h"

#include "HostileText.h"
#include "Manifests.h"

#include "tests/support/DaemonProcess.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/testkit/Test.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <string>
#include <vector>

namespace coffer::projects {

namespace {

constexpr std::string_view secretText = "s3cr3t/+=%{}[]*&!|>~@`-:,?";

/// A manifest whose every text that people choose is hostile.
VeleroInput hostileInput(HostileText& hostile) {
    VeleroInput input = wholeInput();
    input.projectName = hostile.next();
    input.credentialName = hostile.next();
    input.endpoint = hostile.next();
    input.region = hostile.next();
    input.bucket = "b" + hostile.next();
    input.prefix = "p" + hostile.next();
    input.caCertificate = "c" + hostile.next();
    for (auto& policy : input.policies) {
        policy.name = hostile.next();
        policy.includedNamespaces = {hostile.next(), hostile.next()};
        policy.excludedNamespaces = {hostile.next()};
    }
    return input;
}

std::string hexadecimal(const std::string& text) {
    std::string digits;
    for (const char c : text) {
        constexpr const char* all = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        digits += {all[byte >> 4], all[byte & 15U]};
    }
    return digits;
}

/// The texts that somebody typed, in one order: as they went in.
std::vector<std::string> typed(const VeleroInput& input) {
    std::vector<std::string> texts{input.credentialName, input.projectName, input.endpoint,
                                   input.region,         input.bucket,      input.prefix};
    for (const auto& policy : input.policies) {
        texts.push_back(policy.name);
        texts.insert(texts.end(), policy.includedNamespaces.begin(), policy.includedNamespaces.end());
        texts.insert(texts.end(), policy.excludedNamespaces.begin(), policy.excludedNamespaces.end());
    }
    return texts;
}

/// ... and as they come out, read by yaml-cpp.
std::vector<std::string> readBack(const std::string& yaml) {
    const auto documents = YAML::LoadAll(yaml);
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, documents.size());
    const auto& location = documents[1];
    const auto& annotations = location["metadata"]["annotations"];
    std::vector<std::string> texts{annotations["coffer/credential-name"].Scalar(),
                                   annotations["coffer/project-name"].Scalar(),
                                   location["spec"]["config"]["s3Url"].Scalar(),
                                   location["spec"]["config"]["region"].Scalar(),
                                   location["spec"]["objectStorage"]["bucket"].Scalar(),
                                   location["spec"]["objectStorage"]["prefix"].Scalar()};
    for (std::size_t index = 2; index < documents.size(); ++index) {
        texts.push_back(documents[index]["metadata"]["annotations"]["coffer/policy-name"].Scalar());
        const auto& scope = documents[index]["spec"]["template"];
        for (const auto* list : {"includedNamespaces", "excludedNamespaces"})
            for (const auto& name : scope[list])
                texts.push_back(name.Scalar());
    }
    return texts;
}

/// The same, read by Python's YAML 1.1 and printed in hexadecimal, one a line; and what else is checked
/// there: that there are no other documents, and nothing but texts.
constexpr const char* reader = R"(
import sys, yaml
def texts(node):
    if isinstance(node, dict):
        for key, value in node.items():
            assert isinstance(key, str), key
            texts(value)
    elif isinstance(node, list):
        for value in node:
            texts(value)
    else:
        assert isinstance(node, str), node
for path in sys.argv[1:]:
    secret, location, *schedules = yaml.safe_load_all(open(path, 'rb').read())
    assert [d['kind'] for d in schedules] == ['Schedule', 'Schedule'], schedules
    assert secret['kind'] == 'Secret' and location['kind'] == 'BackupStorageLocation'
    for document in [secret, location, *schedules]:
        texts(document)
    notes, spec = location['metadata']['annotations'], location['spec']
    found = [notes['coffer/credential-name'], notes['coffer/project-name'], spec['config']['s3Url'],
             spec['config']['region'], spec['objectStorage']['bucket'], spec['objectStorage']['prefix']]
    for document in schedules:
        scope = document['spec']['template']
        found += [document['metadata']['annotations']['coffer/policy-name'], *scope['includedNamespaces'],
                  *scope['excludedNamespaces']]
    print('\n'.join(text.encode().hex() for text in found))
    print(secret['stringData']['cloud'].encode().hex())
)";

} // namespace

class VeleroHostileTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(VeleroHostileTest);
    COFFER_TEST(whateverIsTypedComesBackAsText);
    COFFER_TEST(anotherReaderAgrees);
    COFFER_TEST(theManifestIsPrintableAsciiInLinesOfItsOwn);
    COFFER_TEST(whatIsNoUtf8StaysText);
    CPPUNIT_TEST_SUITE_END();

    HostileText hostile_;
    SecretBytes secret_{secretText};

    VeleroInput next() {
        VeleroInput input = hostileInput(hostile_);
        input.secretAccessKey = &secret_;
        return input;
    }

public:
    void whateverIsTypedComesBackAsText() {
        for (int round = 0; round < 500; ++round) {
            const VeleroInput input = next();
            const auto expected = typed(input);
            const auto found = readBack(veleroManifest(input));
            CPPUNIT_ASSERT_EQUAL(expected.size(), found.size());
            for (std::size_t index = 0; index < expected.size(); ++index)
                CPPUNIT_ASSERT_EQUAL_MESSAGE(hostile_.seen(expected[index]), expected[index], found[index]);
        }
    }
    void anotherReaderAgrees() {
        const test::TemporaryFolder folder;
        std::vector<std::string> command{"/usr/bin/python3", folder.write("reader.py", reader)};
        std::string expected;
        for (int round = 0; round < 100; ++round) {
            const VeleroInput input = next();
            for (const auto& text : typed(input))
                expected += hexadecimal(text) + "\n";
            expected += hexadecimal("[default]\naws_access_key_id=AKIAEXAMPLE\naws_secret_access_key=" +
                                    std::string(secretText) + "\n") +
                        "\n";
            command.push_back(folder.write(std::to_string(round) + ".yaml", veleroManifest(input)));
        }
        std::string found;
        const int status = test::runProgram(command, &found);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(hostile_.seen("") + found.substr(0, 2000), 0, status);
        const auto differs = std::ranges::mismatch(expected, found);
        const auto from = static_cast<std::size_t>(differs.in1 - expected.begin());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(hostile_.seen(""), expected.substr(from, 400), found.substr(from, 400));
    }
    void theManifestIsPrintableAsciiInLinesOfItsOwn() {
        const std::string plain = veleroManifest([this] {
            VeleroInput input = wholeInput();
            input.secretAccessKey = &secret_;
            for (auto& policy : input.policies) {
                policy.includedNamespaces = {"a", "b"};
                policy.excludedNamespaces = {"c"};
            }
            return input;
        }());
        for (int round = 0; round < 200; ++round) {
            const std::string yaml = veleroManifest(next());
            CPPUNIT_ASSERT(
                std::ranges::all_of(yaml, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
            CPPUNIT_ASSERT_EQUAL(std::ranges::count(plain, '\n'), std::ranges::count(yaml, '\n'));
        }
    }
    void whatIsNoUtf8StaysText() {
        VeleroInput input = next();
        // A byte that is none, a surrogate, an overlong quotation mark, a character cut short.
        input.projectName = "a\xff\xed\xa0\x80\xc0\xa2\n---\xe2\x80";
        const std::string found = readBack(veleroManifest(input))[1];
        CPPUNIT_ASSERT_MESSAGE(hostile_.seen(found), found.starts_with("a\xef\xbf\xbd"));
        CPPUNIT_ASSERT_MESSAGE(hostile_.seen(found), found.find("\n---") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(VeleroHostileTest);

} // namespace coffer::projects
