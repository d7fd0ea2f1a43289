#include "routes/Representation.h"

#include "schedule/Cron.h"

#include <utility>

namespace coffer::projects {

namespace {

using backup_credentials::CredentialSummary;

constexpr std::size_t runsShown = 5;

Field given(Field field) {
    return field.required();
}
Field orNull(Field field) {
    return field.required().nullable();
}

void writeText(JsonWriter& json, std::string_view name, const std::string& text) {
    if (text.empty())
        json.nullMember(name);
    else
        json.member(name, text);
}

std::vector<Field> credentialFields() {
    return {
        given(Field::integer("id", "Its id").example(17)),
        given(Field::string("name", "Its name").example("nightly")),
        given(Field::string("endpoint", "S3 endpoint").example("https://s3.eu-west-1.amazonaws.com")),
        given(Field::string("region", "S3 region").example("eu-west-1")),
        orNull(Field::string("bucket", "The bucket that it names")),
        given(Field::boolean("locked", "Whether it must not be used")),
        given(Field::string("validation", "What is known from probing it")
                  .oneOf({"valid", "invalid", "failing", "unverified"})),
    };
}

void writeCredential(JsonWriter& json, std::string_view member,
                     const std::optional<CredentialSummary>& credential) {
    if (!credential) {
        json.nullMember(member);
        return;
    }
    json.key(member)
        .beginObject()
        .member("id", credential->id)
        .member("name", credential->name)
        .member("endpoint", credential->endpoint)
        .member("region", credential->region);
    writeText(json, "bucket", credential->bucket);
    json.member("locked", credential->locked).member("validation", credential->validation).endObject();
}

Field backupField() {
    return given(Field::object(
        "backup", "Whether it is backed up, and with what",
        {
            given(Field::string("state",
                                "`suspended`: its credential is locked, or does not work and nobody accepted "
                                "that; `unknown`: nobody can tell now")
                      .oneOf({"disabled", "enabled", "suspended", "unknown"})),
            orNull(Field::object("reason", "Why it is suspended or unknown",
                                 {given(Field::string("code", "For programs").example("credential_locked")),
                                  given(Field::string("detail", "For people")),
                                  orNull(Field::string("cause", "Why the last probe of the credential failed")
                                             .example("wrong_secret"))})),
            orNull(Field::integer("credentialId", "The credential that it is backed up with")),
            orNull(Field::object("credential", "What is known of that; null also while nobody can tell",
                                 credentialFields())),
            orNull(Field::string("bucket", "Where backups go; null: the credential's")),
            orNull(Field::string("prefix", "In front of every object's key")),
            given(
                Field::boolean("overridden", "An administrator accepted that the credential does not work")),
            orNull(Field::instant("since", "When it was enabled with this credential")),
            orNull(Field::string("by", "By whom")),
        }));
}

void writeBackup(JsonWriter& json, const Shown& shown) {
    const auto& backup = shown.project.backup;
    json.key("backup").beginObject().member("state", toString(shown.state));
    if (shown.reason) {
        json.key("reason")
            .beginObject()
            .member("code", shown.reason->code)
            .member("detail", shown.reason->detail);
        writeText(json, "cause", shown.reason->cause);
        json.endObject();
    } else {
        json.nullMember("reason");
    }
    json.member("credentialId", backup ? std::optional(backup->credential) : std::nullopt);
    writeCredential(json, "credential", shown.credential);
    writeText(json, "bucket", backup ? backup->bucket : "");
    writeText(json, "prefix", backup ? backup->prefix : "");
    json.member("overridden", backup && backup->overridden)
        .member("since", backup ? std::optional(backup->since.at) : std::nullopt)
        .member("by", backup ? std::optional(backup->since.by) : std::nullopt)
        .endObject();
}

/// None when the system has lost the time zone.
std::vector<Instant> nextRuns(const Policy& policy, Instant now) {
    const auto zone = TimeZone::find(policy.timeZone);
    return zone ? Cron::parse(policy.cron).next(now, *zone, runsShown) : std::vector<Instant>();
}

template <class Value>
void writeList(JsonWriter& json, std::string_view name, const std::vector<Value>& list) {
    json.key(name).beginArray();
    for (const auto& entry : list)
        json.value(entry);
    json.endArray();
}

/// Creation, modification and version, which projects and policies end with.
template <class Thing>
void writeStamps(JsonWriter& json, const Thing& thing) {
    json.member("createdAt", thing.created.at)
        .member("createdBy", thing.created.by)
        .member("lastModifiedAt", thing.modified.at)
        .member("lastModifiedBy", thing.modified.by)
        .member("version", thing.version);
}

std::vector<Field> withStamps(std::vector<Field> fields) {
    fields.push_back(given(Field::instant("createdAt", "When it was created")));
    fields.push_back(given(Field::string("createdBy", "Who created it")));
    fields.push_back(given(Field::instant("lastModifiedAt", "When it was last changed")));
    fields.push_back(given(Field::string("lastModifiedBy", "Who last changed it")));
    fields.push_back(given(Field::integer("version", "Rises with each change; also the ETag").example(1)));
    return fields;
}

} // namespace

std::vector<Field> projectFields() {
    return withStamps({
        given(Field::integer("id", "Never changes and is never given out again").example(3)),
        given(Field::object("organization", "To whom it belongs",
                            {given(Field::integer("id", "Its id").example(1)),
                             given(Field::string("name", "Its name").example("Example Ltd"))})),
        given(Field::string("name", "Unique in its organization").example("Web shop")),
        given(Field::string("description", "What it is, in the words of its people; may be empty")),
        backupField(),
        orNull(Field::object("offeredCredential",
                             "The default of its organization, which enabling backup takes unless told; null "
                             "when there is none or backup is enabled",
                             credentialFields())),
        given(Field::integer("policyCount", "How many backup policies it has")),
    });
}

void writeMembers(JsonWriter& json, const Shown& shown) {
    const Project& project = shown.project;
    json.member("id", project.id);
    json.key("organization")
        .beginObject()
        .member("id", project.organization)
        .member("name", project.organizationName)
        .endObject();
    json.member("name", project.name).member("description", project.description);
    writeBackup(json, shown);
    writeCredential(json, "offeredCredential", shown.offered);
    json.member("policyCount", project.policyCount);
    writeStamps(json, project);
}

std::string toJson(const Shown& shown) {
    JsonWriter json;
    json.reserve(1024);
    json.beginObject();
    writeMembers(json, shown);
    return json.endObject().take();
}

std::vector<Field> policyFields() {
    return withStamps({
        given(Field::integer("id", "Never changes and is never given out again").example(5)),
        given(Field::integer("projectId", "To which project it belongs").example(3)),
        given(Field::string("name", "Unique in its project").example("nightly")),
        given(Field::string("cron", "When it runs").example("30 2 * * *")),
        given(Field::string("timeZone", "Whose clock that is").example("Europe/Prague")),
        given(Field::string("retention", "How long its backups are kept").example("720h")),
        given(Field::strings("includedNamespaces", "What it backs up; empty: all but the excluded")),
        given(Field::strings("excludedNamespaces", "What it leaves out")),
        given(Field::strings("nextRuns", "Its next five runs, RFC 3339 in UTC; fewer when they are years "
                                         "apart")),
    });
}

void writeMembers(JsonWriter& json, const Policy& policy, Instant now) {
    json.member("id", policy.id)
        .member("projectId", policy.project)
        .member("name", policy.name)
        .member("cron", policy.cron)
        .member("timeZone", policy.timeZone)
        .member("retention", policy.retention.text());
    writeList(json, "includedNamespaces", policy.included);
    writeList(json, "excludedNamespaces", policy.excluded);
    writeList(json, "nextRuns", nextRuns(policy, now));
    writeStamps(json, policy);
}

} // namespace coffer::projects
