#pragma once

#include "host/http/ConnectionTable.h"
#include "host/http/Exchange.h"
#include "host/http/FileDescriptor.h"
#include "host/http/OutputHead.h"
#include "host/http/RequestOrigin.h"
#include "host/http/ServerOptions.h"
#include "host/http/ServerProducers.h"

#include <coffer/sdk/Telemetry.h>

#include <atomic>

namespace coffer::host {

/// What a server counts. References live as long as the Metrics. Any thread.
struct ServerMetrics {
    explicit ServerMetrics(Metrics& metrics);
    [[nodiscard]] Counter& refused(int status) noexcept;

    Gauge& connections;
    Counter& malformed;   ///< 400, 417, 505
    Counter& tooLarge;    ///< 413, 414, 431
    Counter& timedOut;    ///< the request was not complete at its deadline
    Counter& unread;      ///< the response was not taken before its deadline
    Counter& overloaded;  ///< every worker and place in the queue was taken
    Counter& full;        ///< there were too many connections
    Counter& descriptors; ///< the process had no descriptor left
    Counter& handshake;   ///< TLS failed
    Counter& other;       ///< refused by the application before the body was read
};

/// What all connections of one server share. Each holds it, so that a reply which comes after the server's
/// end finds it; application, log and metrics are not touched any more once `table` is empty.
struct ServerContext {
    ServerContext(ServerOptions serverOptions, Application& served, Log& serverLog, Metrics& serverMetrics);

    const ServerOptions options;
    Application& application;
    Log& log;
    ServerMetrics metrics;
    TrustedProxies proxies;
    RequestIds ids;
    HttpDate date;
    FileDescriptor epoll;
    ConnectionTable table;
    ServerProducers producers;
    std::atomic<bool> stopping = false;
    std::atomic<bool> briefWaitTaken = false; ///< one worker at a time waits a moment for the next request
};

} // namespace coffer::host
