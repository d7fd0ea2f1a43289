#include "host/StatusPages.h"

#include <coffer/sdk/Json.h>

namespace coffer::host {

namespace {

constexpr std::array<std::string_view, 4> pages{"/", "/healthz", "/readyz", "/metrics"};

std::string pathOf(const Poco::Net::HTTPRequest& head) {
    const auto& target = head.getURI();
    return target.substr(0, target.find('?'));
}

bool isPage(const std::string& path) {
    return std::ranges::find(pages, path) != pages.end();
}

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

Response directory() {
    JsonWriter json;
    json.beginObject()
        .member("name", "coffer")
        .member("api", "/api/v1")
        .member("openapi", "/api/v1/openapi.json")
        .member("health", "/healthz")
        .member("ready", "/readyz")
        .member("metrics", "/metrics")
        .endObject();
    return Response::json(json.take());
}

} // namespace

StatusPages::StatusPages(Application& next, MetricsRegistry& metrics,
                         std::function<std::vector<Readiness>()> readiness)
    : next_(next), metrics_(metrics), readiness_(std::move(readiness)) {}

std::size_t StatusPages::bodyLimit(const Poco::Net::HTTPRequest& head) {
    return isPage(pathOf(head)) ? 0 : next_.bodyLimit(head);
}

bool StatusPages::isInstant(const Poco::Net::HTTPRequest& head) noexcept {
    const auto& target = head.getURI();
    return target == "/healthz" || target == "/readyz" || next_.isInstant(head);
}

Response StatusPages::ready() const {
    const auto parts = readiness_();
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

Response StatusPages::answer(const std::string& path) const {
    if (path == "/healthz")
        return Response::json(R"({"status":"ok"})");
    if (path == "/readyz")
        return ready();
    if (path == "/metrics") {
        Response response = Response::json(metrics_.render());
        response.contentType = "text/plain; version=0.0.4; charset=utf-8";
        return response;
    }
    return directory();
}

void StatusPages::handle(std::shared_ptr<IncomingRequest> request, Reply reply) {
    const std::string path = pathOf(request->head);
    if (!isPage(path))
        return next_.handle(std::move(request), std::move(reply));
    const auto& method = request->head.getMethod();
    if (method == "OPTIONS")
        return reply(Response::noContent().header("Allow", "GET, HEAD, OPTIONS"));
    if (method != "GET" && method != "HEAD")
        return reply(render(Problem(405, "method_not_allowed", "Method not allowed", "Use GET.")
                                .header("Allow", "GET, HEAD, OPTIONS"),
                            request->requestId));
    Response response = answer(path);
    response.header("Cache-Control", "no-store");
    reply(std::move(response));
}

Response StatusPages::render(const Problem& problem, const std::string& requestId) noexcept {
    return next_.render(problem, requestId);
}

} // namespace coffer::host
