#include "routes/Representation.h"

#include <utility>

namespace coffer::backup_credentials {

namespace {

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

} // namespace

std::vector<Field> projectFields() {
    return {
        given(Field::string("id", "The project's id, as its owner knows it").example("web")),
        given(Field::string("name", "The project's name").example("Web shop")),
        given(Field::string("owner", "Who associated it: a plugin's id, or `manual`").example("manual")),
        given(Field::instant("associatedAt", "Since when")),
        given(Field::string("associatedBy", "By whom").example("administrator")),
    };
}

void writeMembers(JsonWriter& json, const ProjectUse& use) {
    json.member("id", use.id)
        .member("name", use.name)
        .member("owner", use.owner)
        .member("associatedAt", use.associated.at)
        .member("associatedBy", use.associated.by);
}

Field validationField() {
    return given(Field::object(
        "validation", "What is known from probing it",
        {
            given(Field::string("verdict",
                                "`valid`: accepted; `invalid`: the keys were refused; `failing`: the "
                                "endpoint could not be asked repeatedly; `unverified`: never accepted")
                      .oneOf({"valid", "invalid", "failing", "unverified"})),
            orNull(Field::string("cause", "Why the last probe failed; null when it did not")
                       .example("wrong_secret")),
            orNull(Field::string("saw", "What the last probe saw")),
            orNull(Field::string("advice", "What to do about it")),
            orNull(Field::instant("when", "When it was last probed")),
            orNull(Field::instant("since", "Since when the verdict stands; null: that is not known")),
            given(Field::integer("failures", "Probes that failed in a row")),
        }));
}

void writeValidation(JsonWriter& json, const Credential& credential) {
    const Validation& validation = credential.validation;
    json.key("validation").beginObject().member("verdict", toString(validation.state));
    if (validation.cause == Cause::none)
        json.nullMember("cause");
    else
        json.member("cause", toString(validation.cause));
    writeText(json, "saw", credential.saw);
    writeText(json, "advice", credential.advice);
    json.member("when", validation.probed)
        .member("since", validation.since)
        .member("failures", validation.failures)
        .endObject();
}

std::vector<Field> credentialFields() {
    return {
        given(Field::integer("id", "Never changes and is never given out again").example(17)),
        given(Field::object("organization", "To whom it belongs",
                            {given(Field::integer("id", "Its id").example(1)),
                             given(Field::string("name", "Its name").example("Example Ltd"))})),
        given(Field::string("name", "Unique in its organization").example("nightly")),
        given(Field::string("accessKeyId", "S3 access key id").example("AKIAIOSFODNN7EXAMPLE")),
        given(Field::string("endpoint", "S3 endpoint").example("https://s3.eu-west-1.amazonaws.com")),
        given(Field::string("region", "S3 region").example("eu-west-1")),
        given(Field::string("addressing", "Where a bucket's name goes").oneOf({"auto", "path", "virtual"})),
        orNull(
            Field::string("caCertificate", "PEM, when the endpoint has a certificate authority of its own")),
        orNull(Field::string("bucket", "Asked by probes where the key may not list buckets")),
        given(Field::objects("projects", "Projects that use it, the first 20", projectFields())),
        given(Field::integer("projectCount", "How many projects use it")),
        given(Field::boolean("locked", "Whether it must not be used")),
        orNull(Field::object("lock", "Since when, by whom and why it is locked",
                             {given(Field::instant("since", "Since when")),
                              given(Field::string("by", "By whom")), given(Field::string("reason", "Why"))})),
        given(Field::boolean("default", "Whether it is its organization's default")),
        validationField(),
        given(Field::string("secretFingerprint", "Equal for equal secret access keys; reveals nothing")
                  .example("9f86d081884c7d65")),
        given(Field::instant("createdAt", "When it was created")),
        given(Field::string("createdBy", "Who created it")),
        given(Field::instant("lastModifiedAt", "When it was last changed")),
        given(Field::string("lastModifiedBy", "Who last changed it")),
        given(Field::integer("version", "Rises with each change; also the ETag").example(1)),
    };
}

void writeMembers(JsonWriter& json, const Credential& credential) {
    json.member("id", credential.id);
    json.key("organization")
        .beginObject()
        .member("id", credential.organization)
        .member("name", credential.organizationName)
        .endObject();
    json.member("name", credential.name)
        .member("accessKeyId", credential.accessKeyId)
        .member("endpoint", credential.endpoint)
        .member("region", credential.region)
        .member("addressing", toString(credential.addressing));
    writeText(json, "caCertificate", credential.caCertificate);
    writeText(json, "bucket", credential.bucket);
    json.key("projects").beginArray();
    for (const auto& use : credential.projects) {
        json.beginObject();
        writeMembers(json, use);
        json.endObject();
    }
    json.endArray();
    json.member("projectCount", credential.projectCount).member("locked", credential.lock.has_value());
    if (credential.lock)
        json.key("lock")
            .beginObject()
            .member("since", credential.lock->since)
            .member("by", credential.lock->by)
            .member("reason", credential.lock->reason)
            .endObject();
    else
        json.nullMember("lock");
    json.member("default", credential.isDefault);
    writeValidation(json, credential);
    json.member("secretFingerprint", credential.secretFingerprint)
        .member("createdAt", credential.created.at)
        .member("createdBy", credential.created.by)
        .member("lastModifiedAt", credential.modified.at)
        .member("lastModifiedBy", credential.modified.by)
        .member("version", credential.version);
}

std::string toJson(const Credential& credential) {
    JsonWriter json;
    json.reserve(1024);
    json.beginObject();
    writeMembers(json, credential);
    return json.endObject().take();
}

std::vector<Field> verdictFields() {
    return {
        given(Field::boolean("works", "Whether the endpoint accepted the keys")),
        orNull(Field::string("cause", "Why not; null when it did").example("wrong_secret")),
        given(Field::string("saw", "What the probe saw")),
        orNull(Field::string("advice", "What to do about it")),
        orNull(
            Field::object("remedy", "The one field to change, where the advice names its value",
                          {given(Field::string("field", "Which").oneOf({"endpoint", "region", "addressing"})),
                           given(Field::string("value", "What to send in it").example("eu-west-1"))})),
        orNull(
            Field::integer("httpStatus", "Of the endpoint's reply; null when there was none").example(403)),
        given(Field::integer("tookMilliseconds", "How long it took")),
        given(Field::instant("when", "When it ended")),
    };
}

void writeMembers(JsonWriter& json, const Verdict& verdict) {
    json.member("works", verdict.works());
    if (verdict.works())
        json.nullMember("cause");
    else
        json.member("cause", toString(verdict.cause));
    json.member("saw", verdict.saw);
    writeText(json, "advice", verdict.advice);
    if (verdict.remedy)
        json.key("remedy")
            .beginObject()
            .member("field", verdict.remedy->field)
            .member("value", verdict.remedy->value)
            .endObject();
    else
        json.nullMember("remedy");
    if (verdict.httpStatus == 0)
        json.nullMember("httpStatus");
    else
        json.member("httpStatus", verdict.httpStatus);
    json.member("tookMilliseconds", verdict.took.count()).member("when", verdict.when);
}

} // namespace coffer::backup_credentials
