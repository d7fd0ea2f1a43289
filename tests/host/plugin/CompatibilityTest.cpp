#include "host/plugin/Compatibility.h"
#include "host/plugin/PluginRefused.h"

#include <coffer/testkit/Test.h>

#include <string>

namespace coffer::test {

using namespace coffer::host;

namespace {

std::string refusal(const Descriptor& plugin, const Descriptor& host) {
    try {
        checkCompatibility(plugin, host);
    } catch (const PluginRefused& refused) {
        return refused.what();
    }
    return {};
}

} // namespace

class CompatibilityTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CompatibilityTest);
    COFFER_TEST(daemonIsCompatibleWithItself);
    COFFER_TEST(olderMinorIsTaken);
    COFFER_TEST(newerMinorIsRefused);
    COFFER_TEST(otherMajorIsRefusedBothWays);
    COFFER_TEST(everyDifferenceIsNamedWithBothSides);
    COFFER_TEST(standardAndPocoAreShownAsPeopleCallThem);
    COFFER_TEST(whatOneSideDoesNotSayIsNamed);
    COFFER_TEST(unprintableBytesDoNotReachTheSentence);
    COFFER_TEST(identityMustBeWellFormed);
    CPPUNIT_TEST_SUITE_END();

public:
    void daemonIsCompatibleWithItself() {
        CPPUNIT_ASSERT_EQUAL(std::string(), refusal(hostDescriptor(), hostDescriptor()));
        checkIdentity(hostDescriptor());
    }

    void olderMinorIsTaken() {
        auto host = hostDescriptor();
        host.sdkMinor = 5;
        auto plugin = host;
        plugin.sdkMinor = 4;
        CPPUNIT_ASSERT_EQUAL(std::string(), refusal(plugin, host));
    }

    void newerMinorIsRefused() {
        auto host = hostDescriptor();
        host.sdkMinor = 0;
        auto plugin = host;
        plugin.sdkMinor = 7;
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "it was built with SDK 1.7 and this daemon offers SDK 1.0: it may call what this daemon does "
                "not have; update the daemon, or build the plugin with its coffer-sdk"),
            refusal(plugin, host));
    }

    void otherMajorIsRefusedBothWays() {
        auto host = hostDescriptor();
        host.sdkMinor = 0;
        auto other = host;
        other.sdkMajor = 2;
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "it was built with SDK 2.0 and this daemon offers SDK 1.0: another major version; update the "
                "daemon, or build the plugin with its coffer-sdk"),
            refusal(other, host));
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "it was built with SDK 1.0 and this daemon offers SDK 2.0: another major version; build the "
                "plugin again with the coffer-sdk of this daemon"),
            refusal(host, other));
    }

    void everyDifferenceIsNamedWithBothSides() {
        auto plugin = hostDescriptor();
        auto host = hostDescriptor();
        plugin.fingerprint = coffer::descriptorText<160>("compiler=gcc 12;poco=17;sanitizer=none");
        host.fingerprint = coffer::descriptorText<160>("compiler=gcc 13;sanitizer=none;poco=18");
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "it was built with compiler 'gcc 12' where this daemon has 'gcc 13', poco '17' where this "
                "daemon has '18'; build the plugin again with the compiler, the flags and the Poco of this "
                "daemon"),
            refusal(plugin, host));
    }

    void standardAndPocoAreShownAsPeopleCallThem() {
        auto host = hostDescriptor();
        host.fingerprint = coffer::descriptorText<160>("standard=202002L;poco=0x010B0000");
        const auto shown = [&](const std::array<char, 160>& fingerprint) {
            auto plugin = hostDescriptor();
            plugin.fingerprint = fingerprint;
            const auto sentence = refusal(plugin, host);
            return sentence.substr(0, sentence.find(';'));
        };
        CPPUNIT_ASSERT_EQUAL(std::string("it was built with poco '1.12.4' where this daemon has '1.11.0', "
                                         "standard 'C++23' where this daemon has 'C++20'"),
                             shown(coffer::descriptorText<160>("standard=202302L;poco=0x010C0400")));
        // A number that is no release stays as it is, so that both sides never read alike.
        CPPUNIT_ASSERT_EQUAL(
            std::string("it was built with poco '0x010B00D1' where this daemon has '1.11.0', "
                        "standard '300000L' where this daemon has 'C++20'"),
            shown(coffer::descriptorText<160>("standard=300000L;poco=0x010B00D1")));
    }

    void whatOneSideDoesNotSayIsNamed() {
        auto plugin = hostDescriptor();
        auto host = hostDescriptor();
        plugin.fingerprint = coffer::descriptorText<160>("compiler=gcc 12");
        host.fingerprint = coffer::descriptorText<160>("compiler=gcc 12;libstdc++ debug=off");
        const auto sentence = refusal(plugin, host);
        CPPUNIT_ASSERT_MESSAGE(sentence,
                               sentence.starts_with("it was built with libstdc++ debug nothing where this "
                                                    "daemon has 'off'"));
    }

    void unprintableBytesDoNotReachTheSentence() {
        auto plugin = hostDescriptor();
        plugin.fingerprint = coffer::descriptorText<160>("compiler=\x1b[31mred\n");
        const auto sentence = refusal(plugin, hostDescriptor());
        CPPUNIT_ASSERT_MESSAGE(sentence, sentence.find("'?[31mred?'") != std::string::npos);
    }

    void identityMustBeWellFormed() {
        for (const char* id : {"a", "backup-credentials", "s3", "a1-b2"})
            CPPUNIT_ASSERT_MESSAGE(id, isPluginId(id));
        for (const char* id : {"", "-a", "a-", "a--b", "1a", "A", "a_b", "a/b", "a.b", "../a"})
            CPPUNIT_ASSERT_MESSAGE(id, !isPluginId(id));
        CPPUNIT_ASSERT(!isPluginId(std::string(64, 'a')));

        auto plugin = hostDescriptor();
        plugin.id = coffer::descriptorText<64>("../etc");
        CPPUNIT_ASSERT_THROW(checkIdentity(plugin), PluginRefused);
        // Its tables' migrations would be taken for the daemon's.
        plugin.id = coffer::descriptorText<64>("audit");
        CPPUNIT_ASSERT_THROW(checkIdentity(plugin), PluginRefused);
        plugin = hostDescriptor();
        plugin.version = {};
        CPPUNIT_ASSERT_THROW(checkIdentity(plugin), PluginRefused);
        plugin = hostDescriptor();
        plugin.description = coffer::descriptorText<128>("two\nlines");
        CPPUNIT_ASSERT_THROW(checkIdentity(plugin), PluginRefused);
        plugin = hostDescriptor();
        plugin.needs.fill('a'); // no NUL: it was cut
        CPPUNIT_ASSERT_THROW(checkIdentity(plugin), PluginRefused);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CompatibilityTest);

} // namespace coffer::test
