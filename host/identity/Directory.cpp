#include "host/identity/Directory.h"

#include "host/identity/LoginStore.h"
#include "host/identity/PrincipalStore.h"

namespace coffer::host {

namespace {

constexpr std::string_view administratorName = "administrator";

std::int64_t makeAdministrator(Transaction& transaction) {
    PrincipalStore store(transaction);
    const auto id = store.insert(administratorName, false);
    (void)store.insertRole(id, {Role::administrator, 0});
    transaction.record(
        {"principal.create",
         "principal",
         std::to_string(id),
         0,
         AuditResult::success,
         {},
         {},
         R"({"name":"administrator","roles":[{"role":"administrator","organizationId":null}]})"});
    return id;
}

void giveToken(Transaction& transaction, std::int64_t principal, std::string_view name,
               const SecretBytes& token) {
    const auto id =
        LoginStore(transaction).insertToken(principal, name, tokenDigest(token.reveal()), std::nullopt);
    JsonWriter after;
    after.beginObject().member("tokenId", id).member("name", name).nullMember("expiresAt").endObject();
    transaction.record({"token.create",
                        "principal",
                        std::to_string(principal),
                        0,
                        AuditResult::success,
                        {},
                        {},
                        after.take()});
}

} // namespace

bool makeFirstAdministrator(Storage& storage, const std::function<void(const SecretBytes&)>& deliver) {
    const auto empty = [](Transaction& transaction) { return !PrincipalStore(transaction).anyExists(); };
    if (!storage.read(empty))
        return false;
    const SecretBytes token = newToken();
    deliver(token);
    return storage.write(Origin::system("bootstrap"), [&](Transaction& transaction) {
        if (!empty(transaction))
            return false;
        giveToken(transaction, makeAdministrator(transaction), "first start", token);
        return true;
    });
}

SecretBytes revokeEverything(Transaction& transaction) {
    const auto revoked = LoginStore(transaction).revokeEverything();
    JsonWriter after;
    after.beginObject()
        .member("revokedTokens", revoked.tokens)
        .member("revokedRobotSecrets", revoked.robots)
        .member("endedSessions", revoked.sessions)
        .endObject();
    transaction.record(
        {"login.revoke-everything", "login", {}, 0, AuditResult::success, {}, {}, after.take()});

    const auto administrator = PrincipalStore(transaction).firstAdministrator();
    SecretBytes token = newToken();
    giveToken(transaction, administrator ? *administrator : makeAdministrator(transaction), "after restore",
              token);
    return token;
}

} // namespace coffer::host
