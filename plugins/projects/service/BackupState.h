#pragma once

#include "service/CredentialsService.h"
#include "service/Project.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::projects {

/// How a project's backup stands. The string forms are the enumerators' names.
enum class BackupState {
    disabled,
    enabled,
    suspended, ///< its credential is locked, or does not work and nobody accepted that
    unknown    ///< nobody can tell: backup-credentials is gone
};
[[nodiscard]] std::string_view toString(BackupState state) noexcept;

/// Why it is suspended or unknown.
struct Reason {
    std::string code;   ///< `credential_locked`, `credential_not_working`, `backup_credentials_gone`
    std::string detail; ///< for people
    std::string cause;  ///< why the last probe failed; empty when that is not the reason
};

/// A project with what backup-credentials knows about it now. Nothing of that is stored here, so that nothing
/// of it can be out of date.
struct Shown {
    Project project;
    BackupState state = BackupState::disabled;
    std::optional<Reason> reason;
    std::optional<backup_credentials::CredentialSummary> credential; ///< that it is backed up with
    std::optional<backup_credentials::CredentialSummary> offered; ///< the default, when it is not backed up
};

/// Asks for each credential and each organization's default once. In read() and write().
[[nodiscard]] std::vector<Shown> shown(Transaction& transaction, const CredentialsService& credentials,
                                       std::vector<Project> projects);
[[nodiscard]] Shown shown(Transaction& transaction, const CredentialsService& credentials, Project project);

/// The one rule by which a project is suspended; the same as store::Suspended has for lists.
[[nodiscard]] std::optional<Reason> whySuspended(const Backup& backup,
                                                 const backup_credentials::CredentialSummary& credential);

} // namespace coffer::projects
