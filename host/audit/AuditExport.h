#pragma once

#include "host/audit/AuditQuery.h"

#include <coffer/sdk/Http.h>

#include <memory>
#include <string>

namespace coffer::host {

enum class ExportFormat { ndjson, csv };

/// One record as a line of CSV (RFC 4180). A cell that a spreadsheet would take for a formula (it begins with
/// = + - @, a tab or a carriage return) gets an apostrophe in front.
[[nodiscard]] std::string toCsv(const AuditRecord& record);

/// The matching records, oldest first, piece by piece: pages by key, so that no snapshot stays open and
/// memory stays bounded. It ends at what was the newest record when it began. Keeps a reference to the
/// storage.
[[nodiscard]] std::shared_ptr<BodyProducer> exportRecords(Storage& storage, AuditFilter filter,
                                                          ExportFormat format);

} // namespace coffer::host
