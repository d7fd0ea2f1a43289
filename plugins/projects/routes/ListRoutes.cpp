#include "routes/Representation.h"
#include "routes/Routes.h"

#include "service/Catalogue.h"

#include <coffer/sdk/Page.h>

#include <utility>

namespace coffer::projects {

namespace {

OrganizationScope narrowed(OrganizationScope scope, std::optional<std::int64_t> organization) {
    if (!organization)
        return scope;
    OrganizationScope out;
    if (scope.contains(*organization))
        out.organizations.push_back(*organization);
    return out;
}

Order orderOf(std::string_view name) {
    if (name == "name")
        return Order::name;
    if (name == "createdAt")
        return Order::created;
    return name == "lastModifiedAt" ? Order::modified : Order::id;
}

Listing listingOf(RequestContext& context, const std::string& sort) {
    const Values& query = context.query();
    Listing listing;
    listing.filter.scope = narrowed(context.scope(), query.maybeInteger("organizationId"));
    listing.filter.credential = query.maybeInteger("credentialId");
    listing.search = query.maybeString("search").value_or("");
    listing.descending = sort.starts_with('-');
    listing.order = orderOf(std::string_view(sort).substr(listing.descending ? 1 : 0));
    listing.limit = pageLimit(query);
    if (const auto cursor = query.maybeString("cursor"))
        listing.after = fromCursor(*cursor, sort, listing.order != Order::name);
    return listing;
}

std::optional<BackupState> stateOf(const Values& query) {
    const auto asked = query.maybeString("backup");
    for (const auto state : {BackupState::disabled, BackupState::enabled, BackupState::suspended})
        if (asked && *asked == toString(state))
            return state;
    return std::nullopt;
}

Response list(const Parts& parts, RequestContext& context) {
    const std::string sort = context.query().maybeString("sort").value_or("id");
    const Listing listing = listingOf(context, sort);
    const ProjectPage page = context.read([&](Transaction& transaction) {
        return listed(transaction, parts.credentials, listing, stateOf(context.query()));
    });
    JsonWriter json;
    json.reserve(1024 * (page.items.size() + 1));
    json.beginObject().key("items").beginArray();
    for (const auto& shown : page.items) {
        json.beginObject();
        writeMembers(json, shown);
        json.endObject();
    }
    endList(json, page.next ? std::optional(toCursor(sort, *page.next)) : std::nullopt, page.total);
    return Response::json(json.take());
}

std::vector<Field> queryFields() {
    std::vector<Field> fields{
        Field::string("search",
                      "Parts of the name, the description or the id; all must match, whatever their "
                      "case")
            .length(0, 200)
            .example("shop"),
        Field::integer("organizationId", "Only this organization's").range(1, 2147483647),
        Field::string("backup", "Only those whose backup stands like this now")
            .oneOf({"disabled", "enabled", "suspended"}),
        Field::integer("credentialId", "Only those that are backed up with it").range(1, 2147483647),
        Field::string("sort", "By what, `-` in front for descending; `id` unless told")
            .oneOf(sortChoices({"id", "name", "createdAt", "lastModifiedAt"})),
    };
    for (auto& field : pageFields())
        fields.push_back(std::move(field));
    return fields;
}

} // namespace

std::vector<Route> listRoutes(const Parts& parts) {
    Route route;
    route.method = Method::get;
    route.pattern = "/projects";
    route.permission = readPermission;
    route.summary = "List and search projects";
    route.handler = [&parts](RequestContext& context) { return list(parts, context); };
    route.query = queryFields();
    route.response = listFields("Projects", projectFields());
    route.description =
        "`totalCount` is exact, but for a search that matches more than 1000: then `totalIsExact` is false "
        "and it is a lower bound. While the plugin backup-credentials is disabled, nobody can tell what is "
        "`enabled` or `suspended`: these two answer 503, and projects with backup are shown as `unknown`.";
    return {route};
}

} // namespace coffer::projects
