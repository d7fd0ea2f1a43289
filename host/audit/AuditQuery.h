#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Storage.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace coffer::host {

/// Which records are wanted. What is not set does not matter.
struct AuditFilter {
    OrganizationScope scope; ///< records of other organizations are not there
    std::optional<Instant> from;
    std::optional<Instant> to;
    std::optional<std::string> principal; ///< by name
    std::optional<std::int64_t> principalId;
    std::optional<std::int64_t> organization;
    std::optional<std::string> action; ///< exactly, or what begins with the part before a `*` at its end
    std::optional<std::string> objectType;
    std::optional<std::string> objectId;
    std::optional<AuditResult> result;
    std::optional<std::string> requestId;
};

enum class AuditOrder { newestFirst, oldestFirst };

/// A stretch of the log, both ends excluded.
struct AuditRange {
    std::int64_t above = 0;
    std::int64_t below = std::numeric_limits<std::int64_t>::max();
};

/// Gives the matching records in the range one by one, at most `limit`, until `receive` returns false. The
/// most selective of the filters picks the index; the cost of a page does not grow with its depth.
void findRecords(Transaction& transaction, const AuditFilter& filter, AuditRange range, AuditOrder order,
                 std::size_t limit, const std::function<bool(AuditRecord)>& receive);

} // namespace coffer::host
