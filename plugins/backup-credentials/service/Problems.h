#pragma once

#include "service/Credential.h"

#include <coffer/sdk/Problem.h>

namespace coffer::backup_credentials {

// The refusals of the rules, in one place: each says what is in the way and what to do about it.

/// 409 `credential_locked`: by whom, since when, why, and how to unlock it.
[[nodiscard]] Problem credentialLocked(const Credential& credential);
/// 409 `credential_not_working`: what is known from its last probe, what to do, and who may pass over it.
[[nodiscard]] Problem credentialNotWorking(const Credential& credential);
/// 409 `credential_in_use`: lists the projects and their owners.
[[nodiscard]] Problem credentialInUse(const Credential& credential, const std::vector<ProjectUse>& uses);
/// 409 `name_taken`.
[[nodiscard]] Problem nameTaken(std::string_view name);
/// 409 `changed_meanwhile`: while its keys were tried, somebody changed it.
[[nodiscard]] Problem changedMeanwhile(const Credential& credential);
/// 403: it may be seen, but not changed.
[[nodiscard]] Problem forbidden();
/// 422 `invalid_s3_credentials`, with the cause, what the probe saw and what to do.
[[nodiscard]] Problem invalidS3Credentials(const Verdict& verdict);
/// 422: storing unverified is switched off by the configuration.
[[nodiscard]] Problem unverifiedNotAllowed();

} // namespace coffer::backup_credentials
