#include "FakeVault.h"

#include "sdk/shared/SecretCheck.h"

#include <Poco/SHA2Engine.h>

#include <array>

namespace coffer::testkit {

namespace {

constexpr std::array<Migration, 1> steps{
    {{1, "what secrets are bound to",
      "CREATE TABLE testkit_secret (id INTEGER PRIMARY KEY AUTOINCREMENT,"
      "organization INTEGER NOT NULL, record TEXT NOT NULL,"
      "field TEXT NOT NULL, version INTEGER NOT NULL,"
      "slot INTEGER NOT NULL) STRICT"}}};

/// Where the secret lies that all of this names. @throws Problem `secret_unreadable` when any of it differs
std::int64_t slotOf(Transaction& transaction, SecretReference reference, const SecretContext& context) {
    Rows rows = transaction.query("SELECT slot FROM testkit_secret WHERE id = ? AND version = ? AND "
                                  "organization = ? AND record = ? AND field = ?",
                                  reference.id, reference.version, context.organization, context.record,
                                  context.field);
    if (!rows.next())
        throw detail::secretUnreadable();
    return rows.integer(0);
}

} // namespace

std::span<const Migration> FakeVault::migrations() noexcept {
    return steps;
}

std::int64_t FakeVault::keep(const SecretBytes& secret) {
    detail::requireSecretSize(secret);
    const auto slot = static_cast<std::int64_t>(slots_.size());
    slots_.emplace(slot, secret.clone());
    return slot;
}

SecretReference FakeVault::store(Transaction& transaction, const SecretContext& context,
                                 const SecretBytes& secret) {
    detail::requireSecretContext(context);
    transaction.execute("INSERT INTO testkit_secret (organization, record, field, version, slot) "
                        "VALUES (?, ?, ?, 1, ?)",
                        context.organization, context.record, context.field, keep(secret));
    return {transaction.lastInsertId(), 1};
}

SecretReference FakeVault::replace(Transaction& transaction, SecretReference reference,
                                   const SecretContext& context, const SecretBytes& secret) {
    detail::requireSecretContext(context);
    (void)slotOf(transaction, reference, context);
    transaction.execute("UPDATE testkit_secret SET version = version + 1, slot = ? WHERE id = ?",
                        keep(secret), reference.id);
    transaction.scrub();
    return {reference.id, reference.version + 1};
}

void FakeVault::erase(Transaction& transaction, SecretReference reference) {
    transaction.execute("DELETE FROM testkit_secret WHERE id = ?", reference.id);
    transaction.scrub();
}

SecretBytes FakeVault::open(Transaction& transaction, SecretReference reference,
                            const SecretContext& context) {
    return slots_.at(slotOf(transaction, reference, context)).clone();
}

std::string FakeVault::fingerprint(const SecretBytes& secret) const {
    constexpr std::size_t shown = 16;
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update("testkit fingerprint");
    engine.update(secret.reveal().data(), secret.size());
    return Poco::DigestEngine::digestToHex(engine.digest()).substr(0, shown);
}

} // namespace coffer::testkit
