#pragma once

#include "host/identity/Caller.h"
#include "host/identity/LoginStore.h"
#include "host/identity/PrincipalStore.h"

namespace coffer::host {

/// The rules of tokens. Lives inside one transaction; changes are recorded in it.
class TokenService {
public:
    static constexpr std::string_view self = "tokens:self";
    static constexpr std::int64_t mostLiveTokens = 100; ///< of one principal

    TokenService(Transaction& transaction, const Caller& caller) noexcept
        : transaction_(transaction), caller_(caller), store_(transaction) {}

    /// A token that was stored by its digest; the text itself stays with the caller.
    struct NewToken {
        std::string_view name;
        const LoginDigest& digest;
        std::optional<std::int64_t> expiresInDays;
    };

    /// `principal` is one that the caller governs, or the caller itself. Robots have no tokens.
    /// @throws Problem 404 when it does not exist for the caller, 403 `robots_have_no_tokens`
    [[nodiscard]] Page<TokenRecord> list(std::int64_t principal, PageRequest page);
    /// @throws as list(), and 403 `beyond_your_rights`, 409 `too_many_tokens`, 422
    [[nodiscard]] TokenRecord create(std::int64_t principal, const NewToken& token);
    /// Refused from the next request on; revoking it again changes nothing.
    /// @throws as list(), and 409 `last_administrator`
    void revoke(std::int64_t principal, std::int64_t tokenId);

private:
    [[nodiscard]] PrincipalRecord find(std::int64_t principal);

    Transaction& transaction_;
    const Caller& caller_;
    LoginStore store_;
};

} // namespace coffer::host
