#include "host/audit/AuditExport.h"

#include "host/audit/AuditStore.h"

namespace coffer::host {

namespace {

constexpr std::size_t pageSize = 500;
/// How many records one read() looks at, whether they match or not.
constexpr std::int64_t windowSize = 20'000;
constexpr std::size_t pieceSize = 64 * 1024;

constexpr std::string_view csvHeader =
    "sequence,time,action,result,reason,principalId,principal,address,requestId,organizationId,objectType,"
    "objectId,before,after,mac\r\n";

std::string csvCell(std::string_view text) {
    const bool formula =
        !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string out = formula ? "\"'" : "\"";
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    return out += '"';
}

class RecordExport final : public BodyProducer {
public:
    RecordExport(Storage& storage, AuditFilter filter, ExportFormat format)
        : storage_(storage), filter_(std::move(filter)), format_(format) {}

    std::string next() override {
        std::string piece;
        if (!begun_ && format_ == ExportFormat::csv)
            piece = csvHeader;
        // A filter that matches little is searched page after page, each in a snapshot of its own.
        while (!ended_ && piece.size() < pieceSize)
            addPage(piece);
        return piece;
    }

private:
    void addPage(std::string& piece) {
        const std::size_t before = piece.size();
        const std::int64_t from = range_.above;
        storage_.read([&](Transaction& transaction) {
            piece.resize(before);
            if (!begun_)
                range_.below = audit_store::last(transaction).sequence + 1;
            const AuditRange window{from, std::min(range_.below, from + windowSize)};
            range_.above = window.below - 1;
            std::size_t found = 0;
            findRecords(transaction, filter_, window, AuditOrder::oldestFirst, pageSize,
                        [&](const AuditRecord& record) {
                            piece += format_ == ExportFormat::csv ? toCsv(record) : toJson(record) + '\n';
                            const bool full = ++found == pageSize || piece.size() >= pieceSize;
                            if (full)
                                range_.above = record.sequence;
                            return !full;
                        });
        });
        begun_ = true;
        ended_ = range_.above >= range_.below - 1;
    }

    Storage& storage_;
    AuditFilter filter_;
    ExportFormat format_;
    AuditRange range_;
    bool begun_ = false;
    bool ended_ = false;
};

} // namespace

std::string toCsv(const AuditRecord& record) {
    const auto& [sequence, time, origin, event, mac] = record;
    std::string line = std::to_string(sequence) + ',' + formatRfc3339(time);
    for (const std::string& cell :
         {event.action, std::string(toString(event.result)), event.reason, std::to_string(origin.principal),
          origin.principalName, origin.address, origin.requestId, std::to_string(event.organization),
          event.objectType, event.objectId, event.before, event.after, mac})
        line += ',' + csvCell(cell);
    return line += "\r\n";
}

std::shared_ptr<BodyProducer> exportRecords(Storage& storage, AuditFilter filter, ExportFormat format) {
    return std::make_shared<RecordExport>(storage, std::move(filter), format);
}

} // namespace coffer::host
