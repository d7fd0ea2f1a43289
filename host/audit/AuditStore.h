#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Storage.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// The audit log's tables. SQL only. Each call runs in the caller's transaction.
namespace audit_store {

/// The columns that toRecord() reads, in its order.
constexpr std::string_view columns =
    "sequence, time, principal, principal_name, address, request_id, action, result, reason, organization, "
    "object_type, object_id, before, after, mac";
[[nodiscard]] AuditRecord toRecord(const Rows& rows);

[[nodiscard]] std::string chainId(Transaction& transaction);

/// The newest record's number and mac; 0 and empty when there is none.
struct Last {
    std::int64_t sequence = 0;
    std::string mac;
    std::string action;
};
[[nodiscard]] Last last(Transaction& transaction);

/// @param mac 32 bytes; the record's own member is not looked at
void insert(Transaction& transaction, const AuditRecord& record, std::string_view mac);

/// Up to `limit` records behind `position`, oldest first.
[[nodiscard]] std::vector<AuditRecord> after(Transaction& transaction, std::int64_t position,
                                             std::size_t limit);

/// The records about one object, newest first, for HostContext::auditHistory(): at most `limit` with a
/// sequence below `beforeSequence`.
void history(Transaction& transaction, std::string_view objectType, std::string_view objectId,
             std::int64_t beforeSequence, std::size_t limit,
             const std::function<void(const AuditRecord&)>& receive);

/// Up to where a sink has got.
[[nodiscard]] std::int64_t position(Transaction& transaction, std::string_view sink);
void setPosition(Transaction& transaction, std::string_view sink, std::int64_t position);

} // namespace audit_store
} // namespace coffer::host
