#include "host/http/OpenApi.h"
#include "host/http/OpenApiSchema.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

namespace coffer::host {

namespace {

using Entries = std::vector<std::shared_ptr<const RouteEntry>>;

struct Refusal {
    int status;
    std::string_view means;
};

std::string capitalized(std::string_view word) {
    std::string out(word);
    if (!out.empty())
        out.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(out.front())));
    return out;
}

/// `GET /backup-credentials/{id}/projects` is `getBackupCredentialsByIdProjects`.
std::string operationId(const Route& route, std::set<std::string>& taken) {
    std::string id;
    for (const char c : toString(route.method))
        id += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto pattern = detail::RoutePattern::parse(route.pattern);
    for (const auto& segment : pattern.segments()) {
        if (segment.isParameter)
            id += "By";
        std::string_view rest = segment.text;
        while (!rest.empty()) {
            const auto end = std::min(rest.find_first_of("-._~"), rest.size());
            id += capitalized(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    std::string unique = id;
    for (int number = 2; !taken.insert(unique).second; ++number)
        unique = id + std::to_string(number);
    return unique;
}

std::vector<Refusal> refusals(const Route& route) {
    const bool isKnown = !isPublic(route.permission);
    const bool changes = route.method != Method::get;
    std::vector<Refusal> out{{400, "It cannot be read."}};
    if (isKnown) {
        out.push_back({401, "Nobody is known by the credentials sent, or there are none."});
        out.push_back({403, "The caller lacks the permission."});
    }
    out.push_back({404, "It does not exist, or is not the caller's to see."});
    out.push_back({406, "No type in Accept can be answered."});
    if (changes) {
        out.push_back({409, "Something stands against it now."});
        out.push_back({412, "If-Match names another version than the present one."});
    }
    if (!route.body.empty()) {
        out.push_back({413, "The body is too large."});
        out.push_back({415, "The body is not JSON."});
    }
    out.push_back({422, "Fields are not valid, or a rule does not allow it."});
    if (isKnown)
        out.push_back({429, "Too many failed logins came from this address."});
    out.push_back({503, "Not available now; Retry-After says when to ask again."});
    return out;
}

void writeHeaderParameter(JsonWriter& json, std::string_view name, std::string_view description) {
    json.beginObject()
        .member("name", name)
        .member("in", "header")
        .member("description", description)
        .key("schema")
        .beginObject()
        .member("type", "string");
    if (name == "Idempotency-Key")
        json.member("minLength", 1).member("maxLength", 255);
    json.endObject().endObject();
}

void writeParameters(JsonWriter& json, const RouteEntry& entry) {
    const Route& route = entry.route;
    json.key("parameters").beginArray();
    for (const auto& name : entry.parameters) {
        json.beginObject()
            .member("name", std::string_view(name))
            .member("in", "path")
            .member("required", true);
        json.key("schema").beginObject().member("type", "string").endObject().endObject();
    }
    for (const auto& field : route.query) {
        json.beginObject().member("name", std::string_view(field.name)).member("in", "query");
        json.member("required", field.isRequired).key("schema");
        writeSchema(json, field, true);
        json.endObject();
    }
    if (route.method == Method::post && !isPublic(route.permission))
        writeHeaderParameter(json, "Idempotency-Key",
                             "Names this attempt: the same request with the same key gives the first answer "
                             "again, for 24 hours.");
    const bool isVersioned =
        route.method == Method::put || route.method == Method::patch || route.method == Method::remove;
    if (isVersioned)
        writeHeaderParameter(json, "If-Match", "The ETag as last read; 412 when it has changed since.");
    json.endArray();
}

void writeResponses(JsonWriter& json, const Route& route) {
    json.key("responses").beginObject();
    json.key(std::to_string(route.successStatus)).beginObject().member("description", "Success");
    if (route.successStatus != 204) {
        json.key("content").beginObject();
        for (std::size_t at = 0; at < route.responseType.size();) {
            const auto end = std::min(route.responseType.find(',', at), route.responseType.size());
            const auto first = std::min(route.responseType.find_first_not_of(' ', at), end);
            json.key(std::string_view(route.responseType).substr(first, end - first)).beginObject();
            if (!route.response.empty()) {
                json.key("schema");
                writeObjectSchema(json, route.response, false);
            }
            json.endObject();
            at = end + 1;
        }
        json.endObject();
    }
    json.endObject();
    for (const auto& [status, means] : refusals(route)) {
        json.key(std::to_string(status))
            .beginObject()
            .member("description", means)
            .key("content")
            .beginObject();
        json.key("application/problem+json").beginObject().key("schema").beginObject();
        json.member("$ref", "#/components/schemas/Problem");
        json.endObject().endObject().endObject().endObject();
    }
    json.endObject();
}

void writeOperation(JsonWriter& json, const RouteEntry& entry, std::set<std::string>& operationIds) {
    const Route& route = entry.route;
    std::string method(toString(route.method));
    std::ranges::transform(method, method.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    json.key(method).beginObject();
    json.member("operationId", std::string_view(operationId(route, operationIds)));
    json.member("summary", std::string_view(route.summary));
    if (!route.description.empty())
        json.member("description", std::string_view(route.description));
    const auto tag = detail::RoutePattern::parse(route.pattern).segments().front().text;
    json.key("tags").beginArray().value(std::string_view(tag)).endArray();
    json.member("x-permission", std::string_view(route.permission));
    if (isPublic(route.permission))
        json.key("security").beginArray().endArray();
    writeParameters(json, entry);
    if (!route.body.empty()) {
        const bool needed = std::ranges::any_of(route.body, &Field::isRequired);
        json.key("requestBody").beginObject().member("required", needed).key("content").beginObject();
        json.key("application/json").beginObject().key("schema");
        writeObjectSchema(json, route.body, true);
        json.endObject().endObject().endObject();
    }
    writeResponses(json, route);
    json.endObject();
}

void writePaths(JsonWriter& json, const Entries& entries) {
    std::set<std::string> operationIds;
    json.key("paths").beginObject();
    for (auto at = entries.begin(); at != entries.end();) {
        const auto end =
            std::find_if(at, entries.end(), [&](const auto& entry) { return entry->label != (*at)->label; });
        json.key((*at)->label).beginObject();
        for (; at != end; ++at)
            writeOperation(json, **at, operationIds);
        json.endObject();
    }
    json.endObject();
}

void writeComponents(JsonWriter& json) {
    const std::vector<Field> error{
        Field::string("field", "The field, as it was sent").required(),
        Field::string("code", "For programs: `too_short`").required(),
        Field::string("detail", "What is wrong, and what would be right").required()};
    const std::vector<Field> problem{
        Field::string("type", "`urn:coffer:problem:` and the code").required(),
        Field::string("title", "The same for every problem of this code").required(),
        Field::integer("status", "The HTTP status").required(),
        Field::string("code", "Stable, for programs: `credential_locked`").required(),
        Field::string("detail", "About this occurrence, and what to do next").required(),
        Field::string("requestId", "Names the request in the log and the audit log").required(),
        Field::objects("errors", "Every field that is not valid", error)};
    json.key("components").beginObject().key("schemas").beginObject().key("Problem");
    writeObjectSchema(json, problem, false);
    json.endObject().key("securitySchemes").beginObject();
    json.key("bearer").beginObject().member("type", "http").member("scheme", "bearer").endObject();
    json.key("basic").beginObject().member("type", "http").member("scheme", "basic");
    json.member("description", "A robot's access key and secret").endObject();
    json.endObject().endObject();
}

Route documentRoute() {
    Route route;
    route.method = Method::get;
    route.pattern = "/openapi.json";
    route.permission = "openapi:public";
    route.summary = "This document";
    route.response = {Field::string("openapi", "Version of OpenAPI").required(),
                      Field::object("info", "Name and version of the API", {}).required(),
                      Field::object("paths", "Every route", {}).required(),
                      Field::object("components", "What the routes share", {}).required()};
    return route;
}

/// The document of the newest table that was asked about.
class DocumentCache {
public:
    DocumentCache(const Router& router, std::string version)
        : router_(router), version_(std::move(version)) {}

    std::shared_ptr<const std::string> get() {
        const auto table = router_.table();
        const std::lock_guard lock(mutex_);
        if (table.get() != table_.lock().get() || !document_) {
            document_ = std::make_shared<const std::string>(openApiDocument(*table, version_));
            table_ = table;
        }
        return document_;
    }

private:
    const Router& router_;
    const std::string version_;
    std::mutex mutex_;
    std::weak_ptr<const RouteTable> table_; // weak: handlers of a stopped plugin must not live on in here
    std::shared_ptr<const std::string> document_;
};

} // namespace

std::string openApiDocument(const RouteTable& table, std::string_view version) {
    Entries entries;
    std::ranges::copy_if(table.entries(), std::back_inserter(entries),
                         [](const auto& entry) { return !entry->isMounted && !entry->isWithdrawn; });
    std::ranges::sort(entries, {},
                      [](const auto& entry) { return std::pair(entry->label, entry->route.method); });

    JsonWriter json;
    json.beginObject().member("openapi", "3.1.0").key("info").beginObject();
    json.member("title", "coffer").member("version", version).endObject();
    json.key("security").beginArray();
    for (const std::string_view scheme : {"bearer", "basic"})
        json.beginObject().key(scheme).beginArray().endArray().endObject();
    json.endArray();
    writePaths(json, entries);
    writeComponents(json);
    json.endObject();
    return json.take();
}

std::vector<Route> documentRoutes(const Router& router, std::string version) {
    Route route = documentRoute();
    route.handler = [cache = std::make_shared<DocumentCache>(router, std::move(version))](RequestContext&) {
        return Response::json(*cache->get());
    };
    std::vector<Route> routes;
    routes.push_back(std::move(route));
    return routes;
}

} // namespace coffer::host
