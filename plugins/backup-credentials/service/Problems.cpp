#include "service/Problems.h"

#include <coffer/sdk/Json.h>

namespace coffer::backup_credentials {

Problem credentialLocked(const Credential& credential) {
    const Lock lock = credential.lock.value_or(Lock{});
    Problem problem = Problem::conflict(
        "credential_locked", "The credential is locked",
        lock.by + " locked it at " + formatRfc3339(lock.since) + ": " + lock.reason +
            ". While it is locked it cannot be used, changed, deleted or made the default. Unlock it with "
            "DELETE /api/v1/backup-credentials/" +
            credential.idText() + "/lock.");
    JsonWriter json;
    json.beginObject()
        .member("since", lock.since)
        .member("by", lock.by)
        .member("reason", lock.reason)
        .endObject();
    problem.with("lock", json.take());
    return problem;
}

Problem credentialNotWorking(const Credential& credential) {
    const Validation& validation = credential.validation;
    std::string detail = "It is " + std::string(toString(validation.state)) + ".";
    for (const std::string* sentence : {&credential.saw, &credential.advice})
        if (!sentence->empty())
            detail += " " + *sentence;
    Problem problem = Problem::conflict(
        "credential_not_working", "The credential does not work",
        detail + " Try it again with POST /api/v1/backup-credentials/" + credential.idText() +
            "/probe. An administrator can use it all the same, with \"acceptFailing\": true.");
    problem.with("validation", jsonString(toString(validation.state)));
    problem.with("cause", validation.cause == Cause::none ? "null" : jsonString(toString(validation.cause)));
    return problem;
}

Problem credentialInUse(const Credential& credential, const std::vector<ProjectUse>& uses) {
    std::string names;
    JsonWriter json;
    json.beginArray();
    for (const auto& use : uses) {
        names += (names.empty() ? "" : ", ") + use.name + " (" + use.id + ", by " + use.owner + ")";
        json.beginObject()
            .member("id", use.id)
            .member("name", use.name)
            .member("owner", use.owner)
            .endObject();
    }
    json.endArray();
    const auto more = credential.projectCount - static_cast<std::int64_t>(uses.size());
    if (more > 0)
        names += " and " + std::to_string(more) + " more";
    Problem problem = Problem::conflict("credential_in_use", "Projects use the credential",
                                        "It is used by " + names +
                                            ". Release them first; those that a plugin associated are "
                                            "released by switching off their backup there.");
    problem.with("projects", json.take());
    problem.with("projectCount", std::to_string(credential.projectCount));
    return problem;
}

Problem nameTaken(std::string_view name) {
    return Problem::conflict("name_taken", "The name is taken",
                             "This organization has a credential named \"" + std::string(name) +
                                 "\" already; case and width of the letters make no difference. Choose "
                                 "another name.");
}

Problem changedMeanwhile(const Credential& credential) {
    return Problem::conflict(
        "changed_meanwhile", "Someone changed it in between",
        "While the keys were being tried, the credential changed; it is now at version " +
            std::to_string(credential.version) +
            ". Nothing was stored. Read it again, and repeat your request.");
}

Problem forbidden() {
    return {403, "forbidden", "You may not do that",
            "You may see this credential, but your role in its organization does not let you do that. Ask "
            "an administrator or a manager of the organization."};
}

Problem invalidS3Credentials(const Verdict& verdict) {
    std::string detail = verdict.saw;
    if (!verdict.advice.empty())
        detail += " " + verdict.advice;
    Problem problem(422, "invalid_s3_credentials", "Invalid S3 credentials", std::move(detail));
    problem.with("cause", jsonString(toString(verdict.cause)));
    problem.with("saw", jsonString(verdict.saw));
    problem.with("advice", jsonString(verdict.advice));
    problem.with("remedy", verdict.remedy ? "{\"field\":" + jsonString(verdict.remedy->field) +
                                                ",\"value\":" + jsonString(verdict.remedy->value) + "}"
                                          : "null");
    return problem;
}

Problem unverifiedNotAllowed() {
    return Problem::invalidFields().field(
        "storeUnverified", "not_allowed",
        "This deployment stores only keys that their endpoint accepted. Leave storeUnverified out, or set "
        "probe.allow_unverified = true in the configuration of the plugin.");
}

} // namespace coffer::backup_credentials
