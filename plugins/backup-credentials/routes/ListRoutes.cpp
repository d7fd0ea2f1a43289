#include "routes/Representation.h"
#include "routes/Routes.h"

#include "search/Listing.h"

#include <utility>

namespace coffer::backup_credentials {

namespace {

OrganizationScope narrowed(OrganizationScope scope, std::optional<std::int64_t> organization) {
    if (!organization)
        return scope;
    OrganizationScope out;
    if (scope.contains(*organization))
        out.organizations.push_back(*organization);
    return out;
}

search::Listing listingOf(RequestContext& context) {
    const Values& query = context.query();
    search::Listing listing;
    listing.scope = narrowed(context.scope(), query.maybeInteger("organizationId"));
    listing.search = query.maybeString("search").value_or("");
    listing.locked = query.maybeBoolean("locked");
    listing.isDefault = query.maybeBoolean("default");
    listing.projectId = query.maybeString("projectId");
    if (const auto verdict = query.maybeString("validation"))
        listing.validation = validationStateFromString(*verdict);
    if (const auto sort = query.maybeString("sort"))
        listing.sort = search::Sort::parse(*sort).value_or(search::Sort{});
    listing.limit = pageLimit(query);
    if (const auto cursor = query.maybeString("cursor"))
        listing.after = fromCursor(*cursor, listing.sort.toString(), isInteger(listing.sort.order));
    return listing;
}

std::string pageOf(const Services& services, Transaction& transaction, const search::Listing& listing) {
    constexpr std::size_t usualRow = 800;
    JsonWriter json;
    json.reserve(usualRow * (listing.limit + 1));
    json.beginObject().key("items").beginArray();
    const auto page = services.shown->list(transaction, listing);
    for (const auto& credential : page->rows)
        json.raw(credential->json);
    endList(json, page->next ? std::optional(toCursor(listing.sort.toString(), *page->next)) : std::nullopt,
            page->total);
    return json.take();
}

Response list(const Services& services, RequestContext& context) {
    const search::Listing listing = listingOf(context);
    return Response::json(
        context.read([&](Transaction& transaction) { return pageOf(services, transaction, listing); }));
}

std::vector<Field> queryFields() {
    std::vector<Field> fields{
        Field::string("search", "Parts of the name, access key id, endpoint, region, organization or a "
                                "project; all must match, whatever their case. A part of one or two "
                                "characters matches where a word begins")
            .length(0, 200)
            .example("nightly"),
        Field::integer("organizationId", "Only this organization's").range(1, 2147483647),
        Field::boolean("locked", "Only locked ones, or only the others"),
        Field::boolean("default", "Only defaults, or only the others"),
        Field::string("projectId", "Only those that this project uses").length(1, 64),
        Field::string("validation", "Only those of which this is known")
            .oneOf({"valid", "invalid", "failing", "unverified"}),
        Field::string("sort", "By what, `-` in front for descending; `id` unless told. A search that matches "
                              "more than 1000 is sorted by id only")
            .oneOf(search::sortNames()),
    };
    for (auto& field : pageFields())
        fields.push_back(std::move(field));
    return fields;
}

} // namespace

std::vector<Route> listRoutes(const Services& services) {
    Route route;
    route.method = Method::get;
    route.pattern = "/backup-credentials";
    route.permission = readPermission;
    route.summary = "List and search credentials";
    route.handler = [services](RequestContext& context) { return list(services, context); };
    route.query = queryFields();
    route.response = listFields("Credentials", credentialFields());
    route.description = "`totalCount` is exact up to 1000 matches and without search or with one filter; "
                        "otherwise `totalIsExact` is false and it is a lower bound.";
    return {route};
}

} // namespace coffer::backup_credentials
