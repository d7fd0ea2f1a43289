#pragma once

#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <map>
#include <span>

namespace coffer::testkit {

/// The vault in memory. What a secret is bound to lies in a table, so that it is undone with its transaction;
/// the secret itself does not, so that no text of it is in the database. Used inside transactions only, and
/// those of FakeStorage wait for each other.
class FakeVault final : public SecretVault {
public:
    [[nodiscard]] static std::span<const Migration> migrations() noexcept;

    SecretReference store(Transaction& transaction, const SecretContext& context,
                          const SecretBytes& secret) override;
    SecretReference replace(Transaction& transaction, SecretReference reference, const SecretContext& context,
                            const SecretBytes& secret) override;
    void erase(Transaction& transaction, SecretReference reference) override;
    SecretBytes open(Transaction& transaction, SecretReference reference,
                     const SecretContext& context) override;
    [[nodiscard]] std::string fingerprint(const SecretBytes& secret) const override;

private:
    [[nodiscard]] std::int64_t keep(const SecretBytes& secret);

    std::map<std::int64_t, SecretBytes> slots_; ///< those of undone transactions stay unused
};

} // namespace coffer::testkit
