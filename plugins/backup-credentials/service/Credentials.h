#pragma once

#include "service/Access.h"
#include "service/Credential.h"
#include "service/Settings.h"

#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Text.h>

#include <cstdint>
#include <optional>
#include <string>

namespace coffer::backup_credentials {

/// A credential that somebody asks for, its fields checked.
struct NewCredential {
    std::int64_t organization = 0;
    Name name;
    std::string endpoint; ///< normalized
    std::string region;
    std::string accessKeyId;
    SecretBytes secretAccessKey;
    Addressing addressing = Addressing::automatic;
    std::string caCertificate;
    std::string bucket;
    bool storeUnverified = false;
};

/// What is to become different; what is not there stays as it is.
struct CredentialChange {
    std::optional<Name> name;
    std::optional<std::string> accessKeyId;
    SecretBytes secretAccessKey; ///< empty: stays
    std::optional<Addressing> addressing;
    std::optional<std::string> caCertificate; ///< empty text: none from now on
    std::optional<std::string> bucket;        ///< empty text: none from now on
    bool storeUnverified = false;
    std::optional<std::int64_t> ifMatch;
};

/// A credential as it was when a probe of it began. The probe runs outside of any transaction; by this the
/// transaction afterwards sees whether it is still about the same.
struct ProbeSnapshot {
    Credential credential; ///< with the keys and settings that are tried
    SecretBytes secretAccessKey;
    std::int64_t version = 0;
    std::int64_t keysVersion = 0;

    /// The request points to this object's secret.
    [[nodiscard]] ProbeRequest request() const;
};

/// The rules of backup credentials. Every function works in the caller's transaction, throws a Problem when a
/// rule refuses, records what it changes, and waits for nothing. Any thread; no state but its references,
/// which must outlive it.
class Credentials {
public:
    Credentials(SecretVault& vault, const Settings& settings) : vault_(vault), settings_(settings) {}

    /// @throws Problem 404 outside of what is visible, 403 where it may be seen only
    [[nodiscard]] Credential get(Transaction& transaction, std::int64_t id, const Access& access) const;

    /// Everything that can be refused before the endpoint is asked.
    void checkNew(Transaction& transaction, const NewCredential& wanted, const Access& access) const;
    /// Checks again and stores it. @throws Problem 422 `invalid_s3_credentials` unless the endpoint accepted
    /// the keys, or storing unverified is wanted and allowed
    [[nodiscard]] Credential create(Transaction& transaction, const NewCredential& wanted,
                                    const Access& access, const Verdict& verdict) const;

    /// Everything that can be refused before the endpoint is asked, and what to ask it.
    /// @returns nothing when the change needs no probe
    [[nodiscard]] std::optional<ProbeSnapshot> prepareUpdate(Transaction& transaction, std::int64_t id,
                                                             const CredentialChange& change,
                                                             const Access& access) const;
    /// @param tried    what prepareUpdate() gave
    /// @param verdict  about it
    [[nodiscard]] Credential update(Transaction& transaction, std::int64_t id, const CredentialChange& change,
                                    const Access& access, const std::optional<ProbeSnapshot>& tried,
                                    const std::optional<Verdict>& verdict) const;
    void remove(Transaction& transaction, std::int64_t id, const Access& access,
                std::optional<std::int64_t> ifMatch) const;

    /// What a function left behind that changes nothing when it already is so.
    struct Outcome {
        Credential credential;
        bool already = false;
    };
    [[nodiscard]] Outcome lock(Transaction& transaction, std::int64_t id, const Access& access,
                               std::optional<std::int64_t> ifMatch, const std::string& reason) const;
    [[nodiscard]] Outcome unlock(Transaction& transaction, std::int64_t id, const Access& access,
                                 std::optional<std::int64_t> ifMatch) const;
    [[nodiscard]] Outcome makeDefault(Transaction& transaction, std::int64_t id, const Access& access,
                                      std::optional<std::int64_t> ifMatch) const;
    [[nodiscard]] Outcome clearDefault(Transaction& transaction, std::int64_t id, const Access& access,
                                       std::optional<std::int64_t> ifMatch) const;
    /// @throws Problem 404 `no_default`; `not_found` outside of what is visible
    [[nodiscard]] Credential defaultOf(Transaction& transaction, std::int64_t organization,
                                       const Access& access) const;

private:
    [[nodiscard]] Credential changeable(Transaction& transaction, std::int64_t id, const Access& access,
                                        std::optional<std::int64_t> ifMatch) const;
    void checkUnverified(std::int64_t organization, const Access& access) const;
    void checkName(Transaction& transaction, std::int64_t organization, const Name& name,
                   std::int64_t except) const;

    SecretVault& vault_;
    const Settings& settings_;
};

} // namespace coffer::backup_credentials
