#include "routes/Representation.h"
#include "routes/Routes.h"

namespace coffer::backup_credentials {

namespace {

constexpr const char* pattern = "/backup-credentials/{id}/lock";

std::string reasonOf(const Values& body) {
    const std::string reason = normalizedText(body.string("reason")).value_or("");
    if (reason.empty() || hasForbiddenCharacters(reason))
        throw Problem::invalidFields().field(
            "reason", "invalid_characters",
            "Say in a few words why, without control characters and line breaks.");
    return reason;
}

Response lock(const Services& services, RequestContext& context) {
    const std::string reason = reasonOf(context.body());
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        return answer(services.credentials.lock(transaction, id, access, context.ifMatch(), reason),
                      "alreadyLocked");
    });
}

Response unlock(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        return answer(services.credentials.unlock(transaction, id, access, context.ifMatch()),
                      "alreadyUnlocked");
    });
}

} // namespace

std::vector<Route> lockRoutes(const Services& services) {
    Route put;
    put.method = Method::put;
    put.pattern = pattern;
    put.permission = changePermission;
    put.summary = "Lock a credential: it can no longer be used, changed, deleted or made the default";
    put.action = "backup-credential.lock";
    put.handler = [services](RequestContext& context) { return lock(services, context); };
    put.body = {Field::string("reason", "Why, for whoever meets the lock")
                    .required()
                    .length(1, 200)
                    .example("keys are being rotated")};
    put.response = outcomeFields("alreadyLocked", "It was locked before; by, since and reason stay");

    Route remove;
    remove.method = Method::remove;
    remove.pattern = pattern;
    remove.permission = changePermission;
    remove.summary = "Unlock a credential";
    remove.action = "backup-credential.unlock";
    remove.handler = [services](RequestContext& context) { return unlock(services, context); };
    remove.response = outcomeFields("alreadyUnlocked", "It was not locked");
    return {put, remove};
}

} // namespace coffer::backup_credentials
