#include "host/identity/LoginSecrets.h"
#include "host/identity/AuthorizationHeader.h"

#include <set>

namespace coffer::test {

class LoginSecretsTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LoginSecretsTest);
    COFFER_TEST(tokensAndSecretsHaveTheirFormAndNeverRepeat);
    COFFER_TEST(digestsAreSha256OfTheWholeText);
    COFFER_TEST(noHeaderIsNoLogin);
    COFFER_TEST(bearerAndBasicAreReadWhateverTheCaseOfTheScheme);
    COFFER_TEST(aColonMayStandInTheSecret);
    COFFER_TEST(malformedHeadersAreRefusedWithoutQuotingThem);
    CPPUNIT_TEST_SUITE_END();

    static std::optional<host::PresentedLogin> presented(const std::string& header) {
        Poco::Net::HTTPRequest head;
        head.set("Authorization", header);
        return host::presentedLogin(head);
    }

    void tokensAndSecretsHaveTheirFormAndNeverRepeat() {
        const auto within = [](std::string_view text, std::string_view alphabet) {
            return text.find_first_not_of(alphabet) == std::string_view::npos;
        };
        constexpr std::string_view base64url =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        std::set<std::string> seen;
        for (int i = 0; i < 200; ++i) {
            const SecretBytes token = host::newToken();
            CPPUNIT_ASSERT(token.reveal().starts_with("coffer_"));
            CPPUNIT_ASSERT_EQUAL(std::size_t{7 + 43}, token.size());
            CPPUNIT_ASSERT(within(token.reveal(), base64url));
            const SecretBytes secret = host::newRobotSecret();
            CPPUNIT_ASSERT_EQUAL(std::size_t{40}, secret.size());
            CPPUNIT_ASSERT(within(secret.reveal(), base64url));
            const std::string key = host::newAccessKeyId();
            CPPUNIT_ASSERT_EQUAL(std::size_t{20}, key.size());
            CPPUNIT_ASSERT(key.starts_with("CR"));
            CPPUNIT_ASSERT(within(key, base64url.substr(0, 26)) ||
                           within(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
            for (const std::string_view text : {token.reveal(), secret.reveal(), std::string_view(key)})
                CPPUNIT_ASSERT(seen.emplace(text).second);
        }
    }

    void digestsAreSha256OfTheWholeText() {
        // FIPS 180-4, example of one block: SHA-256("abc").
        const auto digest = host::tokenDigest("abc");
        CPPUNIT_ASSERT(digest[0] == std::byte{0xba} && digest[1] == std::byte{0x78} &&
                       digest[31] == std::byte{0xad});
        CPPUNIT_ASSERT(host::robotDigest("CRA", "b") == host::tokenDigest("CRA:b"));
        CPPUNIT_ASSERT(host::robotDigest("CRA", "b") != host::robotDigest("CRB", "b"));
    }

    void noHeaderIsNoLogin() { CPPUNIT_ASSERT(!host::presentedLogin(Poco::Net::HTTPRequest())); }

    void bearerAndBasicAreReadWhateverTheCaseOfTheScheme() {
        const auto bearer = presented("bEARER coffer_abc-_9");
        CPPUNIT_ASSERT(bearer && bearer->scheme == host::PresentedLogin::Scheme::bearer);
        CPPUNIT_ASSERT_EQUAL(std::string("coffer_abc-_9"), std::string(bearer->secret.reveal()));
        const auto basic = presented("basic Q1IxOnM="); // CR1:s
        CPPUNIT_ASSERT(basic && basic->scheme == host::PresentedLogin::Scheme::basic);
        CPPUNIT_ASSERT_EQUAL(std::string("CR1"), basic->accessKeyId);
        CPPUNIT_ASSERT_EQUAL(std::string("s"), std::string(basic->secret.reveal()));
    }

    void aColonMayStandInTheSecret() {
        const auto basic = presented("Basic Q1IxOmE6YjpjOg=="); // CR1:a:b:c:
        CPPUNIT_ASSERT_EQUAL(std::string("CR1"), basic->accessKeyId);
        CPPUNIT_ASSERT_EQUAL(std::string("a:b:c:"), std::string(basic->secret.reveal()));
    }

    void malformedHeadersAreRefusedWithoutQuotingThem() {
        std::vector<std::string> headers{"Bearer",
                                         "Bearer ",
                                         "Bearer canary canary",
                                         "Bearer can\xc3\xa4ry",
                                         "Digest canary",
                                         "canary",
                                         "",
                                         "Basic",
                                         "Basic canary!",
                                         "Basic Y2FuYXJ5", // canary, without a colon
                                         "Basic Q1IxOnM",
                                         "Basic ====",
                                         "Basic Q1=xOnM="};
        headers.push_back("Bearer " + std::string(2000, 'a'));
        for (const std::string& header : headers) {
            try {
                (void)presented(header);
                CPPUNIT_FAIL("accepted: " + header);
            } catch (const host::MalformedAuthorization& error) {
                CPPUNIT_ASSERT(std::string_view(error.what()).find("can") == std::string_view::npos);
            }
        }
        Poco::Net::HTTPRequest twice;
        twice.add("Authorization", "Bearer coffer_a");
        twice.add("authorization", "Bearer coffer_b");
        CPPUNIT_ASSERT_THROW(host::presentedLogin(twice), host::MalformedAuthorization);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LoginSecretsTest);

} // namespace coffer::test
