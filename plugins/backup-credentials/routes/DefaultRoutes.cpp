#include "routes/Representation.h"
#include "routes/Routes.h"

namespace coffer::backup_credentials {

namespace {

constexpr const char* pattern = "/backup-credentials/{id}/default";

Response make(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        return answer(services.credentials.makeDefault(transaction, id, access, context.ifMatch()),
                      "alreadyDefault");
    });
}

Response clear(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        return answer(services.credentials.clearDefault(transaction, id, access, context.ifMatch()),
                      "alreadyCleared");
    });
}

/// The one asked for, or the only one that the caller has.
std::int64_t organizationOf(RequestContext& context) {
    if (const auto asked = context.query().maybeInteger("organizationId"))
        return *asked;
    const OrganizationScope& scope = context.scope();
    if (scope.all || scope.organizations.size() != 1)
        throw Problem::invalidFields().field("query.organizationId", "required",
                                             "You see several organizations: say which one's default.");
    return scope.organizations.front();
}

Response show(const Services& services, RequestContext& context) {
    return context.read([&](Transaction& transaction) {
        return answer(
            services.credentials.defaultOf(transaction, organizationOf(context), accessOf(context)));
    });
}

} // namespace

std::vector<Route> defaultRoutes(const Services& services) {
    Route get;
    get.method = Method::get;
    get.pattern = "/backup-credentials/default";
    get.permission = readPermission;
    get.summary = "Show the default of an organization: what to fill in when a project is created";
    get.handler = [services](RequestContext& context) { return show(services, context); };
    get.query = {Field::integer("organizationId", "Whose default; needed by who sees several organizations")
                     .range(1, 2147483647)
                     .example(1)};
    get.response = credentialFields();
    get.description = "A default that is locked is shown all the same: look at `locked` before using it. "
                      "404 `no_default` when nobody has chosen one.";

    Route put;
    put.method = Method::put;
    put.pattern = pattern;
    put.permission = changePermission;
    put.summary = "Make it the default of its organization, in the place of any other";
    put.action = "backup-credential.make-default";
    put.handler = [services](RequestContext& context) { return make(services, context); };
    put.response = outcomeFields("alreadyDefault", "It was the default before");

    Route remove;
    remove.method = Method::remove;
    remove.pattern = pattern;
    remove.permission = changePermission;
    remove.summary = "Leave its organization without a default, if it is the default";
    remove.action = "backup-credential.clear-default";
    remove.handler = [services](RequestContext& context) { return clear(services, context); };
    remove.response = outcomeFields("alreadyCleared", "It was not the default");
    return {get, put, remove};
}

} // namespace coffer::backup_credentials
