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
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::host {

/// Something outside `/api/v1` that whoever calls may see: `/healthz`, `/metrics`. Answers GET and HEAD.
struct PublicPage {
    std::function<Response(const Poco::Net::HTTPRequest& head)> answer; ///< any thread; may throw a Problem
    /// Made from memory at once, and answered even when every worker is busy.
    bool isInstant = false;
    /// What every answer of it carries unless it says otherwise, refusals too.
    std::vector<std::pair<std::string, std::string>> headers{};
};

/// By path. One that ends in a slash stands for every path below it that has no page of its own; `/` alone
/// does not.
using PublicPages = std::map<std::string, PublicPage, std::less<>>;

/// The page of a path, with its name; end() when there is none.
[[nodiscard]] PublicPages::const_iterator findPage(const PublicPages& pages, std::string_view path) noexcept;

struct PipelineOptions {
    PublicPages pages;
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
