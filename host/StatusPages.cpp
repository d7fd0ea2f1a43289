#include "host/StatusPages.h"

#include "sdk/shared/Negotiation.h"

#include <coffer/sdk/Json.h>

namespace coffer::host {

namespace {

std::string_view toString(Health::State state) noexcept {
    switch (state) {
    case Health::State::ok:
        return "ok";
    case Health::State::degraded:
        return "degraded";
    case Health::State::failed:
        return "failed";
    }
    return "";
}

Response directory(const Poco::Net::HTTPRequest& head, bool hasConsole) {
    if (hasConsole && detail::prefers(head, "text/html", "application/json")) {
        Response response;
        response.status = 303;
        return response.header("Location", "/console/").header("Vary", "Accept");
    }
    JsonWriter json;
    json.beginObject()
        .member("name", "coffer")
        .member("api", "/api/v1")
        .member("openapi", "/api/v1/openapi.json")
        .member("health", "/healthz")
        .member("ready", "/readyz")
        .member("metrics", "/metrics");
    if (hasConsole)
        json.member("console", "/console/");
    json.endObject();
    return Response::json(json.take()).header("Vary", "Accept");
}

Response ready(const std::vector<Readiness>& parts) {
    const bool works = std::ranges::none_of(parts, [](const Readiness& part) {
        return part.required && part.health.state == Health::State::failed;
    });
    JsonWriter json;
    json.beginObject().member("status", works ? "ready" : "not ready").key("parts").beginArray();
    for (const auto& part : parts)
        json.beginObject()
            .member("name", part.name)
            .member("state", toString(part.health.state))
            .member("reason", part.health.reason)
            .endObject();
    json.endArray().endObject();
    return Response::json(json.take(), works ? 200 : 503);
}

Response metricsPage(detail::MetricsRegistry& metrics) {
    Response response = Response::json(metrics.render());
    response.contentType = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

} // namespace

PublicPages statusPages(detail::MetricsRegistry& metrics, std::function<std::vector<Readiness>()> readiness,
                        bool hasConsole) {
    using Head = Poco::Net::HTTPRequest;
    return {
        {"/", {[hasConsole](const Head& head) { return directory(head, hasConsole); }, true}},
        {"/healthz", {[](const Head&) { return Response::json(R"({"status":"ok"})"); }, true}},
        {"/readyz", {[readiness = std::move(readiness)](const Head&) { return ready(readiness()); }, true}},
        // Collectors read the database: not instant.
        {"/metrics", {[&metrics](const Head&) { return metricsPage(metrics); }, false}},
    };
}

} // namespace coffer::host
