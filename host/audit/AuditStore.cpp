#include "host/audit/AuditStore.h"

#include "host/secrets/Blob.h"
#include "host/secrets/Hex.h"

namespace coffer::host::audit_store {

namespace {

constexpr std::string_view insertRecord = "INSERT INTO audit_record (sequence, time, principal, "
                                          "principal_name, address, request_id, action, result, "
                                          "reason, organization, object_type, object_id, before, after, mac) "
                                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view selectAfter =
    "SELECT sequence, time, principal, principal_name, address, request_id, action, result, reason, "
    "organization, object_type, object_id, before, after, mac "
    "FROM audit_record WHERE sequence > ? ORDER BY sequence LIMIT ?";
constexpr std::string_view selectHistory =
    "SELECT sequence, time, principal, principal_name, address, request_id, action, result, reason, "
    "organization, object_type, object_id, before, after, mac "
    "FROM audit_record INDEXED BY audit_record_object "
    "WHERE object_type = ? AND object_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";

AuditResult resultFrom(std::int64_t number) noexcept {
    return number == 0 ? AuditResult::success : number == 1 ? AuditResult::refused : AuditResult::failed;
}

} // namespace

AuditRecord toRecord(const Rows& rows) {
    AuditRecord record;
    record.sequence = rows.integer(0);
    record.time = rows.instant(1);
    record.origin = {rows.integer(2), rows.string(3), rows.string(4), rows.string(5)};
    record.event.action = rows.string(6);
    record.event.result = resultFrom(rows.integer(7));
    record.event.reason = rows.string(8);
    record.event.organization = rows.integer(9);
    record.event.objectType = rows.string(10);
    record.event.objectId = rows.string(11);
    record.event.before = rows.string(12);
    record.event.after = rows.string(13);
    record.mac = toHex(asText(rows.blob(14)));
    return record;
}

std::string chainId(Transaction& transaction) {
    Rows rows = transaction.query("SELECT chain FROM audit_chain WHERE id = 1");
    return rows.next() ? rows.string(0) : std::string();
}

Last last(Transaction& transaction) {
    Rows rows =
        transaction.query("SELECT sequence, mac, action FROM audit_record ORDER BY sequence DESC LIMIT 1");
    if (!rows.next())
        return {};
    return {rows.integer(0), std::string(asText(rows.blob(1))), rows.string(2)};
}

void insert(Transaction& transaction, const AuditRecord& record, std::string_view mac) {
    const auto& [sequence, time, origin, event, ignored] = record;
    transaction.execute(insertRecord, sequence, time, origin.principal, origin.principalName, origin.address,
                        origin.requestId, event.action, static_cast<int>(event.result), event.reason,
                        event.organization, event.objectType, event.objectId, event.before, event.after,
                        asBlob(mac));
}

std::vector<AuditRecord> after(Transaction& transaction, std::int64_t position, std::size_t limit) {
    std::vector<AuditRecord> records;
    Rows rows = transaction.query(selectAfter, position, limit);
    while (rows.next())
        records.push_back(toRecord(rows));
    return records;
}

void history(Transaction& transaction, std::string_view objectType, std::string_view objectId,
             std::int64_t beforeSequence, std::size_t limit,
             const std::function<void(const AuditRecord&)>& receive) {
    Rows rows = transaction.query(selectHistory, objectType, objectId, beforeSequence, limit);
    while (rows.next())
        receive(toRecord(rows));
}

std::int64_t position(Transaction& transaction, std::string_view sink) {
    Rows rows = transaction.query("SELECT position FROM audit_sink WHERE name = ?", sink);
    return rows.next() ? rows.integer(0) : 0;
}

void setPosition(Transaction& transaction, std::string_view sink, std::int64_t position) {
    transaction.execute("INSERT INTO audit_sink (name, position) VALUES (?, ?) "
                        "ON CONFLICT (name) DO UPDATE SET position = excluded.position",
                        sink, position);
}

} // namespace coffer::host::audit_store
