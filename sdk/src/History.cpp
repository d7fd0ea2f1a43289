#include <coffer/sdk/History.h>

#include <coffer/sdk/Json.h>
#include <coffer/sdk/Page.h>

namespace coffer {

namespace {

using Words = std::vector<ActionWords>;

/// `administrator locked it`, `administrator was refused (version_mismatch): would have locked it`.
std::string summaryOf(const AuditRecord& record, const Words& words) {
    std::string did = record.event.action;
    for (const auto& [action, sentence] : words)
        if (action == record.event.action)
            did = sentence;
    const std::string by = record.origin.principalName;
    switch (record.event.result) {
    case AuditResult::success:
        return by + " " + did;
    case AuditResult::refused:
        return by + " was refused (" + record.event.reason + "): would have " + did;
    case AuditResult::failed:
        break;
    }
    return by + " failed (" + record.event.reason + "): would have " + did;
}

void writeObject(JsonWriter& json, std::string_view name, const std::string& object) {
    if (object.empty())
        json.nullMember(name);
    else
        json.rawMember(name, object);
}

void writeRecord(JsonWriter& json, const AuditRecord& record, const Words& words) {
    json.beginObject()
        .member("sequence", record.sequence)
        .member("time", record.time)
        .member("by", record.origin.principalName)
        .member("action", record.event.action)
        .member("result", toString(record.event.result))
        .member("summary", summaryOf(record, words));
    if (record.event.reason.empty())
        json.nullMember("reason");
    else
        json.member("reason", record.event.reason);
    writeObject(json, "before", record.event.before);
    writeObject(json, "after", record.event.after);
    json.member("requestId", record.origin.requestId).endObject();
}

/// One page of records.
struct Shown {
    std::size_t count = 0;
    std::int64_t last = 0; ///< where the next page goes on
    bool more = false;     ///< there is certainly another record
    bool ended = false;    ///< there are certainly no more
};

/// Many records of other organizations make a page short.
Shown writePage(JsonWriter& json, HostContext& host, Transaction& transaction, const HistorySubject& subject,
                const Words& words, std::int64_t before, std::size_t limit) {
    constexpr int mostRounds = 20;
    constexpr std::size_t furtherRound = 500;
    Shown shown;
    shown.last = before;
    for (int round = 0; round < mostRounds && !shown.more && !shown.ended; ++round) {
        const std::size_t asked = round == 0 ? limit + 1 : furtherRound;
        std::size_t received = 0;
        host.auditHistory(transaction, subject.objectType, subject.objectId, shown.last, asked,
                          [&](const AuditRecord& record) {
                              ++received;
                              const bool visible = record.event.organization == subject.organization;
                              shown.more = shown.more || (visible && shown.count == limit);
                              if (shown.more)
                                  return;
                              shown.last = record.sequence;
                              if (!visible)
                                  return;
                              writeRecord(json, record, words);
                              ++shown.count;
                          });
        shown.ended = !shown.more && received < asked;
    }
    return shown;
}

Response history(RequestContext& context, HostContext& host, const Words& words,
                 const std::function<HistorySubject(RequestContext&, Transaction&)>& subject) {
    // The position is a sequence number; how many were seen before it makes the total a lower bound.
    constexpr std::string_view newestFirst = "-sequence";
    Position position{std::int64_t{0}, INT64_MAX};
    if (const auto cursor = context.query().maybeString("cursor"))
        position = fromCursor(*cursor, newestFirst, true);
    const auto limit = pageLimit(context.query());
    JsonWriter json;
    json.beginObject().key("items").beginArray();
    const Shown shown = context.read([&](Transaction& transaction) {
        return writePage(json, host, transaction, subject(context, transaction), words, position.id, limit);
    });
    const std::int64_t seen = std::get<std::int64_t>(position.key) + static_cast<std::int64_t>(shown.count);
    std::optional<std::string> next;
    if (!shown.ended)
        next = toCursor(newestFirst, {seen, shown.last});
    endList(json, next, {shown.more ? seen + 1 : seen, shown.ended});
    return Response::json(json.take());
}

std::vector<Field> recordFields() {
    const auto given = [](Field field) { return field.required(); };
    const auto orNull = [](Field field) { return field.required().nullable(); };
    return {
        given(Field::integer("sequence", "Its number in the audit log")),
        given(Field::instant("time", "When")),
        given(Field::string("by", "Who").example("administrator")),
        given(Field::string("action", "What, for programs").example("backup-credential.lock")),
        given(Field::string("result", "Whether it was done").oneOf({"success", "refused", "failed"})),
        given(Field::string("summary", "What, for people").example("administrator locked it")),
        orNull(Field::string("reason", "Why it was refused or failed")),
        orNull(Field::object("before", "What changed, before", {})),
        orNull(Field::object("after", "What changed, after", {})),
        given(Field::string("requestId", "Of the request that did it; empty for the daemon's own work")),
    };
}

} // namespace

Route historyRoute(std::string pattern, std::string permission, std::string summary, Words words,
                   std::function<HistorySubject(RequestContext&, Transaction&)> subject, HostContext& host) {
    Route route;
    route.method = Method::get;
    route.pattern = std::move(pattern);
    route.permission = std::move(permission);
    route.summary = std::move(summary);
    route.handler = [&host, words = std::move(words), subject = std::move(subject)](RequestContext& context) {
        return history(context, host, words, subject);
    };
    route.query = pageFields();
    route.response = listFields("Audit records", recordFields());
    route.description =
        "`totalCount` is exact on the last page, and a lower bound before it. A page can hold fewer "
        "records than asked for, or none; only one without `nextCursor` is the last.";
    return route;
}

} // namespace coffer
