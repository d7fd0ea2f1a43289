#pragma once

#include "host/audit/AuditLog.h"

#include <coffer/sdk/Http.h>

#include <vector>

namespace coffer::host {

/// `/audit`: the log, its download and its signed head. Permission `audit:audit`; a caller sees the records
/// of its organizations, and those of none only when it may see all. The routes keep references to both.
[[nodiscard]] std::vector<Route> auditRoutes(Storage& storage, AuditLog& log);

} // namespace coffer::host
