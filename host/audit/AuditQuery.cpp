#include "host/audit/AuditQuery.h"

#include "host/audit/AuditStore.h"

#include <coffer/sdk/Json.h>

namespace coffer::host {

namespace {

/// The filters by which the log can be entered, the most selective first; all others are checked row by row.
enum class Entry { request, object, principal, organization, action, sequence };
constexpr std::size_t entries = 6;

std::string entryIndex(Entry entry) {
    switch (entry) {
    case Entry::request:
        return "INDEXED BY audit_record_request WHERE request_id = ?13 AND ";
    case Entry::object:
        return "INDEXED BY audit_record_object WHERE object_type = ?10 AND object_id = ?11 AND ";
    case Entry::principal:
        return "INDEXED BY audit_record_principal WHERE principal_name = ?5 AND ";
    case Entry::organization:
        return "INDEXED BY audit_record_organization WHERE organization = ?7 AND ";
    case Entry::action:
        return "INDEXED BY audit_record_action WHERE action = ?8 AND ";
    case Entry::sequence:
        break;
    }
    return "NOT INDEXED WHERE ";
}

constexpr std::string_view everyFilter =
    "sequence > ?1 AND sequence < ?2 AND (?3 IS NULL OR time >= ?3) AND (?4 IS NULL OR time <= ?4) "
    "AND (?5 IS NULL OR principal_name = ?5) AND (?6 IS NULL OR principal = ?6) "
    "AND (?7 IS NULL OR organization = ?7) AND (?8 IS NULL OR action = ?8) "
    "AND (?9 IS NULL OR substr(action, 1, length(?9)) = ?9) "
    "AND (?10 IS NULL OR object_type = ?10) AND (?11 IS NULL OR object_id = ?11) "
    "AND (?12 IS NULL OR result = CAST(?12 AS INTEGER)) AND (?13 IS NULL OR request_id = ?13) "
    "AND (?14 IS NULL OR organization IN (SELECT value FROM json_each(?14))) ORDER BY sequence ";

/// Twelve statements, made once from constants.
const std::string& statementFor(Entry entry, AuditOrder order) {
    static const auto all = [] {
        std::array<std::array<std::string, 2>, entries> made;
        for (std::size_t i = 0; i < entries; ++i)
            for (const std::size_t direction : {0U, 1U})
                made[i][direction] = "SELECT " + std::string(audit_store::columns) + " FROM audit_record " +
                                     entryIndex(static_cast<Entry>(i)) + std::string(everyFilter) +
                                     (direction == 0 ? "DESC" : "ASC") + " LIMIT ?15";
        return made;
    }();
    return all[static_cast<std::size_t>(entry)][order == AuditOrder::newestFirst ? 0 : 1];
}

Entry entryFor(const AuditFilter& filter, bool wholeAction) {
    if (filter.requestId)
        return Entry::request;
    if (filter.objectType && filter.objectId)
        return Entry::object;
    if (filter.principal)
        return Entry::principal;
    if (filter.organization)
        return Entry::organization;
    return filter.action && wholeAction ? Entry::action : Entry::sequence;
}

/// Narrows the range to the records of a stretch of time. Numbers rise with time, but the clock may step
/// back: so it is the smallest range that holds them all.
AuditRange within(Transaction& transaction, const AuditFilter& filter, AuditRange range) {
    Rows rows = transaction.query("SELECT min(sequence), max(sequence) FROM audit_record "
                                  "INDEXED BY audit_record_time WHERE time >= ? AND time <= ?",
                                  filter.from.value_or(Instant::min()), filter.to.value_or(Instant::max()));
    if (!rows.next() || rows.isNull(0))
        return {0, 0};
    return {std::max(range.above, rows.integer(0) - 1), std::min(range.below, rows.integer(1) + 1)};
}

std::optional<std::string> scopeJson(const OrganizationScope& scope) {
    if (scope.all)
        return std::nullopt;
    JsonWriter json;
    json.beginArray();
    for (const std::int64_t organization : scope.organizations)
        json.value(organization);
    json.endArray();
    return json.take();
}

/// The result as the table keeps it.
std::optional<std::string> resultNumber(const AuditFilter& filter) {
    if (!filter.result)
        return std::nullopt;
    return std::to_string(static_cast<int>(*filter.result));
}

} // namespace

void findRecords(Transaction& transaction, const AuditFilter& asked, AuditRange range, AuditOrder order,
                 std::size_t limit, const std::function<bool(AuditRecord)>& receive) {
    AuditFilter filter = asked;
    if (!filter.organization && !filter.scope.all && filter.scope.organizations.size() == 1)
        filter.organization = filter.scope.organizations.front();
    const bool byPrefix = filter.action && filter.action->ends_with('*');
    const auto prefix = byPrefix ? std::optional(filter.action->substr(0, filter.action->size() - 1))
                                 : std::optional<std::string>();
    const auto action = byPrefix ? std::optional<std::string>() : filter.action;
    const Entry entry = entryFor(filter, !byPrefix);
    if (entry == Entry::sequence && (filter.from || filter.to))
        range = within(transaction, filter, range);
    Rows rows = transaction.query(statementFor(entry, order), range.above, range.below, filter.from,
                                  filter.to, filter.principal, filter.principalId, filter.organization,
                                  action, prefix, filter.objectType, filter.objectId, resultNumber(filter),
                                  filter.requestId, scopeJson(filter.scope), limit);
    while (rows.next())
        if (!receive(audit_store::toRecord(rows)))
            return;
}

} // namespace coffer::host
