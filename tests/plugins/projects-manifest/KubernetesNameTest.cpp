#include "manifest/KubernetesName.h"

#include "HostileText.h"

#include <coffer/testkit/Test.h>

#include <regex>
#include <set>
#include <string>

namespace coffer::projects {

namespace {

const std::regex label("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

void assertName(const std::string& expected, const std::string& name) {
    CPPUNIT_ASSERT_EQUAL(expected, kubernetesName("coffer-credential", 17, name));
}

} // namespace

class KubernetesNameTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KubernetesNameTest);
    COFFER_TEST(lettersAndDigitsStayReadable);
    COFFER_TEST(namesWithoutThemAreTheirId);
    COFFER_TEST(longNamesAreCut);
    COFFER_TEST(differentIdsNeverShareAName);
    COFFER_TEST(hostileNamesBecomeLabels);
    COFFER_TEST(labelsAreTold);
    CPPUNIT_TEST_SUITE_END();

public:
    void lettersAndDigitsStayReadable() {
        assertName("coffer-credential-17-nightly", "Nightly");
        assertName("coffer-credential-17-eu-west-1-backup", "  EU west_1 (backup)! ");
        assertName("coffer-credential-17-z-lohy", "Z\xc3\xa1lohy");
        assertName("coffer-credential-17-a-b", "-a--b-");
        assertName("coffer-credential-17-2", "2");
    }
    void namesWithoutThemAreTheirId() {
        for (const auto* name :
             {"", "---", "\xe5\xa4\x87\xe4\xbb\xbd", "\xf0\x9f\x98\x80", "\xff\xfe", " \n\t"})
            assertName("coffer-credential-17", name);
        assertName("coffer-credential-17", std::string("\0\0", 2));
    }
    void longNamesAreCut() {
        assertName("coffer-credential-17-" + std::string(42, 'x'), std::string(100000, 'x'));
        assertName("coffer-credential-17-" + std::string(41, 'x'), std::string(41, 'x') + "!y");
        assertName("coffer-credential-17-" + std::string(40, 'x') + "-y", std::string(40, 'x') + "!yz");
        CPPUNIT_ASSERT_EQUAL(std::string(40, 'k') + "-9223372036854775807-ab",
                             kubernetesName(std::string(40, 'k'), 9223372036854775807, "abc"));
    }
    void differentIdsNeverShareAName() {
        std::set<std::string> names;
        int count = 0;
        for (std::int64_t id = 1; id <= 300; ++id)
            for (const auto* name : {"", "1", "2-x", "17", "nightly"}) {
                CPPUNIT_ASSERT_EQUAL(kubernetesName("coffer", id, name), kubernetesName("coffer", id, name));
                names.insert(kubernetesName("coffer", id, name));
                ++count;
            }
        CPPUNIT_ASSERT_EQUAL(count, static_cast<int>(names.size()));
    }
    void hostileNamesBecomeLabels() {
        HostileText hostile;
        for (int round = 0; round < 5000; ++round) {
            const std::string name = hostile.next();
            const std::string made = kubernetesName("coffer-credential", 1 + round, name);
            CPPUNIT_ASSERT_MESSAGE(hostile.seen(name), std::regex_match(made, label));
            CPPUNIT_ASSERT(made.starts_with("coffer-credential-" + std::to_string(1 + round)));
            CPPUNIT_ASSERT(isRfc1123Label(made));
        }
    }
    void labelsAreTold() {
        for (const auto* text : {"a", "0", "no", "a-b", "a--b", "1e3"})
            CPPUNIT_ASSERT_MESSAGE(text, isRfc1123Label(text));
        for (const auto* text : {"", "-", "-a", "a-", "A", "a.b", "a_b", "a b", "\xc3\xa1", "a\n", "~"})
            CPPUNIT_ASSERT_MESSAGE(text, !isRfc1123Label(text));
        CPPUNIT_ASSERT(isRfc1123Label(std::string(63, 'a')) && !isRfc1123Label(std::string(64, 'a')));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(KubernetesNameTest);

} // namespace coffer::projects
