#pragma once

#include "host/http/Exchange.h"

#include <coffer/sdk/Authorization.h>

#include <optional>
#include <string>

namespace coffer::host {

/// Tells who is calling. Thread-safe; waits for nothing but the database.
class Authenticator {
public:
    virtual ~Authenticator() = default;
    /// @returns nothing when the request carries no credentials at all
    /// @throws Problem 401 `invalid_token`, `invalid_login` or `session_ended`, 429 `too_many_failed_logins`
    /// with Retry-After
    [[nodiscard]] virtual std::optional<Principal> authenticate(const IncomingRequest& request) = 0;
    /// The caller is known. Refuses what a page of another site could have made the caller's browser send.
    /// @throws Problem 403, which is recorded in the caller's name
    virtual void requireIntended(const IncomingRequest& /*request*/) {}
    /// A request without credentials was refused because it needs them: for the record. Never blocks.
    virtual void missing(const std::string& /*address*/) {}
};

} // namespace coffer::host
