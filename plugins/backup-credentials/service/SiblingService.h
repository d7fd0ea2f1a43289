#pragma once

#include "service/Associations.h"

#include <coffer/backup-credentials/BackupCredentialsService.h>

namespace coffer::backup_credentials {

/// BackupCredentialsService on the rules of this plugin. The references must outlive it.
class SiblingService final : public BackupCredentialsService {
public:
    SiblingService(SecretVault& vault, const Associations& associations)
        : vault_(vault), associations_(associations) {}

    [[nodiscard]] std::optional<CredentialSummary> find(Transaction& transaction, std::int64_t organization,
                                                        std::int64_t credential) override;
    [[nodiscard]] std::optional<CredentialSummary> defaultOf(Transaction& transaction,
                                                             std::int64_t organization) override;
    CredentialSummary checkUse(Transaction& transaction, const CredentialUse& use) override;
    [[nodiscard]] SuspendedCredentials suspended(Transaction& transaction, std::string_view owner,
                                                 const OrganizationScope& scope) override;
    void associate(Transaction& transaction, const ProjectAssociation& association) override;
    bool release(Transaction& transaction, std::string_view owner, std::int64_t organization,
                 std::int64_t credential, std::string_view projectId) override;
    [[nodiscard]] std::vector<ProjectAssociation>
    associations(Transaction& transaction, std::string_view owner, std::int64_t afterCredential,
                 std::string_view afterProject, std::size_t limit) override;
    [[nodiscard]] SecretBytes openSecret(Transaction& transaction, const Principal& principal,
                                         std::int64_t organization, std::int64_t credential,
                                         std::string_view purpose) override;

private:
    SecretVault& vault_;
    const Associations& associations_;
};

} // namespace coffer::backup_credentials
