#include "service/AuditEvents.h"

#include <coffer/sdk/Json.h>

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include <utility>
#include <vector>

namespace coffer::backup_credentials {

namespace {

using Members = std::vector<std::pair<std::string_view, std::string>>;

std::string digest(const std::string& pem) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(pem);
    return Poco::DigestEngine::digestToHex(engine.digest());
}

Members membersOf(const Credential& credential) {
    return {
        {"name", jsonString(credential.name)},
        {"endpoint", jsonString(credential.endpoint)},
        {"region", jsonString(credential.region)},
        {"accessKeyId", jsonString(credential.accessKeyId)},
        {"secretFingerprint", jsonString(credential.secretFingerprint)},
        {"addressing", jsonString(toString(credential.addressing))},
        {"bucket", credential.bucket.empty() ? "null" : jsonString(credential.bucket)},
        {"caCertificateSha256",
         credential.caCertificate.empty() ? "null" : jsonString(digest(credential.caCertificate))},
        {"locked", credential.lock ? "true" : "false"},
        {"lockReason", credential.lock ? jsonString(credential.lock->reason) : "null"},
        {"default", credential.isDefault ? "true" : "false"},
        {"validation", jsonString(toString(credential.validation.state))},
        {"cause", jsonString(toString(credential.validation.cause))},
        {"version", std::to_string(credential.version)},
    };
}

std::string objectOf(const Members& members) {
    JsonWriter json;
    json.beginObject();
    for (const auto& [name, value] : members)
        json.rawMember(name, value);
    return json.endObject().take();
}

} // namespace

AuditEvent eventAbout(const Credential& credential, std::string_view verb) {
    AuditEvent event;
    (event.action = objectType).append(".").append(verb);
    event.objectType = objectType;
    event.objectId = credential.idText();
    event.organization = credential.organization;
    return event;
}

AuditEvent eventOfChange(const Credential& before, const Credential& after, std::string_view verb) {
    AuditEvent event = eventAbout(after, verb);
    Members left = membersOf(before);
    Members right = membersOf(after);
    Members changedFrom;
    Members changedTo;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i].second != right[i].second) {
            changedFrom.push_back(std::move(left[i]));
            changedTo.push_back(std::move(right[i]));
        }
    event.before = objectOf(changedFrom);
    event.after = objectOf(changedTo);
    return event;
}

std::string described(const Credential& credential) {
    return objectOf(membersOf(credential));
}

std::string described(const Verdict& verdict, std::string_view endpoint) {
    JsonWriter json;
    json.beginObject()
        .member("endpoint", endpoint)
        .member("works", verdict.works())
        .member("cause", toString(verdict.cause))
        .member("saw", verdict.saw)
        .endObject();
    return json.take();
}

} // namespace coffer::backup_credentials
