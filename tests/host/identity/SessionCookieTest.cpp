#include "host/identity/SessionCookie.h"
#include "host/identity/LoginSecrets.h"

#include <coffer/sdk/Problem.h>

#include <coffer/testkit/Test.h>

namespace coffer::test {

using namespace coffer::host;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

Poco::Net::HTTPRequest head(const std::string& method, const Headers& headers) {
    Poco::Net::HTTPRequest request(method, "/");
    for (const auto& [name, value] : headers)
        request.add(name, value);
    return request;
}

std::string cookie(const Headers& headers, bool secure = false) {
    const auto found = sessionCookie(head("GET", headers), secure);
    return found ? "<" + std::string(found->reveal()) + ">" : "none";
}

std::string refusal(const std::string& method, const Headers& headers, const SecretBytes& session) {
    try {
        requireIntended(head(method, headers), session);
        return "";
    } catch (const Problem& problem) {
        CPPUNIT_ASSERT_EQUAL(403, problem.status());
        return problem.code();
    }
}

} // namespace

/// A session as a browser carries it.
class SessionCookieTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SessionCookieTest);
    COFFER_TEST(theCookieIsFoundAmongOthers);
    COFFER_TEST(ofTwoCookiesNeitherIsBelieved);
    COFFER_TEST(overTlsTheCookieHasAnotherName);
    COFFER_TEST(noScriptAndNoOtherSiteGetsTheCookie);
    COFFER_TEST(theTokenIsMadeOfTheCookieAndSaysNothingOfIt);
    COFFER_TEST(whatChangesSomethingNeedsTheToken);
    COFFER_TEST(otherSitesAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void theCookieIsFoundAmongOthers() {
        CPPUNIT_ASSERT_EQUAL(std::string("none"), cookie({}));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), cookie({{"Cookie", "theme=dark; coffer=x"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), cookie({{"Cookie", "xcoffer_session=a"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("<a-b_c>"), cookie({{"Cookie", "coffer_session=a-b_c"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("<abc>"), cookie({{"Cookie", "a=1;coffer_session=abc ;b=2"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("<abc>"),
                             cookie({{"Cookie", "a=1"}, {"cookie", "coffer_session=abc"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("<>"), cookie({{"Cookie", "coffer_session"}}));
    }

    void ofTwoCookiesNeitherIsBelieved() {
        CPPUNIT_ASSERT_EQUAL(std::string("<>"),
                             cookie({{"Cookie", "coffer_session=one; coffer_session=two"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("<>"),
                             cookie({{"Cookie", "coffer_session=one"}, {"Cookie", "coffer_session=two"}}));
    }

    void overTlsTheCookieHasAnotherName() {
        CPPUNIT_ASSERT_EQUAL(std::string("none"), cookie({{"Cookie", "coffer_session=abc"}}, true));
        CPPUNIT_ASSERT_EQUAL(std::string("<abc>"), cookie({{"Cookie", "__Host-coffer_session=abc"}}, true));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), cookie({{"Cookie", "__Host-coffer_session=abc"}}, false));
    }

    void noScriptAndNoOtherSiteGetsTheCookie() {
        const SecretBytes session("abc");
        CPPUNIT_ASSERT_EQUAL(std::string("coffer_session=abc; Path=/; HttpOnly; SameSite=Strict"),
                             giveCookie(session, false));
        CPPUNIT_ASSERT_EQUAL(
            std::string("__Host-coffer_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure"),
            giveCookie(session, true));
        CPPUNIT_ASSERT_EQUAL(
            std::string("__Host-coffer_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure"),
            takeCookie(true));
    }

    void theTokenIsMadeOfTheCookieAndSaysNothingOfIt() {
        const SecretBytes one = newSessionSecret();
        const SecretBytes other = newSessionSecret();
        CPPUNIT_ASSERT_EQUAL(std::size_t{43}, one.size()); // 256 bits
        CPPUNIT_ASSERT(!one.equals(other));
        CPPUNIT_ASSERT(csrfToken(one).equals(csrfToken(one)));
        CPPUNIT_ASSERT(!csrfToken(one).equals(csrfToken(other)));
        CPPUNIT_ASSERT(csrfToken(one).reveal() != one.reveal());
        CPPUNIT_ASSERT_EQUAL(std::size_t{43}, csrfToken(one).size());
        // As another implementation of HMAC-SHA-256 and base64url has it.
        CPPUNIT_ASSERT_EQUAL(std::string("fWIto9c52HxAokmr4mHRb785vuDnM2f0GST4luDJF_M"),
                             std::string(derivedText(SecretBytes("key"), "label").reveal()));
    }

    void whatChangesSomethingNeedsTheToken() {
        const SecretBytes session = newSessionSecret();
        const std::string token(csrfToken(session).reveal());
        for (const auto* method : {"GET", "HEAD", "OPTIONS"})
            CPPUNIT_ASSERT_EQUAL(std::string(), refusal(method, {}, session));
        for (const auto* method : {"POST", "PUT", "PATCH", "DELETE", "BREW"}) {
            CPPUNIT_ASSERT_EQUAL(std::string("csrf_token_missing"), refusal(method, {}, session));
            for (const auto& wrong : {std::string(), std::string("x"), token + "x", token.substr(1),
                                      std::string(csrfToken(newSessionSecret()).reveal())})
                CPPUNIT_ASSERT_EQUAL(std::string("csrf_token_wrong"),
                                     refusal(method, {{"X-CSRF-Token", wrong}}, session));
            CPPUNIT_ASSERT_EQUAL(std::string(), refusal(method, {{"x-csrf-token", token}}, session));
        }
    }

    void otherSitesAreRefused() {
        const SecretBytes session = newSessionSecret();
        const std::string token(csrfToken(session).reveal());
        for (const auto* method : {"GET", "POST"}) {
            for (const auto* site : {"cross-site", "same-site", "", "Same-Origin"})
                CPPUNIT_ASSERT_EQUAL(
                    std::string("cross_site"),
                    refusal(method, {{"Sec-Fetch-Site", site}, {"X-CSRF-Token", token}}, session));
            for (const auto* site : {"same-origin", "none"})
                CPPUNIT_ASSERT_EQUAL(
                    std::string(),
                    refusal(method, {{"Sec-Fetch-Site", site}, {"X-CSRF-Token", token}}, session));
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SessionCookieTest);

} // namespace coffer::test
