// What the plugin boundary adds to a request: the same handler registered by the host itself and, behind the
// SDK, by the plugin of sdk/examples/hello, through the same pipeline in one process.
#include "host/http/Pipeline.h"
#include "tests/host/http/PipelineHouse.h"
#include "tests/host/plugin/PluginHouse.h"
#include "tests/support/Paths.h"

#include <coffer/sdk/Json.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <vector>

using namespace coffer;

namespace {

constexpr int rounds = 201;
constexpr int requestsInARound = 500;

/// The example's own route, in the host.
Route insideRoute() {
    Route route;
    route.pattern = "/inside/{name}";
    route.permission = "hello:self";
    route.summary = "Greets somebody";
    route.response = {Field::string("greeting", "What is said").required()};
    route.handler = [greeting = std::string("hello")](RequestContext& request) {
        JsonWriter json;
        json.beginObject()
            .member("greeting", greeting + ", " + std::string(request.path("name")))
            .endObject();
        return Response::json(json.take());
    };
    return route;
}

void ask(host::Pipeline& pipeline, const std::string& target) {
    auto request = std::make_shared<host::IncomingRequest>();
    request->head = Poco::Net::HTTPRequest("GET", target, "HTTP/1.1");
    request->head.set("Authorization", "Bearer viewer");
    request->address = "192.0.2.7";
    request->requestId = "request-1";
    request->received = std::chrono::steady_clock::now();
    std::string body;
    pipeline.handle(std::move(request), [&body](Response response) { body = std::move(response.body); });
    if (body != R"({"greeting":"hello, Anna"})")
        throw std::runtime_error("the route answers otherwise: " + body);
}

/// Microseconds a request.
double measure(host::Pipeline& pipeline, const std::string& target) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < requestsInARound; ++i)
        ask(pipeline, target);
    const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - begin;
    return taken.count() / requestsInARound;
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + values.size() / 2);
    return values[values.size() / 2];
}

} // namespace

int main() {
    test::PipelineHouse house;
    test::PluginHouse plugins;
    const auto loaded =
        plugins.start({{"hello", test::buildPath("lib/coffer/bench/hello.so"), std::nullopt}});
    if (const auto reason = loaded->status("hello").value().reason; !reason.empty())
        throw std::runtime_error(reason);
    plugins.router.install("host", {insideRoute()}, std::make_shared<host::RouteGate>());
    host::Pipeline pipeline({plugins.router, house.tokens, house.storage, *house.lanes, *house.idempotency,
                             plugins.log, house.metrics});
    std::vector<double> inside;
    std::vector<double> behind;
    std::vector<double> added;
    for (int round = 0; round < rounds; ++round) {
        // Each goes first every other time, so that neither has the warmer caches.
        if (round % 2 == 0)
            inside.push_back(measure(pipeline, "/api/v1/inside/Anna"));
        behind.push_back(measure(pipeline, "/api/v1/hello/Anna"));
        if (round % 2 != 0)
            inside.push_back(measure(pipeline, "/api/v1/inside/Anna"));
        added.push_back(behind.back() - inside.back());
    }
    std::printf("%d rounds of %d requests each, medians\n", rounds, requestsInARound);
    std::printf("  handler inside the host   %8.3f us a request\n", median(inside));
    std::printf("  handler behind the SDK    %8.3f us a request\n", median(behind));
    std::printf("  the boundary              %+8.3f us, ratio %.3f\n", median(added),
                median(behind) / median(inside));
}
