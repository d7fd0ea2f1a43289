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

Response history(const Services& services, HostContext& host, RequestContext& context) {
    // The position is a sequence number; how many were seen before it makes the total a lower bound.
    const search::Sort newestFirst{search::Order::id, true};
    search::Position position{std::int64_t{0}, INT64_MAX};
    if (const auto cursor = context.query().maybeString("cursor")) {
        const auto found = search::fromCursor(*cursor, newestFirst);
        if (!found)
            throw Problem::invalidFields().field("query.cursor", "invalid_cursor",
                                                 "It is not a nextCursor of a history.");
        position = *found;
    }
    const auto limit = static_cast<std::size_t>(context.query().maybeInteger("limit").value_or(50));
    JsonWriter json;
    json.beginObject().key("items").beginArray();
    std::size_t given = 0;
    std::int64_t last = 0;
    context.read([&](Transaction& transaction) {
        const Credential credential =
            services.credentials.get(transaction, context.pathId("id"), accessOf(context));
        host.auditHistory(transaction, objectType, credential.idText(), position.id, limit + 1,
                          [&](const AuditRecord& record) {
                              if (given++ == limit)
                                  return;
                              writeRecord(json, record);
                              last = record.sequence;
                          });
    });
    const bool more = given > limit;
    const std::int64_t seen =
        std::get<std::int64_t>(position.key) + static_cast<std::int64_t>(more ? limit : given);
    std::optional<std::string> next;
    if (more)
        next = toCursor(newestFirst, {seen, last});
    endList(json, next, more ? seen + 1 : seen, !more);
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
    get.description = "`totalCount` is exact on the last page, and a lower bound before it.";
    return {get};
}

} // namespace coffer::backup_credentials
