#include "host/http/RouteFigures.h"

#include <algorithm>

namespace coffer::host {

namespace {

constexpr std::array<std::string_view, 7> knownMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                       "PATCH", "DELETE", "OPTIONS"};

Counter& requestCounter(Metrics& metrics, std::string_view method, std::string_view route, int status) {
    // A caller may invent methods; the label may not.
    const bool known = std::ranges::find(knownMethods, method) != knownMethods.end();
    return metrics.counter("coffer_http_requests_total", "Requests answered, by method, route and status.",
                           {{"method", std::string(known ? method : "other")},
                            {"route", std::string(route)},
                            {"status", std::to_string(status)}});
}

Histogram& durationHistogram(Metrics& metrics, std::string_view route) {
    return metrics.histogram("coffer_http_request_duration_seconds",
                             "Time from a request's arrival to its answer, by route.",
                             {{"route", std::string(route)}});
}

} // namespace

void countRequest(Metrics& metrics, std::string_view method, std::string_view route, int status,
                  double seconds) {
    requestCounter(metrics, method, route, status).add();
    durationHistogram(metrics, route).observe(seconds);
}

void RouteFigures::count(Metrics& metrics, int status, double seconds) {
    if (status < firstStatus || status >= endStatus) {
        countRequest(metrics, method_, route_, status, seconds);
        return;
    }
    // Two threads may look up at once; both find the same metric.
    auto& kept = requests_[static_cast<std::size_t>(status - firstStatus)];
    Counter* counter = kept.load(std::memory_order_acquire);
    if (!counter) {
        counter = &requestCounter(metrics, method_, route_, status);
        kept.store(counter, std::memory_order_release);
    }
    counter->add();
    Histogram* duration = duration_.load(std::memory_order_acquire);
    if (!duration) {
        duration = &durationHistogram(metrics, route_);
        duration_.store(duration, std::memory_order_release);
    }
    duration->observe(seconds);
}

} // namespace coffer::host
