#include "routes/Representation.h"
#include "routes/Routes.h"

#include "search/Listing.h"

#include <array>
#include <cstdint>
#include <utility>

namespace coffer::backup_credentials {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> sentences{{
    {"backup-credential.create", "created it"},
    {"backup-credential.update", "changed it"},
    {"backup-credential.delete", "deleted it"},
    {"backup-credential.lock", "locked it"},
    {"backup-credential.unlock", "unlocked it"},
    {"backup-credential.make-default", "made it the default"},
    {"backup-credential.clear-default", "took the default away from it"},
    {"backup-credential.probe", "tried its keys"},
    {"backup-credential.verdict-changed", "found that its keys changed their state"},
    {"backup-credential.associate", "associated a project"},
    {"backup-credential.release", "released a project"},
    {"backup-credential.use", "obtained its secret"},
}};

/// `administrator locked it`, `administrator was refused: locked it`.
std::string summaryOf(const AuditRecord& record) {
    std::string did = record.event.action;
    for (const auto& [action, sentence] : sentences)
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

void writeRecord(JsonWriter& json, const AuditRecord& record) {
    json.beginObject()
        .member("sequence", record.sequence)
        .member("time", record.time)
        .member("by", record.origin.principalName)
        .member("action", record.event.action)
        .member("result", toString(record.event.result))
        .member("summary", summaryOf(record));
    if (record.event.reason.empty())
        json.nullMember("reason");
    else
        json.member("reason", record.event.reason);
    writeObject(json, "before", record.event.before);
    writeObject(json, "after", record.event.after);
    json.member("requestId", record.origin.requestId).endObject();
}

/// One page of a credential's records.
struct Shown {
    std::size_t count = 0;
    std::int64_t last = 0; ///< where the next page goes on
    bool more = false;     ///< there is certainly another record
    bool ended = false;    ///< there are certainly no more
};

/// Writes what belongs to the credential's organization, newest first. A refusal of somebody else's people,
/// who tried its id, belongs to their organization and is not shown. Many of those make a page short.
Shown writePage(JsonWriter& json, HostContext& host, Transaction& transaction, const Credential& credential,
                std::int64_t before, std::size_t limit) {
    constexpr int mostRounds = 20;
    constexpr std::size_t furtherRound = 500;
    Shown shown;
    shown.last = before;
    for (int round = 0; round < mostRounds && !shown.more && !shown.ended; ++round) {
        const std::size_t asked = round == 0 ? limit + 1 : furtherRound;
        std::size_t received = 0;
        host.auditHistory(transaction, objectType, credential.idText(), shown.last, asked,
                          [&](const AuditRecord& record) {
                              ++received;
                              const bool visible = record.event.organization == credential.organization;
                              shown.more = shown.more || (visible && shown.count == limit);
                              if (shown.more)
                                  return;
                              shown.last = record.sequence;
                              if (!visible)
                                  return;
                              writeRecord(json, record);
                              ++shown.count;
                          });
        shown.ended = !shown.more && received < asked;
    }
    return shown;
}

Response history(const Services& services, HostContext& host, RequestContext& context) {
    // The position is a sequence number; how many were seen before it makes the total a lower bound.
    constexpr std::string_view newestFirst = "-sequence";
    Position position{std::int64_t{0}, INT64_MAX};
    if (const auto cursor = context.query().maybeString("cursor"))
        position = fromCursor(*cursor, newestFirst, true);
    const auto limit = pageLimit(context.query());
    JsonWriter json;
    json.beginObject().key("items").beginArray();
    const Shown shown = context.read([&](Transaction& transaction) {
        const Credential credential =
            services.credentials.get(transaction, context.pathId("id"), accessOf(context));
        return writePage(json, host, transaction, credential, position.id, limit);
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

std::vector<Route> historyRoutes(const Services& services, HostContext& host) {
    Route get;
    get.method = Method::get;
    get.pattern = "/backup-credentials/{id}/history";
    get.permission = readPermission;
    get.summary = "Show what happened to a credential, newest first";
    get.handler = [services, &host](RequestContext& context) { return history(services, host, context); };
    get.query = pageFields();
    get.response = listFields("Audit records", recordFields());
    get.description =
        "`totalCount` is exact on the last page, and a lower bound before it. A page can hold fewer "
        "records than asked for, or none; only one without `nextCursor` is the last.";
    return {get};
}

} // namespace coffer::backup_credentials
