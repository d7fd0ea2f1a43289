#include "host/plugin/PluginRoutes.h"

#include "host/plugin/PluginHost.h"

#include <coffer/sdk/Json.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace coffer::host {

namespace {

constexpr const char* permission = "plugins:administer";
constexpr std::int64_t usualPage = 50;
constexpr std::int64_t largestPage = 500;

void writeNames(JsonWriter& json, std::string_view member, const std::vector<std::string>& names) {
    json.key(member).beginArray();
    for (const auto& name : names)
        json.value(std::string_view(name));
    json.endArray();
}

void write(JsonWriter& json, const RegisteredNames& names) {
    json.beginObject();
    writeNames(json, "routes", names.routes);
    writeNames(json, "mounts", names.mounts);
    writeNames(json, "services", names.services);
    writeNames(json, "storageAdapters", names.storageAdapters);
    writeNames(json, "auditSinks", names.auditSinks);
    json.member("auditHooks", names.auditHooks);
    writeNames(json, "tasks", names.tasks);
    writeNames(json, "collectors", names.collectors);
    writeNames(json, "consolePages", names.consolePages);
    json.endObject();
}

void write(JsonWriter& json, const PluginStatus& plugin) {
    const auto orNull = [&](std::string_view name, const std::string& text) {
        text.empty() ? json.nullMember(name) : json.member(name, text);
    };
    json.beginObject().member("id", plugin.id);
    orNull("version", plugin.version);
    orNull("description", plugin.description);
    json.member("file", plugin.file);
    orNull("sha256", plugin.sha256);
    orNull("sdkVersion", plugin.sdkVersion);
    json.member("state", toString(plugin.state)).member("since", plugin.since);
    orNull("reason", plugin.reason);
    orNull("disabledBy", plugin.disabledBy);
    json.key("health").beginObject().member("state", toString(plugin.health.state));
    orNull("reason", plugin.health.reason);
    json.endObject();
    writeNames(json, "needs", plugin.needs);
    write(json.key("registered"), plugin.registered);
    json.endObject();
}

std::vector<Field> pluginFields() {
    return {
        Field::string("id", "Its name").required().example("backup-credentials"),
        Field::string("version", "Its own version; null when its file could not be read")
            .required()
            .nullable(),
        Field::string("description", "One line").required().nullable(),
        Field::string("file", "Where it was loaded from").required(),
        Field::string("sha256", "Of that file, hexadecimal").required().nullable(),
        Field::string("sdkVersion", "The SDK it was built with").required().nullable().example("1.0"),
        Field::string("state", "How far it came")
            .required()
            .oneOf({"loaded", "initialized", "running", "disabled", "stopped", "quarantined"}),
        Field::instant("since", "When it came into this state").required(),
        Field::string("reason", "Why it is quarantined, and what to do").required().nullable(),
        Field::string("disabledBy", "Name of the principal who disabled it; null unless it is disabled")
            .required()
            .nullable(),
        Field::object("health", "What it says of itself",
                      {Field::string("state", "How it is").required().oneOf({"ok", "degraded", "failed"}),
                       Field::string("reason", "Why it is not ok").required().nullable()})
            .required(),
        Field::strings("needs", "Services of others that it needs").required(),
        Field::object(
            "registered", "What it registered, by name",
            {Field::strings("routes", "Method and pattern below /api/v1").required(),
             Field::strings("mounts", "Paths of mounted handlers").required(),
             Field::strings("services", "Id and major version").required(),
             Field::strings("storageAdapters", "What the names of its tables begin with").required(),
             Field::strings("auditSinks", "Names").required(),
             Field::integer("auditHooks", "How many").required(),
             Field::strings("tasks", "Names of periodic tasks").required(),
             Field::strings("collectors", "Names of metrics that are collected at each scrape").required(),
             Field::strings("consolePages", "Paths of pages of the web console").required()})
            .required(),
    };
}

/// A page is cut by id, so that it stays right when plugins come and go between two requests.
Response listPlugins(const PluginHost& host, const Values& query) {
    auto plugins = host.status();
    std::ranges::sort(plugins, {}, &PluginStatus::id);
    const auto total = plugins.size();
    if (const auto after = query.maybeString("cursor"))
        std::erase_if(plugins, [&](const PluginStatus& plugin) { return plugin.id <= *after; });
    const auto limit = static_cast<std::size_t>(query.maybeInteger("limit").value_or(usualPage));
    const bool isMore = plugins.size() > limit;
    if (isMore)
        plugins.resize(limit);

    JsonWriter json;
    json.beginObject().key("items").beginArray();
    for (const auto& plugin : plugins)
        write(json, plugin);
    json.endArray();
    isMore ? json.member("nextCursor", plugins.back().id) : json.nullMember("nextCursor");
    json.member("totalCount", total).member("totalIsExact", true).endObject();
    return Response::json(json.take());
}

Response answer(const PluginStatus& plugin) {
    JsonWriter json;
    write(json, plugin);
    return Response::json(json.take());
}

Response showPlugin(const PluginHost& host, std::string_view id) {
    const auto plugin = host.status(id);
    if (!plugin)
        throw Problem::notFound();
    return answer(*plugin);
}

/// A plugin serves all organizations: who administers only some of them may not take it away.
void requireAll(const RequestContext& context) {
    if (!context.scope().all)
        throw Problem(403, "permission_denied", "You may not do this",
                      "A plugin serves all organizations: it takes the role administrator in all of them.");
}

// What is kept and recorded is one transaction, and the answer comes after it: only then is it known how the
// plugin took it. So the answer's copy for an Idempotency-Key is a transaction of its own.
Route disableRoute(PluginHost& plugins) {
    Route route;
    route.method = Method::post;
    route.pattern = "/plugins/{id}/disable";
    route.permission = permission;
    route.action = "plugin.disable";
    route.lane = Lane::slow;
    route.summary = "Takes a plugin out of service, also over restarts";
    route.description =
        "Its routes answer 503 `plugin_disabled` at once; requests in flight finish, its tasks end, and "
        "other plugins find its services gone. 409 when it is disabled already, or in quarantine; 500 "
        "`plugin_failed` when it did not stop as it should: it is in quarantine then, and stays disabled.";
    route.response = pluginFields();
    route.handler = [&plugins](RequestContext& request) {
        requireAll(request);
        return answer(plugins.disable(request.path("id"), request.origin()));
    };
    return route;
}

Route enableRoute(PluginHost& plugins) {
    Route route;
    route.method = Method::post;
    route.pattern = "/plugins/{id}/enable";
    route.permission = permission;
    route.action = "plugin.enable";
    route.lane = Lane::slow;
    route.summary = "Takes a disabled plugin into service again";
    route.description =
        "It begins anew: it reads the configuration that the daemon started with, and other plugins reach "
        "its services as before. 409 when it is enabled already, or in quarantine; 500 `plugin_failed` "
        "when it did not start: it is in quarantine then, and is tried again when the daemon starts.";
    route.response = pluginFields();
    route.handler = [&plugins](RequestContext& request) {
        requireAll(request);
        return answer(plugins.enable(request.path("id"), request.origin()));
    };
    return route;
}

} // namespace

std::vector<Route> pluginRoutes(PluginHost& plugins) {
    Route list;
    list.pattern = "/plugins";
    list.permission = permission;
    list.summary = "Lists the plugins, with their state and what they registered";
    list.query = {Field::integer("limit", "Plugins in one answer").range(1, largestPage),
                  Field::string("cursor", "Where to go on: nextCursor of the answer before").length(1, 64)};
    list.response = {
        Field::objects("items", "Plugins, by id", pluginFields()).required(),
        Field::string("nextCursor", "Send it as cursor for the next page; null after the last")
            .required()
            .nullable(),
        Field::integer("totalCount", "How many there are").required(),
        Field::boolean("totalIsExact", "Whether totalCount is more than a lower bound").required()};
    list.handler = [&plugins](RequestContext& request) { return listPlugins(plugins, request.query()); };

    Route show;
    show.pattern = "/plugins/{id}";
    show.permission = permission;
    show.summary = "Shows one plugin";
    show.response = pluginFields();
    show.handler = [&plugins](RequestContext& request) { return showPlugin(plugins, request.path("id")); };
    return {std::move(list), std::move(show), disableRoute(plugins), enableRoute(plugins)};
}

} // namespace coffer::host
