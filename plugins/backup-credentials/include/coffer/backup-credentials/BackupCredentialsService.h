#pragma once

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials {

/// What a sibling learns about a credential. Values only; nothing secret.
struct CredentialSummary {
    std::int64_t id = 0;
    std::int64_t organization = 0;
    std::string name;
    std::string endpoint; ///< `https://s3.example.org`
    std::string region;
    std::string addressing;    ///< `auto`, `path` or `virtual`
    std::string caCertificate; ///< PEM; empty: the system's
    std::string bucket;        ///< empty: none was named
    std::string accessKeyId;
    bool locked = false;
    std::string lockReason; ///< empty unless locked
    std::string lockedBy;   ///< empty unless locked
    std::optional<Instant> lockedSince;
    bool isDefault = false;
    bool works = false;       ///< validation is `valid`
    std::string validation;   ///< `valid`, `failing`, `invalid` or `unverified`
    std::string cause;        ///< why the last probe failed: `wrong_secret`; empty when it did not
    std::string advice;       ///< what to do about it; empty when nothing is to be done
    std::int64_t version = 0; ///< rises with each edit, lock and change of keys
};

/// What checkUse() is asked.
struct CredentialUse {
    std::int64_t organization = 0; ///< whose project wants to back up
    std::int64_t credential = 0;   ///< id
    bool acceptNotWorking = false; ///< somebody who may decided to use it although it does not work
};

/// Of the credentials that a plugin's projects use, those that cannot be backed up with now. Each list has
/// ids in ascending order; a credential can stand in both.
struct SuspendedCredentials {
    std::vector<std::int64_t> locked;
    std::vector<std::int64_t> notWorking;
};

/// A project that backs up with a credential.
struct ProjectAssociation {
    std::string owner;             ///< the id of the plugin that associates it; never `manual`
    std::int64_t organization = 0; ///< whose the project is; the credential must belong to the same
    std::int64_t credential = 0;   ///< id
    std::string projectId;         ///< opaque, 1 to 64 characters
    std::string projectName;       ///< for people, 1 to 200 characters
};

/// Backup credentials for other plugins: find it with
/// `host.find<coffer::backup_credentials::BackupCredentialsService>()` and name `backup-credentials` among
/// your plugin's needs.
///
/// Every call works in the caller's transaction: what it changes is kept or undone with the rest of it, and
/// is recorded in the audit log on behalf of that transaction's origin. No call waits for the network. Any
/// thread; one thread a transaction. The caller has looked at its own caller's permissions already; a
/// credential is found only together with its organization.
///
/// @throws Problem (all calls) 404 `not_found` when that organization has no such credential
class BackupCredentialsService {
public:
    static constexpr std::string_view serviceId = "backup-credentials";
    static constexpr int serviceVersion = 2;

    virtual ~BackupCredentialsService() = default;

    /// Nothing when that organization has no such credential. In read() and write().
    [[nodiscard]] virtual std::optional<CredentialSummary>
    find(Transaction& transaction, std::int64_t organization, std::int64_t credential) = 0;

    /// The organization's default, also a locked one (see CredentialSummary::locked); nothing when it has
    /// none. In read() and write().
    [[nodiscard]] virtual std::optional<CredentialSummary> defaultOf(Transaction& transaction,
                                                                     std::int64_t organization) = 0;

    /// May a project of this organization back up with it? Ask in the write() that acts on the answer, so
    /// that neither lock nor probe comes in between.
    /// @throws Problem 409 `credential_locked`; 409 `credential_not_working` with its `cause`, unless
    /// CredentialUse::acceptNotWorking
    virtual CredentialSummary checkUse(Transaction& transaction, const CredentialUse& use) = 0;

    /// Of the credentials that `owner` associated with projects of the scope, those that are locked or do not
    /// work now. Costs what there are of these, however many projects there are. In read() and write().
    [[nodiscard]] virtual SuspendedCredentials suspended(Transaction& transaction, std::string_view owner,
                                                         const OrganizationScope& scope) = 0;

    /// Associates the project; from then on the credential cannot be deleted. Once more changes nothing but
    /// the display name, which is no use and works while the credential is locked. In write().
    /// @throws Problem 409 `credential_locked`; 422 for an id or name that does not fit;
    /// std::invalid_argument when the owner is `manual` or empty
    virtual void associate(Transaction& transaction, const ProjectAssociation& association) = 0;

    /// Releases what this owner associated, also from a locked credential. In write().
    /// @returns false when there was nothing to release
    virtual bool release(Transaction& transaction, std::string_view owner, std::int64_t organization,
                         std::int64_t credential, std::string_view projectId) = 0;

    /// What `owner` associated, by credential and project: at most `limit`, behind this credential and
    /// project (0 and nothing: from the first). For whoever compares it with what it keeps itself. In read()
    /// and write(). @throws std::invalid_argument when the owner is `manual` or empty
    [[nodiscard]] virtual std::vector<ProjectAssociation>
    associations(Transaction& transaction, std::string_view owner, std::int64_t afterCredential,
                 std::string_view afterProject, std::size_t limit) = 0;

    /// The secret access key, for somebody who was granted `backup-credentials:use` on this credential by
    /// name. Recorded as `backup-credential.use` with the transaction: hand the secret on only after write()
    /// has returned. In write() only.
    /// @param principal  on whose behalf
    /// @param purpose    one sentence for the audit log: what it is wanted for
    /// @throws Problem 403 `use_not_granted`, 409 `credential_locked`, 500 `secret_unreadable`
    [[nodiscard]] virtual SecretBytes openSecret(Transaction& transaction, const Principal& principal,
                                                 std::int64_t organization, std::int64_t credential,
                                                 std::string_view purpose) = 0;
};

} // namespace coffer::backup_credentials
