#include "routes/Representation.h"
#include "routes/Routes.h"

#include <utility>

namespace coffer::projects {

namespace {

constexpr const char* pattern = "/projects/{id}/backup";

Response enable(const Parts& parts, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    Problem problem = Problem::invalidFields();
    const BackupWish wish = backupWishOf(context.body(), problem);
    throwIfAny(problem);
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        const Project before = parts.projects.changeable(transaction, id, access, context.ifMatch());
        const Backups::Outcome outcome = parts.backups.enable(transaction, before, wish, access);
        JsonWriter json;
        json.beginObject();
        writeMembers(json, shown(transaction, parts.credentials, outcome.project));
        json.member("alreadyEnabled", outcome.already).endObject();
        return Response::json(json.take()).version(outcome.project.version);
    });
}

Response disable(const Parts& parts, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        const Project before = parts.projects.changeable(transaction, id, access, context.ifMatch());
        return answer(parts, transaction, parts.backups.disable(transaction, before));
    });
}

} // namespace

std::vector<Route> backupRoutes(const Parts& parts) {
    Route put;
    put.method = Method::put;
    put.pattern = pattern;
    put.permission = changePermission;
    put.summary = "Enable backup, or change its credential, bucket or prefix";
    put.action = "project.enable-backup";
    put.handler = [&parts](RequestContext& context) { return enable(parts, context); };
    put.body = backupWishFields();
    put.response = projectFields();
    put.response.push_back(
        Field::boolean("alreadyEnabled", "It was backed up with this credential before").required());
    put.description =
        "Without `credentialId`, a project that is not backed up takes the default of its organization, and "
        "one that is keeps its credential. Refused with 409 when the credential is locked, does not work "
        "(`acceptFailing` passes over that, for administrators) or is not the organization's. Another "
        "credential takes the place of the present one in one step. What is left out stays as it is; null "
        "takes bucket or prefix away.";

    Route remove;
    remove.method = Method::remove;
    remove.pattern = pattern;
    remove.permission = changePermission;
    remove.summary = "Disable backup and release the credential";
    remove.action = "project.disable-backup";
    remove.handler = [&parts](RequestContext& context) { return disable(parts, context); };
    remove.response = projectFields();
    remove.description =
        "Also when the credential is locked. Policies are kept, and what was backed up stays "
        "where it is. 409 `backup_already_disabled` the second time.";
    return {put, remove};
}

} // namespace coffer::projects
