#include "host/identity/TokenService.h"

#include "host/identity/Names.h"
#include "host/identity/PrincipalService.h"

#include <algorithm>

namespace coffer::host {

namespace {

constexpr NameLength nameLength{1, 60};
constexpr std::chrono::days keepDeadFor{30};

std::string tokenJson(const TokenRecord& token) {
    return JsonWriter()
        .beginObject()
        .member("tokenId", token.id)
        .member("name", token.name)
        .member("expiresAt", token.expiresAt)
        .endObject()
        .take();
}

AuditEvent event(std::string action, const PrincipalRecord& principal, const TokenRecord& token) {
    AuditEvent made;
    made.action = std::move(action);
    made.objectType = "principal";
    made.objectId = std::to_string(principal.id);
    made.organization = soleOrganization(principal.roles);
    (made.action == "token.create" ? made.after : made.before) = tokenJson(token);
    return made;
}

} // namespace

PrincipalRecord TokenService::find(std::int64_t principal) {
    auto found = PrincipalStore(transaction_).find(principal);
    const bool itself = principal == caller_.principal().id;
    if (found && itself && found->robot)
        throw Problem(403, "robots_have_no_tokens", "Robots have no tokens",
                      "A robot logs in with its access key id and secret; rotate those instead.");
    if (!found || found->robot || (!itself && !caller_.sees(*found)))
        throw Problem::notFound();
    return std::move(*found);
}

Page<TokenRecord> TokenService::list(std::int64_t principal, PageRequest page) {
    (void)find(principal);
    return store_.listTokens(principal, page);
}

TokenRecord TokenService::create(std::int64_t principal, const NewToken& token) {
    const PrincipalRecord owner = find(principal);
    caller_.requireHolds(PrincipalStore(transaction_).grants(principal));
    const std::string name = acceptedName(token.name, "name", nameLength).text;
    store_.forgetDeadTokens(principal, transaction_.now() - keepDeadFor);
    if (store_.countLiveTokens(principal) >= mostLiveTokens)
        throw Problem::conflict("too_many_tokens", "The principal has too many tokens",
                                "It has " + std::to_string(mostLiveTokens) +
                                    " valid tokens, the most there can be. Revoke those that nobody uses.");
    std::optional<Instant> expiresAt;
    if (token.expiresInDays)
        expiresAt = transaction_.now() + std::chrono::days(*token.expiresInDays);
    const auto id = store_.insertToken(principal, name, token.digest, expiresAt);
    TokenRecord made = store_.findToken(principal, id).value();
    transaction_.record(event("token.create", owner, made));
    return made;
}

void TokenService::revoke(std::int64_t principal, std::int64_t tokenId) {
    const PrincipalRecord owner = find(principal);
    const auto token = store_.findToken(principal, tokenId);
    if (!token)
        throw Problem::notFound();
    if (token->revokedAt)
        return;
    store_.revokeToken(tokenId);
    const bool administrator = std::ranges::any_of(
        owner.roles, [](const RoleRecord& role) { return role.grant.role == Role::administrator; });
    if (administrator && token->livesAt(transaction_.now()))
        PrincipalService::requireAnAdministrator(transaction_);
    transaction_.record(event("token.revoke", owner, *token));
}

} // namespace coffer::host
