#pragma once

#include "host/http/Authenticator.h"
#include "host/identity/AuthorizationHeader.h"
#include "host/identity/LoginFailures.h"
#include "host/identity/PrincipalCache.h"
#include "host/identity/Sessions.h"
#include "host/storage/Database.h"

#include <coffer/sdk/Telemetry.h>

namespace coffer::host {

/// Tells who is calling by a bearer token, by HTTP Basic with a robot's access key id and secret, or by a
/// session's cookie; an Authorization header beats the cookie. A login that was revoked is refused from the
/// moment on at which whoever revoked it is told so.
///
/// Only failed logins are limited: a good one succeeds however many bad ones came from its address or others.
/// The secrets hold 240 random bits and more, so guesses need no braking; what the limit bounds is noise.
///
/// Thread-safe; what it is given outlives it.
class TokenAuthenticator final : public Authenticator {
public:
    /// @param sessions  null: cookies are not looked at
    TokenAuthenticator(Database& database, Metrics& metrics, LoginFailureOptions options = {},
                       Sessions* sessions = nullptr);

    [[nodiscard]] std::optional<Principal> authenticate(const IncomingRequest& request) override;
    void requireIntended(const IncomingRequest& request) override;
    /// Somebody signs in with a token that is not valid: a failed login as others, without the challenge for
    /// which a browser would open a window of its own. @throws Problem 401 `invalid_token`, 429
    [[noreturn]] void refuseSignIn(const std::string& address);

    /// Counted with the failed logins of that source, and recorded with them; it never leads to 429.
    void missing(const std::string& address) override;

    /// Records failed logins in the audit log, one record for each source; call it every minute or so, and
    /// once before the database closes. @throws Problem 503 as Storage::write() does; nothing is lost then
    void flushFailures(Storage& storage) { failures_.flush(storage); }

private:
    [[nodiscard]] std::optional<SecretBytes> cookieOf(const IncomingRequest& request) const;
    [[nodiscard]] std::shared_ptr<const Principal> owner(const PresentedLogin& login);
    [[noreturn]] void refuse(const std::string& address, std::string_view kind, Problem problem);
    void noteOnly(const std::string& address, std::string_view kind);
    void count(std::string_view kind);

    Database& database_;
    Metrics& metrics_;
    LoginFailures failures_;
    Sessions* const sessions_;
    PrincipalCache found_;
};

} // namespace coffer::host
