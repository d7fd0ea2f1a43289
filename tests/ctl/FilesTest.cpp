#include "host/ctl/AuditCheck.h"
#include "host/ctl/AwsProfile.h"
#include "host/ctl/Base64.h"
#include "host/ctl/Failure.h"
#include "host/ctl/FilteredTime.h"
#include "host/ctl/IniFile.h"
#include "host/ctl/ServerAddress.h"
#include "tests/ctl/Program.h"
#include "tests/support/EnvironmentVariable.h"

using namespace coffer::ctl;
using coffer::test::assertContains;

namespace {

JsonDocument head(std::int64_t sequence, const std::string& mac, const std::string& chain = "c") {
    Fields fields;
    fields.text("chain", chain).number("sequence", sequence).text("mac", mac);
    return parseJson(fields.body().reveal());
}

std::string record(std::int64_t sequence, const std::string& mac) {
    return R"({"sequence":)" + std::to_string(sequence) + R"(,"mac":")" + mac + "\"}";
}

} // namespace

/// What cofferctl reads that is not its own.
class FilesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FilesTest);
    COFFER_TEST(sectionsAreReadChangedAndWritten);
    COFFER_TEST(anAwsProfileGivesKeysRegionAndEndpoint);
    COFFER_TEST(anAwsProfileThatCannotBeStoredSaysWhy);
    COFFER_TEST(addressesAreTakenApart);
    COFFER_TEST(wrongAddressesSayWhatIsRight);
    COFFER_TEST(timesAreDatesInstantsOrSoLongAgo);
    COFFER_TEST(aWholeAuditLogIsFoundWhole);
    COFFER_TEST(missingAndCutOffRecordsAreFound);
    COFFER_TEST(base64IsThatOfTheStandard);
    CPPUNIT_TEST_SUITE_END();

public:
    void sectionsAreReadChangedAndWritten() {
        IniFile file("# comment\ncurrent = a\n\n[a]\nserver = http://x\n[b]\nx=1\n");
        CPPUNIT_ASSERT_EQUAL(std::string("a"), file.value("", "current"));
        CPPUNIT_ASSERT_EQUAL(std::string("http://x"), file.value("a", "server"));
        file.set("a", "token", "t = [x]");
        file.set("a", "server", "");
        file.remove("b");
        const IniFile again(file.text());
        CPPUNIT_ASSERT_EQUAL(std::string("t = [x]"), again.value("a", "token"));
        CPPUNIT_ASSERT_EQUAL(std::string(), again.value("a", "server"));
        CPPUNIT_ASSERT(!again.find("b"));
        CPPUNIT_ASSERT_THROW(IniFile("[open\n"), std::invalid_argument);
        try {
            (void)IniFile("[a]\nnonsense\n");
            CPPUNIT_FAIL("accepted");
        } catch (const std::invalid_argument& error) {
            assertContains(error.what(), "line 2");
        }
    }
    void anAwsProfileGivesKeysRegionAndEndpoint() {
        aws("[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = d\n"
            "[backup]\naws_access_key_id=AKIABACKUP\naws_secret_access_key=s/+=\n"
            "[minio]\naws_access_key_id=AKIAMINIO\naws_secret_access_key=m\n",
            "[default]\nregion = eu-west-1\n[profile backup]\nregion = eu-central-1\nendpoint_url = "
            "https://backup:9000\n"
            "[profile minio]\nregion=us-east-1\nservices = here\n[services here]\ns3 =\n  endpoint_url = "
            "http://minio:9000\n");
        const AwsProfile usual = readAwsProfile("default");
        CPPUNIT_ASSERT_EQUAL(std::string("AKIADEFAULT"), usual.accessKeyId);
        CPPUNIT_ASSERT_EQUAL(std::string("https://s3.eu-west-1.amazonaws.com"), usual.endpoint);
        const AwsProfile backup = readAwsProfile("backup");
        CPPUNIT_ASSERT_EQUAL(std::string("s/+="), backup.secretAccessKey.reveal());
        CPPUNIT_ASSERT_EQUAL(std::string("https://backup:9000"), backup.endpoint);
        CPPUNIT_ASSERT_EQUAL(std::string("eu-central-1"), backup.region);
        CPPUNIT_ASSERT_EQUAL(std::string("http://minio:9000"), readAwsProfile("minio").endpoint);
    }
    void anAwsProfileThatCannotBeStoredSaysWhy() {
        aws("[short]\naws_access_key_id=ASIA\naws_secret_access_key=s\naws_session_token=t\n",
            "[profile role]\nrole_arn=arn:x\n");
        assertRefused("short", Exit::refused, "temporary");
        assertRefused("role", Exit::refused, "no keys of its own");
        assertRefused("shrot", Exit::notFound, "no profile");
    }
    void addressesAreTakenApart() {
        const auto plain = ServerAddress::parse("http://127.0.0.1:8420/");
        CPPUNIT_ASSERT(!plain.secure && plain.isLoopback());
        CPPUNIT_ASSERT_EQUAL(std::string("http://127.0.0.1:8420"), plain.text());
        const auto named = ServerAddress::parse(" HTTPS://Coffer.Example ");
        CPPUNIT_ASSERT(named.secure && !named.isLoopback());
        CPPUNIT_ASSERT_EQUAL(std::string("https://coffer.example"), named.text());
        const auto six = ServerAddress::parse("https://[::1]:8443");
        CPPUNIT_ASSERT_EQUAL(std::string("::1"), six.host);
        CPPUNIT_ASSERT_EQUAL(std::string("https://[::1]:8443"), six.text());
    }
    void wrongAddressesSayWhatIsRight() {
        for (const auto* wrong :
             {"", "coffer.example", "ftp://x", "https://", "https://x:0", "https://x:99999", "https://x:80a",
              "https://user@x", "https://x/path", "https://x?y", "https://[::1"})
            CPPUNIT_ASSERT_THROW_MESSAGE(wrong, (void)ServerAddress::parse(wrong), UsageError);
    }
    void timesAreDatesInstantsOrSoLongAgo() {
        const auto now = std::chrono::system_clock::from_time_t(1'780'000'000); // 2026-05-28T20:26:40Z
        CPPUNIT_ASSERT_EQUAL(std::string("2026-05-01T00:00:00Z"), timeGiven("2026-05-01", now));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-05-01T12:00:00Z"), timeGiven("2026-05-01T12:00:00Z", now));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-05-27T20:26:40Z"), timeGiven("24h", now));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-05-21T20:26:40Z"), timeGiven("7d", now));
        for (const auto* wrong : {"", "yesterday", "24", "h", "-1h", "99999999d", "2026-5-1", "2026-05-01x"})
            CPPUNIT_ASSERT_THROW_MESSAGE(wrong, (void)timeGiven(wrong, now), UsageError);
    }
    void aWholeAuditLogIsFoundWhole() {
        AuditCheck check(AuditCheck::Sees::everything);
        check.expect(head(3, "m3"), AuditCheck::Head::inside);
        check.expectEarlier(head(2, "m2"), head(3, "m3"));
        for (int i = 1; i <= 4; ++i) // the fourth was written meanwhile
            check.line(record(i, "m" + std::to_string(i)));
        check.line("");
        CPPUNIT_ASSERT(check.findings().empty());
        assertContains(check.summary(), "4 records, from 1 to 4, without a hole.");
        AuditCheck part(AuditCheck::Sees::part);
        part.expect(head(9, "m9"), AuditCheck::Head::inside);
        part.line(record(2, "m2"));
        part.line(record(7, "m7"));
        CPPUNIT_ASSERT(part.findings().empty());
        assertContains(part.summary(), "cannot be told");
    }
    void missingAndCutOffRecordsAreFound() {
        AuditCheck check(AuditCheck::Sees::everything);
        check.expect(head(6, "m6"), AuditCheck::Head::atOrBehind);
        check.expectEarlier(head(8, "m8"), head(6, "m6"));
        for (const int i : {1, 3, 6, 5, 9})
            check.line(record(i, "x"));
        check.line("garbage");
        check.line("{}");
        const auto found = check.findings();
        const std::string all = joined(found);
        assertContains(all, "Record 2 is missing");
        assertContains(all, "Records 4 to 5 are missing");
        assertContains(all, "Record 6 is not the one");
        assertContains(all, "Record 5 stands behind record 6");
        assertContains(all, "Line 6 is no record");
        assertContains(all, "Line 7 is no record");
        assertContains(all, "The head that was kept is at record 8");
        assertContains(all, "The file goes on to record 9");
        AuditCheck other(AuditCheck::Sees::everything);
        other.expectEarlier(head(1, "m"), head(1, "m", "d"));
        assertContains(joined(other.findings()), "of another log");
        AuditCheck cut(AuditCheck::Sees::everything);
        cut.expect(head(3, "m3"), AuditCheck::Head::inside);
        cut.line(record(1, "m1"));
        assertContains(joined(cut.findings()), "ends at record 3");
    }
    void base64IsThatOfTheStandard() {
        for (const auto& [plain, coded] :
             {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}})
            CPPUNIT_ASSERT_EQUAL(std::string(coded), base64(plain));
    }

private:
    static std::string joined(const std::vector<std::string>& lines) {
        std::string out;
        for (const auto& line : lines)
            out += line + "\n";
        return out;
    }
    void aws(const std::string& credentials, const std::string& config) {
        credentialsFile_.emplace("AWS_SHARED_CREDENTIALS_FILE", folder_.write("credentials", credentials));
        configFile_.emplace("AWS_CONFIG_FILE", folder_.write("config", config));
    }
    static void assertRefused(const std::string& profile, Exit exit, const std::string& why) {
        try {
            (void)readAwsProfile(profile);
            CPPUNIT_FAIL("accepted");
        } catch (const Failure& failure) {
            CPPUNIT_ASSERT(failure.exit() == exit);
            assertContains(failure.what(), why);
        }
    }

    coffer::test::TemporaryFolder folder_;
    std::optional<coffer::test::EnvironmentVariable> credentialsFile_;
    std::optional<coffer::test::EnvironmentVariable> configFile_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(FilesTest);
