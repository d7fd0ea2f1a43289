#include "host/audit/AuditRoutes.h"

#include "host/audit/AuditExport.h"
#include "host/audit/AuditQuery.h"
#include "host/secrets/Hex.h"

#include <coffer/sdk/Json.h>

#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/MediaType.h>
#include <Poco/NumberParser.h>
#include <Poco/String.h>

#include <charconv>

namespace coffer::host {

namespace {

constexpr const char* permission = "audit:audit";
constexpr std::int64_t defaultLimit = 50;
constexpr std::int64_t largestLimit = 500;

std::vector<Field> filterFields() {
    return {Field::instant("from", "Not before this time"),
            Field::instant("to", "Not after this time"),
            Field::string("principal", "Name of who did it").length(1, 200),
            Field::integer("principalId", "Id of who did it").range(0, INT32_MAX),
            Field::integer("organizationId", "To which organization it belongs").range(0, INT32_MAX),
            Field::string("action", "What was done; with a * at its end, what begins like it")
                .length(1, 200)
                .example("backup-credential.*"),
            Field::string("objectType", "To what kind of thing").length(1, 200),
            Field::string("objectId", "To which one").length(1, 200),
            Field::string("result", "How it ended").oneOf({"success", "refused", "failed"}),
            Field::string("requestId", "In which request").length(1, 200)};
}

std::vector<Field> recordFields() {
    return {Field::integer("sequence", "Number of the record: 1, 2, 3... without a hole").required(),
            Field::instant("time", "When it happened").required(),
            Field::string("action", "What was done: object type, dot, verb").required(),
            Field::string("result", "How it ended").oneOf({"success", "refused", "failed"}).required(),
            Field::string("reason", "Why it was refused or failed").required(),
            Field::integer("principalId", "Who did it; 0 for nobody known and for the daemon").required(),
            Field::string("principal", "The name of who did it").required(),
            Field::string("address", "From which address").required(),
            Field::string("requestId", "In which request").required(),
            Field::integer("organizationId", "To which organization it belongs; 0 for none").required(),
            Field::string("objectType", "To what kind of thing").required(),
            Field::string("objectId", "To which one").required(),
            Field::object("before", "What changed, before", {}).nullable().required(),
            Field::object("after", "What changed, after", {}).nullable().required(),
            Field::string("mac", "HMAC-SHA-256 over the record and the mac before it").required()};
}

std::optional<AuditResult> resultFrom(const std::optional<std::string>& text) {
    for (const AuditResult result : {AuditResult::success, AuditResult::refused, AuditResult::failed})
        if (text && *text == toString(result))
            return result;
    return std::nullopt;
}

AuditFilter filterFrom(const RequestContext& context) {
    const Values& query = context.query();
    return {context.scope(),
            query.maybeInstant("from"),
            query.maybeInstant("to"),
            query.maybeString("principal"),
            query.maybeInteger("principalId"),
            query.maybeInteger("organizationId"),
            query.maybeString("action"),
            query.maybeString("objectType"),
            query.maybeString("objectId"),
            resultFrom(query.maybeString("result")),
            query.maybeString("requestId")};
}

/// Where a page ended, and how many records stood before it.
struct Cursor {
    std::int64_t sequence = std::numeric_limits<std::int64_t>::max();
    std::int64_t passed = 0;

    [[nodiscard]] std::string text() const {
        return toHex(std::to_string(sequence) + '.' + std::to_string(passed));
    }
    [[nodiscard]] static Cursor parse(const std::optional<std::string>& text) {
        Cursor cursor;
        if (!text)
            return cursor;
        const std::string plain = fromHex(*text);
        const char* const end = plain.data() + plain.size();
        const auto first = std::from_chars(plain.data(), end, cursor.sequence);
        if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.')
            throw bad();
        const auto second = std::from_chars(first.ptr + 1, end, cursor.passed);
        if (second.ec != std::errc{} || second.ptr != end || cursor.sequence < 1 || cursor.passed < 0)
            throw bad();
        return cursor;
    }

private:
    [[nodiscard]] static Problem bad() {
        Problem problem = Problem::invalidFields();
        problem.field("query.cursor", "invalid", "Send the nextCursor of the page before, or none.");
        return problem;
    }
};

std::string page(Transaction& transaction, const AuditFilter& filter, const Cursor& cursor,
                 std::int64_t limit) {
    JsonWriter json;
    json.beginObject().key("items").beginArray();
    std::int64_t count = 0;
    std::int64_t lastShown = cursor.sequence;
    bool more = false;
    findRecords(transaction, filter, {0, cursor.sequence}, AuditOrder::newestFirst,
                static_cast<std::size_t>(limit) + 1, [&](const AuditRecord& record) {
                    more = count == limit;
                    if (more)
                        return false;
                    json.raw(toJson(record));
                    lastShown = record.sequence;
                    ++count;
                    return true;
                });
    json.endArray().key("nextCursor");
    const std::int64_t known = cursor.passed + count;
    if (more)
        json.value(Cursor{lastShown, known}.text());
    else
        json.null();
    json.member("totalCount", more ? known + 1 : known).member("totalIsExact", !more).endObject();
    return json.take();
}

Route listRoute() {
    Route route;
    route.pattern = "/audit";
    route.permission = permission;
    route.summary = "Lists audit records, newest first";
    route.description = "`totalCount` is what the pages so far have shown, and one more when there is more.";
    route.query = filterFields();
    route.query.push_back(
        Field::integer("limit", "How many at most").range(1, largestLimit).example(defaultLimit));
    route.query.push_back(Field::string("cursor", "nextCursor of the page before").length(1, 100));
    route.response = {
        Field::objects("items", "The records", recordFields()).required(),
        Field::string("nextCursor", "Send it as cursor for the next page; null: this is the last")
            .nullable()
            .required(),
        Field::integer("totalCount", "How many records match").required(),
        Field::boolean("totalIsExact", "Whether totalCount is exact, or a lower bound").required()};
    route.handler = [](RequestContext& context) {
        const AuditFilter filter = filterFrom(context);
        const Cursor cursor = Cursor::parse(context.query().maybeString("cursor"));
        const std::int64_t limit = context.query().maybeInteger("limit").value_or(defaultLimit);
        return Response::json(
            context.read([&](Transaction& transaction) { return page(transaction, filter, cursor, limit); }));
    };
    return route;
}

/// How much Accept wants a type, 0 to 1: what the closest of its ranges says (RFC 9110, 12.5.1).
double quality(const std::vector<std::string>& ranges, const Poco::Net::MediaType& type) {
    int closest = 0;
    double wanted = 0;
    for (const std::string& text : ranges) {
        const Poco::Net::MediaType range(text);
        const int closeness = range.getType() == "*" ? 1 : range.getSubType() == "*" ? 2 : 3;
        if (closeness <= closest || !range.matchesRange(type))
            continue;
        closest = closeness;
        wanted = 1;
        if (range.hasParameter("q") && !Poco::NumberParser::tryParseFloat(range.getParameter("q"), wanted))
            wanted = 0;
    }
    return wanted;
}

bool prefersCsv(const Poco::Net::HTTPRequest& head) {
    std::vector<std::string> ranges;
    for (auto header = head.find("Accept");
         header != head.end() && Poco::icompare(header->first, "Accept") == 0; ++header)
        Poco::Net::MessageHeader::splitElements(header->second, ranges);
    return quality(ranges, {"text", "csv"}) > quality(ranges, {"application", "x-ndjson"});
}

Route exportRoute(Storage& storage) {
    Route route;
    route.pattern = "/audit/export";
    route.permission = permission;
    route.summary = "Downloads audit records, oldest first, as NDJSON or CSV";
    route.lane = Lane::bulk;
    route.query = filterFields();
    route.query.push_back(
        Field::string("format", "Without it, what Accept prefers; ndjson when it does not matter")
            .oneOf({"ndjson", "csv"}));
    route.responseType = "application/x-ndjson, text/csv";
    route.handler = [&storage](RequestContext& context) {
        const auto format = context.query().maybeString("format");
        const bool csv = format ? *format == "csv" : prefersCsv(context.request());
        Response response;
        response.contentType = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        response.header("Content-Disposition",
                        csv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.ndjson\"");
        response.producer =
            exportRecords(storage, filterFrom(context), csv ? ExportFormat::csv : ExportFormat::ndjson);
        return response;
    };
    return route;
}

Route headRoute(AuditLog& log) {
    Route route;
    route.pattern = "/audit/head";
    route.permission = permission;
    route.summary = "Shows where the chain of audit records ends, signed";
    route.description =
        "Keep it elsewhere: `cofferd audit verify --head FILE` then finds records cut off since.";
    route.response = {
        Field::string("chain", "Id of this log").required(),
        Field::integer("sequence", "Number of the newest record; 0 when there is none").required(),
        Field::string("mac", "Its mac").required(), Field::instant("time", "When this was signed").required(),
        Field::string("signature", "HMAC-SHA-256 over the above").required()};
    route.handler = [&log](RequestContext& context) {
        return Response::json(
            context.read([&](Transaction& transaction) { return toJson(log.head(transaction)); }));
    };
    return route;
}

} // namespace

std::vector<Route> auditRoutes(Storage& storage, AuditLog& log) {
    return {listRoute(), exportRoute(storage), headRoute(log)};
}

} // namespace coffer::host
