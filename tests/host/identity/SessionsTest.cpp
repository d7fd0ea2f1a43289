#include "host/identity/LoginStore.h"
#include "host/identity/SessionCookie.h"
#include "host/identity/TokenAuthenticator.h"
#include "tests/host/identity/House.h"

#include <coffer/testkit/Test.h>

namespace coffer::test {

using namespace std::chrono_literals;
using host::IncomingRequest;
using host::Sessions;

/// Sessions of the console, from signing in to their end.
class SessionsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SessionsTest);
    COFFER_TEST(aSessionIsWhoeverMadeIt);
    COFFER_TEST(onlyAValidTokenMakesOne);
    COFFER_TEST(aRobotsSecretMakesNone);
    COFFER_TEST(makingAndEndingIsRecorded);
    COFFER_TEST(itEndsWithItsToken);
    COFFER_TEST(itEndsWithItsPrincipal);
    COFFER_TEST(itLivesNoLongerThanItsToken);
    COFFER_TEST(itEndsWhenItHasLivedLongEnough);
    COFFER_TEST(itEndsWhenItHasIdledTooLong);
    COFFER_TEST(useKeepsItAliveAlsoOverARestart);
    COFFER_TEST(readingWritesNothingUntilTheFlush);
    COFFER_TEST(theOldestMakesRoom);
    COFFER_TEST(theDeadAreRemoved);
    COFFER_TEST(onlyOnesOwnAreListedAndEnded);
    COFFER_TEST(rightsAreThoseOfNow);
    COFFER_TEST(aRestoredBackupHasNone);
    COFFER_TEST(onlyTheDigestIsStored);
    COFFER_TEST(anAuthorizationHeaderBeatsTheCookie);
    COFFER_TEST(aCookieOfNoSessionIsTakenAway);
    COFFER_TEST(endedSessionsNeverLimitTheirAddress);
    COFFER_TEST(withoutSessionsCookiesMeanNothing);
    COFFER_TEST(failedSignInsAreLimitedAndWithoutChallenge);
    CPPUNIT_TEST_SUITE_END();

public:
    void aSessionIsWhoeverMadeIt() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, organization}});
        const auto made = signIn(ada);
        const auto found = sessions.find(made.cookie);
        CPPUNIT_ASSERT(found);
        CPPUNIT_ASSERT_EQUAL(ada, found->principal.id);
        CPPUNIT_ASSERT_EQUAL(std::string("Ada"), found->principal.name);
        CPPUNIT_ASSERT((found->principal.roles == std::vector<RoleGrant>{{Role::viewer, organization}}));
        CPPUNIT_ASSERT(made.session.expiresAt - made.session.createdAt == 12h);
    }

    void onlyAValidTokenMakesOne() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const SecretBytes token = giveToken(ada, currentTime() - 1s);
        for (const auto* wrong : {"", "coffer_wrong"})
            CPPUNIT_ASSERT(!sessions.create(SecretBytes(wrong), origin));
        CPPUNIT_ASSERT(!sessions.create(token, origin));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.number("SELECT count(*) FROM session"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house.count("session.create"));
    }

    void aRobotsSecretMakesNone() {
        const auto admin = house.makePrincipal("Root", {everywhere});
        const auto robot =
            house.call(admin, Method::post, "/robots",
                       {{"name", "nightly"}, {"organizationId", organization}, {"role", "viewer"}});
        const std::string secret = robot.text("secret");
        CPPUNIT_ASSERT(!sessions.create(SecretBytes(secret), origin));
        CPPUNIT_ASSERT(!sessions.create(SecretBytes(robot.text("accessKeyId") + ":" + secret), origin));
    }

    void makingAndEndingIsRecorded() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, organization}});
        const auto made = signIn(ada);
        const auto begun = house.last("session.create");
        CPPUNIT_ASSERT_EQUAL(std::to_string(made.session.id), begun.objectId);
        CPPUNIT_ASSERT_EQUAL(organization, begun.organization);
        CPPUNIT_ASSERT(begun.after.starts_with(R"({"principalId":)" + std::to_string(ada)));
        CPPUNIT_ASSERT(end(ada, made.session.id));
        const auto ended = house.last("session.end");
        CPPUNIT_ASSERT_EQUAL(begun.after, ended.before);
        CPPUNIT_ASSERT_EQUAL(std::string(), ended.after);
        CPPUNIT_ASSERT(!sessions.find(made.cookie));
        CPPUNIT_ASSERT(!end(ada, made.session.id));
    }

    void itEndsWithItsToken() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto kept = signIn(ada);
        const auto made = signIn(ada);
        CPPUNIT_ASSERT_EQUAL(
            204,
            house.call(ada, Method::remove, "/whoami/tokens/" + std::to_string(made.session.token)).status);
        CPPUNIT_ASSERT(!sessions.find(made.cookie));
        CPPUNIT_ASSERT(sessions.find(kept.cookie)); // that of another token
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, list(ada).size());
    }

    void itEndsWithItsPrincipal() {
        const auto admin = house.makePrincipal("Root", {everywhere});
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, organization}});
        const auto made = signIn(ada);
        CPPUNIT_ASSERT_EQUAL(204,
                             house.call(admin, Method::remove, "/principals/" + std::to_string(ada)).status);
        CPPUNIT_ASSERT(!sessions.find(made.cookie));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.number("SELECT count(*) FROM session"));
    }

    void itLivesNoLongerThanItsToken() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const Instant expires = currentTime() + 90min;
        const auto made = sessions.create(giveToken(ada, expires), origin).value();
        CPPUNIT_ASSERT(made.session.expiresAt == expires);
        change("UPDATE token SET expires_at = 1");
        CPPUNIT_ASSERT(!sessions.find(made.cookie));
    }

    void itEndsWhenItHasLivedLongEnough() {
        const auto made = signIn(house.makePrincipal("Ada", {everywhere}));
        change("UPDATE session SET expires_at = 1");
        CPPUNIT_ASSERT(!sessions.find(made.cookie));
    }

    void itEndsWhenItHasIdledTooLong() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto made = signIn(ada);
        lastUsed(50min);
        CPPUNIT_ASSERT(sessions.find(made.cookie));
        Sessions afterRestart(house.storage(), {});
        lastUsed(61min);
        CPPUNIT_ASSERT(!afterRestart.find(made.cookie));
        CPPUNIT_ASSERT(list(ada, afterRestart).empty());
    }

    void useKeepsItAliveAlsoOverARestart() {
        const auto made = signIn(house.makePrincipal("Ada", {everywhere}));
        lastUsed(50min);
        CPPUNIT_ASSERT(sessions.find(made.cookie));
        lastUsed(61min); // what is noted in memory counts
        CPPUNIT_ASSERT(sessions.find(made.cookie));
        sessions.flush();
        Sessions afterRestart(house.storage(), {});
        CPPUNIT_ASSERT(afterRestart.find(made.cookie));
    }

    void readingWritesNothingUntilTheFlush() {
        const auto made = signIn(house.makePrincipal("Ada", {everywhere}));
        lastUsed(10min);
        const std::string lastUse = "SELECT last_used_at FROM session";
        const auto before = house.number(lastUse);
        CPPUNIT_ASSERT(sessions.find(made.cookie));
        CPPUNIT_ASSERT_EQUAL(before, house.number(lastUse));
        sessions.flush();
        CPPUNIT_ASSERT(house.number(lastUse) > before);
    }

    void theOldestMakesRoom() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto bob = signIn(house.makePrincipal("Bob", {everywhere}));
        Sessions three(house.storage(), {.mostLive = 3});
        const SecretBytes token = giveToken(ada, {});
        std::vector<Sessions::Made> made;
        for (int i = 0; i < 5; ++i)
            made.push_back(three.create(token, origin).value());
        for (std::size_t i = 0; i < made.size(); ++i)
            CPPUNIT_ASSERT_EQUAL(i >= 2, three.find(made[i].cookie).has_value());
        CPPUNIT_ASSERT(three.find(bob.cookie));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, house.count("session.end"));
    }

    void theDeadAreRemoved() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto expired = signIn(ada);
        const auto revoked = signIn(ada);
        const auto idle = signIn(ada);
        const auto live = signIn(ada);
        change("UPDATE session SET expires_at = 1 WHERE id = " + std::to_string(expired.session.id));
        change("UPDATE token SET revoked_at = 1 WHERE id = " + std::to_string(revoked.session.token));
        change("UPDATE session SET last_used_at = 1 WHERE id = " + std::to_string(idle.session.id));
        sessions.flush();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.number("SELECT count(*) FROM session"));
        CPPUNIT_ASSERT(sessions.find(live.cookie));
    }

    void onlyOnesOwnAreListedAndEnded() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto bob = house.makePrincipal("Bob", {everywhere});
        const auto adas = signIn(ada);
        const auto bobs = signIn(bob);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, list(ada).size());
        CPPUNIT_ASSERT_EQUAL(adas.session.id, list(ada).front().id);
        CPPUNIT_ASSERT(!end(ada, bobs.session.id));
        CPPUNIT_ASSERT(sessions.find(bobs.cookie));
    }

    void rightsAreThoseOfNow() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, organization}});
        const auto made = signIn(ada);
        change("DELETE FROM principal_role WHERE principal = " + std::to_string(ada));
        CPPUNIT_ASSERT(sessions.find(made.cookie)->principal.roles.empty());
    }

    void aRestoredBackupHasNone() {
        const auto made = signIn(house.makePrincipal("Ada", {everywhere}));
        house.storage().write(Origin::system("test"), std::function<void(Transaction&)>([](auto& change) {
                                  CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                                                       host::LoginStore(change).revokeEverything().sessions);
                              }));
        CPPUNIT_ASSERT(!sessions.find(made.cookie));
    }

    void onlyTheDigestIsStored() {
        const auto made = signIn(house.makePrincipal("Ada", {everywhere}));
        const auto digest = host::tokenDigest(made.cookie.reveal());
        CPPUNIT_ASSERT(house.storage().read([&](Transaction& transaction) {
            return transaction
                .query("SELECT 1 FROM session WHERE digest = ?", std::span<const std::byte>(digest))
                .next();
        }));
        for (const auto& event : house.events())
            CPPUNIT_ASSERT((event.before + event.after).find(made.cookie.reveal()) == std::string::npos);
    }

    void anAuthorizationHeaderBeatsTheCookie() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto bob = house.makePrincipal("Bob", {everywhere});
        IncomingRequest request;
        carry(request, signIn(ada).cookie);
        CPPUNIT_ASSERT_EQUAL(ada, authenticator.authenticate(request)->id);
        request.head.set("Authorization", "Bearer " + std::string(giveToken(bob, {}).reveal()));
        CPPUNIT_ASSERT_EQUAL(bob, authenticator.authenticate(request)->id);
        request.head.setMethod("POST");
        authenticator.requireIntended(request); // no browser sends that header by itself
        request.head.set("Authorization", "Bearer coffer_wrong");
        CPPUNIT_ASSERT_EQUAL(std::string("401 invalid_token"), refused(request));
    }

    void aCookieOfNoSessionIsTakenAway() {
        const auto ada = house.makePrincipal("Ada", {everywhere});
        const auto made = signIn(ada);
        CPPUNIT_ASSERT(end(ada, made.session.id));
        for (const auto& cookie : {std::string(made.cookie.reveal()), std::string("x"), std::string()}) {
            IncomingRequest request;
            carry(request, SecretBytes(cookie));
            try {
                (void)authenticator.authenticate(request);
                CPPUNIT_FAIL("not refused");
            } catch (const Problem& problem) {
                CPPUNIT_ASSERT_EQUAL(std::string("session_ended"), problem.code());
                CPPUNIT_ASSERT_EQUAL(401, problem.status());
                std::string headers;
                for (const auto& [name, value] : problem.headers())
                    headers += name + ": " + value + "\n";
                CPPUNIT_ASSERT(headers.find("Max-Age=0") != std::string::npos);
                CPPUNIT_ASSERT(headers.find("Basic") == std::string::npos);
            }
        }
    }

    void endedSessionsNeverLimitTheirAddress() {
        IncomingRequest request;
        carry(request, SecretBytes("ended"));
        for (int i = 0; i < 30; ++i)
            CPPUNIT_ASSERT_EQUAL(std::string("401 session_ended"), refused(request));
        authenticator.flushFailures(house.storage());
        CPPUNIT_ASSERT(house.last("login.failed").after.find("session_ended") != std::string::npos);
    }

    void withoutSessionsCookiesMeanNothing() {
        host::TokenAuthenticator tokensOnly{house.storage(), house.metrics()};
        IncomingRequest request;
        carry(request, signIn(house.makePrincipal("Ada", {everywhere})).cookie);
        CPPUNIT_ASSERT(!tokensOnly.authenticate(request));
    }

    void failedSignInsAreLimitedAndWithoutChallenge() {
        std::string last;
        for (int i = 0; i < 12; ++i)
            try {
                authenticator.refuseSignIn("192.0.2.1");
            } catch (const Problem& problem) {
                last = std::to_string(problem.status()) + " " + problem.code();
                for (const auto& [name, value] : problem.headers())
                    CPPUNIT_ASSERT(name != "WWW-Authenticate");
                CPPUNIT_ASSERT_EQUAL(std::string(i < 10 ? "401 invalid_token" : "429 too_many_failed_logins"),
                                     last);
            }
    }

private:
    SecretBytes giveToken(std::int64_t principal, std::optional<Instant> expiresAt) {
        SecretBytes token = host::newToken();
        const auto digest = host::tokenDigest(token.reveal());
        (void)house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            return host::LoginStore(transaction).insertToken(principal, "test", digest, expiresAt);
        });
        return token;
    }
    /// With a token of its own.
    Sessions::Made signIn(std::int64_t principal) {
        auto made = sessions.create(giveToken(principal, {}), origin);
        CPPUNIT_ASSERT(made);
        return std::move(*made);
    }
    bool end(std::int64_t principal, std::int64_t id) {
        return house.storage().write(Origin::system("test"), [&](Transaction& transaction) {
            return sessions.end(transaction, principal, id);
        });
    }
    std::vector<host::SessionRecord> list(std::int64_t principal, const Sessions& of) {
        return house.storage().read(
            [&](Transaction& transaction) { return of.list(transaction, principal, {}).items; });
    }
    std::vector<host::SessionRecord> list(std::int64_t principal) { return list(principal, sessions); }
    void change(const std::string& sql) {
        house.storage().write(
            Origin::system("test"),
            std::function<void(Transaction&)>([&](Transaction& transaction) { transaction.execute(sql); }));
    }
    void lastUsed(std::chrono::milliseconds ago) {
        change("UPDATE session SET last_used_at = " + std::to_string(toMilliseconds(currentTime() - ago)));
    }
    static void carry(IncomingRequest& request, const SecretBytes& cookie) {
        request.head.set("Cookie", "coffer_session=" + std::string(cookie.reveal()));
        request.address = "192.0.2.1";
    }
    std::string refused(const IncomingRequest& request) {
        try {
            (void)authenticator.authenticate(request);
        } catch (const Problem& problem) {
            return std::to_string(problem.status()) + " " + problem.code();
        }
        return "not refused";
    }

    House house;
    Sessions sessions{house.storage(), {}};
    host::TokenAuthenticator authenticator{house.storage(), house.metrics(), {.window = 1h}, &sessions};
    const Origin origin{0, "anonymous", "192.0.2.1", "request-1"};
    const std::int64_t organization = house.makeOrganization("Research");
};
CPPUNIT_TEST_SUITE_REGISTRATION(SessionsTest);

} // namespace coffer::test
