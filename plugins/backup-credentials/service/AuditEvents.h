#pragma once

#include "service/Credential.h"

#include <coffer/sdk/Audit.h>

#include <optional>
#include <string>
#include <string_view>

namespace coffer::backup_credentials {

/// An event about `credential`: `backup-credential.<verb>`.
[[nodiscard]] AuditEvent eventAbout(const Credential& credential, std::string_view verb);
/// The same with what differs between the two, in before and after. No secret is in them: that one changed
/// is seen by its fingerprint.
[[nodiscard]] AuditEvent eventOfChange(const Credential& before, const Credential& after,
                                       std::string_view verb);
/// Everything about it, as `before` of a deletion or `after` of a creation.
[[nodiscard]] std::string described(const Credential& credential);
/// What a probe found, as one JSON object.
[[nodiscard]] std::string described(const Verdict& verdict, std::string_view endpoint);

} // namespace coffer::backup_credentials
