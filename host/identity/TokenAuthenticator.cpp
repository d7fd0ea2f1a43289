#include "host/identity/TokenAuthenticator.h"

#include "host/identity/LoginStore.h"
#include "host/identity/PrincipalStore.h"
#include "host/identity/SessionCookie.h"

namespace coffer::host {

namespace {

Problem challenged(Problem problem) {
    problem.header("WWW-Authenticate", R"(Bearer realm="coffer")")
        .header("WWW-Authenticate", R"(Basic realm="coffer", charset="UTF-8")");
    return problem;
}

Problem invalidToken() {
    return {
        401, "invalid_token", "The token is not valid",
        "It is unknown, was revoked, or has expired. Ask whoever governs your organization for a new one."};
}

Problem sessionEnded(bool secure) {
    return Problem(401, "session_ended", "Your session has ended",
                   "It was signed out, has lived or idled too long, or its token was revoked. Sign in again.")
        .header("WWW-Authenticate", R"(Bearer realm="coffer")")
        .header("Set-Cookie", takeCookie(secure));
}

Problem invalidLogin() {
    return challenged(
        {401, "invalid_login", "The access key id or its secret is not valid",
         "One of both is wrong, or the robot was deleted or got a new secret. Rotate the robot's "
         "secret to get one that is known to be right."});
}

Problem malformed(const std::string& what) {
    return challenged(
        {401, "invalid_token", "The token is not valid",
         what + " Send \"Authorization: Bearer <token>\", or Basic with a robot's access key id and "
                "secret."});
}

bool isBearer(const PresentedLogin& login) {
    return login.scheme == PresentedLogin::Scheme::bearer;
}

LoginDigest digestOf(const PresentedLogin& login) {
    return isBearer(login) ? tokenDigest(login.secret.reveal())
                           : robotDigest(login.accessKeyId, login.secret.reveal());
}

std::optional<LoginStore::Login> lookedUp(Storage& storage, bool bearer, const LoginDigest& digest) {
    return storage.read([&](Transaction& transaction) {
        LoginStore store(transaction);
        auto login = bearer ? store.findByToken(digest) : store.findByRobot(digest);
        if (login)
            PrincipalStore(transaction).loadRights(login->principal);
        return login;
    });
}

} // namespace

TokenAuthenticator::TokenAuthenticator(Database& database, Metrics& metrics, LoginFailureOptions options,
                                       Sessions* sessions)
    : database_(database), metrics_(metrics), failures_(options), sessions_(sessions) {}

std::optional<SecretBytes> TokenAuthenticator::cookieOf(const IncomingRequest& request) const {
    if (!sessions_ || request.head.has("Authorization"))
        return std::nullopt;
    return sessionCookie(request.head, request.secure);
}

std::optional<Principal> TokenAuthenticator::authenticate(const IncomingRequest& request) {
    const std::string& address = request.address;
    if (const auto cookie = cookieOf(request)) {
        auto found = sessions_->find(*cookie);
        if (found)
            return std::move(found->principal);
        noteOnly(address, "session_ended"); // a page left open overnight must keep nobody out
        throw sessionEnded(request.secure);
    }
    std::optional<PresentedLogin> login;
    try {
        login = presentedLogin(request.head);
    } catch (const MalformedAuthorization& error) {
        refuse(address, "malformed", malformed(error.what()));
    }
    if (!login)
        return std::nullopt;
    if (const auto principal = owner(*login))
        return *principal;
    if (isBearer(*login))
        refuse(address, "invalid_token", challenged(invalidToken()));
    refuse(address, "invalid_login", invalidLogin());
}

std::shared_ptr<const Principal> TokenAuthenticator::owner(const PresentedLogin& login) {
    const LoginDigest digest = digestOf(login);
    // Before the lookup: what is committed while it runs may be missing in what it finds.
    const std::uint64_t commits = database_.commits();
    if (auto known = found_.find(digest, commits, currentTime()))
        return known;
    auto found = lookedUp(database_, isBearer(login), digest);
    if (!found)
        return nullptr;
    auto principal = std::make_shared<const Principal>(std::move(found->principal));
    found_.keep(digest, commits, principal, found->expiresAt);
    return principal;
}

void TokenAuthenticator::requireIntended(const IncomingRequest& request) {
    if (const auto cookie = cookieOf(request))
        host::requireIntended(request.head, *cookie);
}

void TokenAuthenticator::refuseSignIn(const std::string& address) {
    refuse(address, "invalid_token", invalidToken());
}

void TokenAuthenticator::missing(const std::string& address) {
    noteOnly(address, "missing");
}

void TokenAuthenticator::noteOnly(const std::string& address, std::string_view kind) {
    count(kind);
    failures_.note(address, kind, LoginFailures::Clock::now());
}

void TokenAuthenticator::count(std::string_view kind) {
    metrics_.counter("coffer_login_failures_total", "Failed logins by kind", {{"kind", std::string(kind)}})
        .add();
}

void TokenAuthenticator::refuse(const std::string& address, std::string_view kind, Problem problem) {
    count(kind);
    const auto wait = failures_.add(address, kind, LoginFailures::Clock::now());
    if (!wait)
        throw problem;
    Problem limited(
        429, "too_many_failed_logins", "Too many failed logins",
        "Too many logins from your address have failed. Check the credentials, then try again after " +
            std::to_string(wait->count()) + " seconds.");
    limited.header("Retry-After", std::to_string(wait->count()));
    throw limited;
}

} // namespace coffer::host
