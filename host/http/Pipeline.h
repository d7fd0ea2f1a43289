#pragma once

#include "host/http/Authenticator.h"
#include "host/http/Exchange.h"
#include "host/http/Idempotency.h"
#include "host/http/Lanes.h"
#include "host/http/Router.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <functional>
#include <map>
#include <string>

namespace coffer::host {

/// Something outside `/api/v1` that whoever calls may see: `/healthz`, `/metrics`. Answers GET and HEAD.
struct Page {
    std::function<Response()> answer; ///< any thread
    /// Made from memory at once, and answered even when every worker is busy.
    bool isInstant = false;
};

struct PipelineOptions {
    std::map<std::string, Page, std::less<>> pages; ///< by path
};

/// What the stages of a request use. All of it outlives the server.
struct PipelineParts {
    Router& router;
    Authenticator& authenticator;
    Storage& storage;
    Lanes& lanes;
    IdempotencyStore& idempotency;
    Log& log;
    Metrics& metrics;
};

/// The one way of a request: route, identity, permission, fields, Idempotency-Key, handler, response. Every
/// refusal of somebody known is recorded before its answer leaves.
class Pipeline final : public Application {
public:
    explicit Pipeline(PipelineParts parts, PipelineOptions options = {});

    [[nodiscard]] std::size_t bodyLimit(const Poco::Net::HTTPRequest& head) override;
    [[nodiscard]] bool isInstant(const Poco::Net::HTTPRequest& head) noexcept override;
    void handle(std::shared_ptr<IncomingRequest> request, Reply reply) override;
    [[nodiscard]] Response render(const Problem& problem, const std::string& requestId) noexcept override;

private:
    const PipelineParts parts_;
    const PipelineOptions options_;
};

} // namespace coffer::host
