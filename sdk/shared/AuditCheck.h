#pragma once

#include <coffer/sdk/Audit.h>

#include <memory>
#include <span>

namespace coffer::detail {

/// The event as it is recorded. Hooks run in the order in which they came. They may enrich or redact reason,
/// before and after; what names the event (action, object, organization, result) stays as its author gave it.
/// @throws std::logic_error when before or after is not a JSON object: a mistake of its author's; and what a
///         hook throws
[[nodiscard]] AuditEvent recordable(const AuditEvent& event,
                                    std::span<const std::shared_ptr<AuditHook>> hooks);

} // namespace coffer::detail
