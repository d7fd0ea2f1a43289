#pragma once

#include "service/Project.h"

#include <coffer/backup-credentials/BackupCredentialsService.h>
#include <coffer/sdk/Problem.h>

#include <string_view>

namespace coffer::projects {

// The refusals of the rules, in one place: each says what is in the way and what to do about it. A credential
// that is locked or does not work is refused by backup-credentials itself.

/// 403: it may be seen, but not changed.
[[nodiscard]] Problem forbidden();
/// 403: only administrators pass over a credential that does not work.
[[nodiscard]] Problem overrideForbidden();
/// 409 `name_taken`, by another project of the organization or another policy of the project.
[[nodiscard]] Problem nameTaken(std::string_view what, std::string_view name);
/// 409 `credential_not_in_organization`: the same whether it does not exist or is somebody else's.
[[nodiscard]] Problem credentialNotInOrganization();
/// 409 `no_default`: no credential was named, and the organization has no default.
[[nodiscard]] Problem noDefault();
/// 409 `credential_locked`, when none was named and the default is locked.
[[nodiscard]] Problem defaultLocked(const backup_credentials::CredentialSummary& credential);
/// 409 `backup_already_disabled`.
[[nodiscard]] Problem alreadyDisabled();
/// 409 `backup_disabled`: there is nothing that a manifest could say.
[[nodiscard]] Problem backupDisabled(const Project& project);
/// 409 `backup_enabled`: it is not deleted unless asked for.
[[nodiscard]] Problem backupEnabled(const Project& project);
/// 409 `no_bucket`: neither project nor credential names one.
[[nodiscard]] Problem noBucket(const Project& project);
/// 409 `too_many_policies`.
[[nodiscard]] Problem tooManyPolicies();

} // namespace coffer::projects
