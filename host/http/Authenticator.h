#pragma once

#include <coffer/sdk/Authorization.h>

#include <Poco/Net/HTTPRequest.h>

#include <optional>
#include <string>

namespace coffer::host {

/// Tells who is calling. Thread-safe; waits for nothing but the database.
class Authenticator {
public:
    virtual ~Authenticator() = default;
    /// @returns nothing when the request carries no credentials at all
    /// @throws Problem 401 `invalid_token` or `invalid_login` with WWW-Authenticate, 429
    /// `too_many_failed_logins` with
    ///         Retry-After
    [[nodiscard]] virtual std::optional<Principal> authenticate(const Poco::Net::HTTPRequest& head,
                                                                const std::string& address) = 0;
    /// A request without credentials was refused because it needs them: for the record. Never blocks.
    virtual void missing(const std::string& /*address*/) {}
};

} // namespace coffer::host
