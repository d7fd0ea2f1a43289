#include "probe/Endpoint.h"

#include <coffer/testkit/Test.h>

#include <stdexcept>
#include <string>

namespace coffer::backup_credentials {

class EndpointTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EndpointTest);
    COFFER_TEST(writtenInManyWaysItIsNormalizedToOne);
    COFFER_TEST(partsAreTold);
    COFFER_TEST(otherPartsOfAnUrlAreRefused);
    COFFER_TEST(badHostsAreRefused);
    COFFER_TEST(numbersThatResolversTakeForAddressesAreRefused);
    COFFER_TEST(badPortsAreRefused);
    COFFER_TEST(internationalNamesAreRefusedWithAdvice);
    COFFER_TEST(controlCharactersAreRefused);
    COFFER_TEST(longNamesAreRefused);
    CPPUNIT_TEST_SUITE_END();

    static void assertNormalized(const std::string& expected, const std::string& text) {
        CPPUNIT_ASSERT_EQUAL(expected, Endpoint::parse(text).normalized);
        CPPUNIT_ASSERT_EQUAL(expected, Endpoint::parse(expected).normalized);
    }
    static void assertRefused(const std::string& text, const std::string& part) {
        try {
            const std::string taken = Endpoint::parse(text).normalized;
            CPPUNIT_FAIL("'" + text + "' was taken as " + taken);
        } catch (const std::invalid_argument& error) {
            const std::string sentence = error.what();
            CPPUNIT_ASSERT_MESSAGE(sentence, sentence.find(part) != std::string::npos);
            CPPUNIT_ASSERT(sentence.ends_with("."));
        }
    }

public:
    void writtenInManyWaysItIsNormalizedToOne() {
        assertNormalized("https://s3.eu-west-1.amazonaws.com", "HTTPS://S3.EU-West-1.AmazonAWS.com:443/");
        assertNormalized("https://s3.example.org", "  https://s3.example.org.  ");
        assertNormalized("http://s3.example.org", "http://s3.example.org:80");
        assertNormalized("http://s3.example.org:443", "http://s3.example.org:443");
        assertNormalized("https://s3.example.org:80", "https://s3.example.org:0080");
        assertNormalized("http://minio_1:9000", "http://minio_1:9000/");
        assertNormalized("http://127.0.0.1:9000", "http://127.0.0.1:9000");
        assertNormalized("https://[2001:db8::1]", "https://[2001:0DB8:0:0:0:0:0:1]:443");
        assertNormalized("https://[::1]:9000", "https://[::1]:9000");
        assertNormalized("https://xn--bcher-kva.example", "https://xn--bcher-kva.example");
    }

    void partsAreTold() {
        const Endpoint v6 = Endpoint::parse("https://[::1]:9000");
        CPPUNIT_ASSERT_EQUAL(std::string("::1"), v6.host);
        CPPUNIT_ASSERT_EQUAL(std::string("[::1]:9000"), hostHeader(v6));
        CPPUNIT_ASSERT(v6.isAddress() && v6.tls() && !v6.hasDefaultPort());
        const Endpoint name = Endpoint::parse("http://s3.example.org");
        CPPUNIT_ASSERT_EQUAL(std::uint16_t{80}, name.port);
        CPPUNIT_ASSERT_EQUAL(std::string("s3.example.org"), hostHeader(name));
        CPPUNIT_ASSERT(!name.isAddress() && !name.tls() && name.hasDefaultPort());
    }

    void otherPartsOfAnUrlAreRefused() {
        assertRefused("s3.example.org", "https://");
        assertRefused("", "https://");
        assertRefused("ftp://s3.example.org", "other schemes");
        assertRefused("file:///etc/passwd", "other schemes");
        assertRefused("https://user:word@s3.example.org", "user name");
        assertRefused("https://s3.example.org@127.0.0.1", "user name");
        assertRefused("https://s3.example.org/bucket", "path");
        assertRefused("https://s3.example.org//", "path");
        assertRefused("https://s3.example.org?x", "path");
        assertRefused("https://s3.example.org#x", "path");
        assertRefused("https://s3.example.org\\x", "path");
    }

    void badHostsAreRefused() {
        assertRefused("https://", "no host");
        assertRefused("https://:9000", "no host");
        assertRefused("https://.", "no host");
        assertRefused("https://a..b", "1 to 63");
        assertRefused("https://-a.example", "letters");
        assertRefused("https://a-.example", "letters");
        assertRefused("https://a%2e.example", "letters");
        assertRefused("https://[::1", "closing bracket");
        assertRefused("https://[fe80::1%25eth0]", "IPv6");
        assertRefused("https://[127.0.0.1]", "IPv6");
        assertRefused("https://[::1]x", "neither");
        assertRefused("https://::1", "brackets");
    }

    void numbersThatResolversTakeForAddressesAreRefused() {
        for (const char* host : {"127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.256",
                                 "1.2.3.4.5", "0x7f.1", "example.0x7f"})
            assertRefused("http://" + std::string(host), "IPv4");
    }

    void badPortsAreRefused() {
        for (const char* port : {"", "0", "65536", "-1", "+1", "9000x", "99999999999999999999"})
            assertRefused("https://s3.example.org:" + std::string(port), "1 to 65535");
        assertRefused("https://[::1]:", "1 to 65535");
    }

    void internationalNamesAreRefusedWithAdvice() {
        assertRefused("https://b\xc3\xbc"
                      "cher.example",
                      "Punycode");
    }

    void controlCharactersAreRefused() {
        assertRefused("https://s3.example.org\r\nX: y", "control character");
        assertRefused(std::string("https://s3.example.org\0.evil", 29), "control character");
        assertRefused("https://s3 .example.org", "space");
    }

    void longNamesAreRefused() {
        assertRefused("https://" + std::string(64, 'a') + ".example", "1 to 63");
        std::string longName;
        for (int i = 0; i < 64; ++i)
            longName += "abc.";
        assertRefused("https://" + longName + "example", "253");
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(EndpointTest);

} // namespace coffer::backup_credentials
