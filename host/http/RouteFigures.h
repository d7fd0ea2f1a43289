#pragma once

#include <coffer/sdk/Telemetry.h>

#include <array>
#include <atomic>
#include <string>
#include <string_view>

namespace coffer::host {

/// The label of requests that meet no route.
inline constexpr std::string_view unmatchedRoute = "unmatched";

/// Counts one request in `coffer_http_requests_total` and `coffer_http_request_duration_seconds`. Looks the
/// metrics up by name: for requests that met no route.
void countRequest(Metrics& metrics, std::string_view method, std::string_view route, int status,
                  double seconds);

/// The same for one route, which remembers what it looked up. Any thread.
class RouteFigures {
public:
    RouteFigures(std::string_view method, std::string route) : method_(method), route_(std::move(route)) {}

    void count(Metrics& metrics, int status, double seconds);

private:
    static constexpr int firstStatus = 200;
    static constexpr int endStatus = 512;

    std::string method_;
    std::string route_;
    std::atomic<Histogram*> duration_{nullptr};
    std::array<std::atomic<Counter*>, endStatus - firstStatus> requests_{};
};

} // namespace coffer::host
