#pragma once

#include "service/Policy.h"
#include "service/Project.h"

#include <coffer/sdk/Audit.h>

#include <optional>
#include <string_view>

namespace coffer::projects {

/// An event about `project`: `project.<verb>`.
[[nodiscard]] AuditEvent eventAbout(const Project& project, std::string_view verb);
/// What differs between the two, in before and after; with nothing on one side, all of the other.
[[nodiscard]] AuditEvent eventOfChange(const Project& project, std::string_view verb, const Project* before,
                                       const Project* after);
/// The same for a policy of the project.
[[nodiscard]] AuditEvent eventOfChange(const Project& project, std::string_view verb, const Policy* before,
                                       const Policy* after);

} // namespace coffer::projects
