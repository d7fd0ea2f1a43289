#include "service/AuditEvents.h"

#include <coffer/sdk/Json.h>

#include <string>
#include <utility>
#include <vector>

namespace coffer::projects {

namespace {

/// Name and JSON value.
using Members = std::vector<std::pair<std::string_view, std::string>>;

std::string textOrNull(const std::string& text) {
    return text.empty() ? "null" : jsonString(text);
}

std::string arrayOf(const std::vector<std::string>& list) {
    JsonWriter json;
    json.beginArray();
    for (const auto& entry : list)
        json.value(entry);
    return json.endArray().take();
}

Members membersOf(const Project& project) {
    const Backup backup = project.backup.value_or(Backup{});
    return {
        {"name", jsonString(project.name)},
        {"description", jsonString(project.description)},
        {"backup", project.backup ? "true" : "false"},
        {"credentialId", project.backup ? std::to_string(backup.credential) : "null"},
        {"bucket", textOrNull(backup.bucket)},
        {"prefix", textOrNull(backup.prefix)},
        {"overridden", backup.overridden ? "true" : "false"},
        {"version", std::to_string(project.version)},
    };
}

Members membersOf(const Policy& policy) {
    return {
        {"name", jsonString(policy.name)},
        {"cron", jsonString(policy.cron)},
        {"timeZone", jsonString(policy.timeZone)},
        {"retention", jsonString(policy.retention.text())},
        {"includedNamespaces", arrayOf(policy.included)},
        {"excludedNamespaces", arrayOf(policy.excluded)},
        {"version", std::to_string(policy.version)},
    };
}

void removeEqual(Members& left, Members& right) {
    Members changedFrom;
    Members changedTo;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i].second != right[i].second) {
            changedFrom.push_back(std::move(left[i]));
            changedTo.push_back(std::move(right[i]));
        }
    left = std::move(changedFrom);
    right = std::move(changedTo);
}

std::string objectOf(const Members& members) {
    JsonWriter json;
    json.beginObject();
    for (const auto& [name, value] : members)
        json.rawMember(name, value);
    return json.endObject().take();
}

/// `identity`: what stands in front of both sides.
template <class Thing>
void describe(AuditEvent& event, const Members& identity, const Thing* before, const Thing* after) {
    Members left = before ? membersOf(*before) : Members{};
    Members right = after ? membersOf(*after) : Members{};
    if (before && after)
        removeEqual(left, right);
    left.insert(left.begin(), identity.begin(), identity.end());
    right.insert(right.begin(), identity.begin(), identity.end());
    if (before)
        event.before = objectOf(left);
    if (after)
        event.after = objectOf(right);
}

} // namespace

AuditEvent eventAbout(const Project& project, std::string_view verb) {
    AuditEvent event;
    (event.action = objectType).append(".").append(verb);
    event.objectType = objectType;
    event.objectId = project.idText();
    event.organization = project.organization;
    return event;
}

AuditEvent eventOfChange(const Project& project, std::string_view verb, const Project* before,
                         const Project* after) {
    AuditEvent event = eventAbout(project, verb);
    describe(event, {}, before, after);
    return event;
}

AuditEvent eventOfChange(const Project& project, std::string_view verb, const Policy* before,
                         const Policy* after) {
    AuditEvent event = eventAbout(project, verb);
    const std::int64_t id = before ? before->id : after->id;
    describe(event, {{"policyId", std::to_string(id)}}, before, after);
    return event;
}

} // namespace coffer::projects
