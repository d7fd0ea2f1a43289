#pragma once

#include "host/http/Authenticator.h"
#include "host/identity/LoginFailures.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

namespace coffer::host {

/// Tells who is calling by a bearer token, or by HTTP Basic with a robot's access key id and secret. Every
/// request is looked up anew, so that a revoked login is refused from the next request on.
///
/// Only failed logins are limited: a good one succeeds however many bad ones came from its address or others.
/// The secrets hold 240 random bits and more, so guesses need no braking; what the limit bounds is noise.
///
/// Thread-safe; `storage` and `metrics` outlive it.
class TokenAuthenticator final : public Authenticator {
public:
    TokenAuthenticator(Storage& storage, Metrics& metrics, LoginFailureOptions options = {});

    [[nodiscard]] std::optional<Principal> authenticate(const Poco::Net::HTTPRequest& head,
                                                        const std::string& address) override;

    /// Counted with the failed logins of that source, and recorded with them; it never leads to 429.
    void missing(const std::string& address) override;

    /// Records failed logins in the audit log, one record for each source; call it every minute or so, and
    /// once before the database closes. @throws Problem 503 as Storage::write() does; nothing is lost then
    void flushFailures(Storage& storage) { failures_.flush(storage); }

private:
    [[noreturn]] void refuse(const std::string& address, std::string_view kind, Problem problem);
    void count(std::string_view kind);

    Storage& storage_;
    Metrics& metrics_;
    LoginFailures failures_;
};

} // namespace coffer::host
