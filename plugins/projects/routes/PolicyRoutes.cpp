#include "routes/Representation.h"
#include "routes/Routes.h"

#include "schedule/Cron.h"
#include "schedule/Namespaces.h"

#include <coffer/sdk/Page.h>

#include <stdexcept>
#include <utility>

namespace coffer::projects {

namespace {

constexpr const char* all = "/projects/{id}/backup/policies";
constexpr const char* one = "/projects/{id}/backup/policies/{policyId}";

std::optional<std::string> cronOf(const Values& body, Problem& problem) {
    const auto text = body.maybeString("cron");
    try {
        return text ? std::optional(Cron::parse(*text).text()) : std::nullopt;
    } catch (const std::invalid_argument& error) {
        problem.field("cron", "invalid_cron", error.what());
        return std::nullopt;
    }
}

std::optional<std::string> timeZoneOf(const Values& body, Problem& problem) {
    const auto name = body.maybeString("timeZone");
    if (!name || TimeZone::find(*name))
        return name;
    problem.field("timeZone", "unknown_time_zone",
                  "Give the name of a zone of the IANA database, case as there: Europe/Prague.");
    return std::nullopt;
}

std::optional<Retention> retentionOf(const Values& body, Problem& problem) {
    const auto text = body.maybeString("retention");
    try {
        return text ? std::optional(Retention::parse(*text)) : std::nullopt;
    } catch (const std::invalid_argument& error) {
        problem.field("retention", "invalid_retention", error.what());
        return std::nullopt;
    }
}

std::optional<std::vector<std::string>> listOf(const Values& body, std::string_view name) {
    return body.has(name) ? std::optional(body.strings(name)) : std::nullopt;
}

/// @param whole  nothing is there yet that could complete the lists of namespaces
PolicyWish wishOf(const Values& body, bool whole) {
    Problem problem = Problem::invalidFields();
    PolicyWish wish;
    wish.name = nameOf(body, problem);
    wish.cron = cronOf(body, problem);
    wish.timeZone = timeZoneOf(body, problem);
    wish.retention = retentionOf(body, problem);
    wish.included = listOf(body, "includedNamespaces");
    wish.excluded = listOf(body, "excludedNamespaces");
    if (whole)
        checkNamespaces(wish.included.value_or(std::vector<std::string>()),
                        wish.excluded.value_or(std::vector<std::string>()), problem);
    throwIfAny(problem);
    return wish;
}

std::string toJson(const Policy& policy, Instant now) {
    JsonWriter json;
    json.beginObject();
    writeMembers(json, policy, now);
    return json.endObject().take();
}

Response list(const Parts& parts, RequestContext& context) {
    std::int64_t after = 0;
    if (const auto cursor = context.query().maybeString("cursor"))
        after = fromCursor(*cursor, "id", true).id;
    const auto limit = pageLimit(context.query());
    return context.read([&](Transaction& transaction) {
        const PolicyPage page =
            parts.policies.page(transaction, context.pathId("id"), accessOf(context), after, limit);
        JsonWriter json;
        json.beginObject().key("items").beginArray();
        for (const auto& policy : page.items) {
            json.beginObject();
            writeMembers(json, policy, transaction.now());
            json.endObject();
        }
        endList(json, page.next ? std::optional(toCursor("id", *page.next)) : std::nullopt,
                {page.total, true});
        return Response::json(json.take());
    });
}

Response create(const Parts& parts, RequestContext& context) {
    const std::int64_t project = context.pathId("id");
    const PolicyWish wish = wishOf(context.body(), true);
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        const Policy stored = parts.policies.create(transaction, project, wish, access);
        return Response::created(toJson(stored, transaction.now()),
                                 "/api/v1/projects/" + std::to_string(project) + "/backup/policies/" +
                                     std::to_string(stored.id))
            .version(stored.version);
    });
}

Response get(const Parts& parts, RequestContext& context) {
    return context.read([&](Transaction& transaction) {
        const Policy policy = parts.policies.get(transaction, context.pathId("id"),
                                                 context.pathId("policyId"), accessOf(context));
        return Response::json(toJson(policy, transaction.now())).version(policy.version);
    });
}

Response update(const Parts& parts, RequestContext& context) {
    const std::int64_t project = context.pathId("id");
    const std::int64_t id = context.pathId("policyId");
    const PolicyWish wish = wishOf(context.body(), false);
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        const Policy policy =
            parts.policies.update(transaction, project, id, wish, access, context.ifMatch());
        return Response::json(toJson(policy, transaction.now())).version(policy.version);
    });
}

Response remove(const Parts& parts, RequestContext& context) {
    const std::int64_t project = context.pathId("id");
    const std::int64_t id = context.pathId("policyId");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        parts.policies.remove(transaction, project, id, access, context.ifMatch());
        return Response::noContent();
    });
}

/// Of a request; name and cron are required where `whole`.
std::vector<Field> wishFields(bool whole) {
    std::vector<Field> fields{
        Field::string("name", "3 to 30 characters, unique in its project whatever the case")
            .length(1, 512)
            .example("nightly"),
        Field::string("cron", "Minute, hour, day of month, month, day of week, with names, ranges, steps and "
                              "lists; or `@daily` and the like")
            .length(1, 200)
            .example("30 2 * * *"),
        Field::string("timeZone", "Whose clock that is, by its IANA name; `UTC` unless told")
            .length(1, 64)
            .example("Europe/Prague"),
        Field::string("retention", "How long backups are kept, in hours or days; as configured unless told")
            .length(1, 20)
            .example("30d"),
        Field::strings("includedNamespaces", "What to back up; all unless told. At least one of the two "
                                             "lists names something")
            .length(0, static_cast<std::int64_t>(mostNamespaces)),
        Field::strings("excludedNamespaces", "What to leave out")
            .length(0, static_cast<std::int64_t>(mostNamespaces)),
    };
    fields[0].isRequired = fields[1].isRequired = whole;
    return fields;
}

Route listRoute(const Parts& parts) {
    Route route;
    route.method = Method::get;
    route.pattern = all;
    route.permission = readPermission;
    route.summary = "List the backup policies of a project";
    route.handler = [&parts](RequestContext& context) { return list(parts, context); };
    route.query = pageFields();
    route.response = listFields("Policies, by id", policyFields());
    return route;
}

Route createRoute(const Parts& parts) {
    Route route;
    route.method = Method::post;
    route.pattern = all;
    route.permission = changePermission;
    route.summary = "Give a project a backup policy: when, what, and how long it is kept";
    route.action = "project.create-policy";
    route.handler = [&parts](RequestContext& context) { return create(parts, context); };
    route.body = wishFields(true);
    route.response = policyFields();
    route.successStatus = 201;
    route.description = "Policies may exist while backup is disabled, and are kept when it is: they take "
                        "effect with it. A project has at most 100.";
    return route;
}

} // namespace

std::vector<Route> policyRoutes(const Parts& parts) {
    Route show;
    show.method = Method::get;
    show.pattern = one;
    show.permission = readPermission;
    show.summary = "Show one backup policy and its next five runs";
    show.handler = [&parts](RequestContext& context) { return get(parts, context); };
    show.response = policyFields();

    Route patch;
    patch.method = Method::patch;
    patch.pattern = one;
    patch.permission = changePermission;
    patch.summary = "Change a backup policy";
    patch.action = "project.update-policy";
    patch.handler = [&parts](RequestContext& context) { return update(parts, context); };
    patch.body = wishFields(false);
    patch.response = policyFields();

    Route deletion;
    deletion.method = Method::remove;
    deletion.pattern = one;
    deletion.permission = changePermission;
    deletion.summary = "Delete a backup policy";
    deletion.action = "project.delete-policy";
    deletion.handler = [&parts](RequestContext& context) { return remove(parts, context); };
    deletion.successStatus = 204;
    return {listRoute(parts), createRoute(parts), show, patch, deletion};
}

} // namespace coffer::projects
