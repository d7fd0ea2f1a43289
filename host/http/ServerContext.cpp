#include "host/http/ServerContext.h"

namespace coffer::host {

namespace {

Counter& refusedCounter(Metrics& metrics, const char* reason) {
    return metrics.counter("coffer_http_refused_total",
                           "Requests and connections refused before they reached a route, by reason",
                           {{"reason", reason}});
}

} // namespace

ServerMetrics::ServerMetrics(Metrics& metrics)
    : connections(metrics.gauge("coffer_http_connections", "Connections that are open")),
      malformed(refusedCounter(metrics, "malformed")), tooLarge(refusedCounter(metrics, "too_large")),
      timedOut(refusedCounter(metrics, "timeout")), unread(refusedCounter(metrics, "unread")),
      overloaded(refusedCounter(metrics, "overloaded")), full(refusedCounter(metrics, "connections")),
      descriptors(refusedCounter(metrics, "descriptors")), handshake(refusedCounter(metrics, "tls")),
      other(refusedCounter(metrics, "application")) {}

Counter& ServerMetrics::refused(int status) noexcept {
    switch (status) {
    case 400:
    case 417:
    case 505:
        return malformed;
    case 413:
    case 414:
    case 431:
        return tooLarge;
    case 408:
        return timedOut;
    default:
        return other;
    }
}

ServerContext::ServerContext(ServerOptions serverOptions, Application& served, Log& serverLog,
                             Metrics& serverMetrics)
    : options(std::move(serverOptions)), application(served), log(serverLog), metrics(serverMetrics),
      proxies(options.trustedProxies) {}

} // namespace coffer::host
