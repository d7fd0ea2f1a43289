#pragma once

#include "host/http/Context.h"
#include "host/http/Pipeline.h"
#include "sdk/shared/QueryString.h"

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace coffer::host {

/// One request on its way through the Pipeline; kept alive by the lane that runs its handler. One thread at a
/// time, but for giveUp().
class RequestRun : public std::enable_shared_from_this<RequestRun> {
public:
    RequestRun(const PipelineParts& parts, const PipelineOptions& options,
               std::shared_ptr<IncomingRequest> request, Reply reply);

    /// Answers, now or once its lane gets to it. Throws nothing that a caller should be told.
    void begin();

private:
    // The stages, in their order; each throws the Problem that ends the request.
    [[nodiscard]] bool answerPage();
    [[nodiscard]] bool findRoute();
    void identify();
    void authorize();
    void check();
    [[nodiscard]] bool admitKey();
    void dispatch();
    /// Answers for a handler that does not return. On the watch's thread, while the handler runs.
    void giveUp(std::chrono::milliseconds took) noexcept;
    void runHandler(const Lanes::Charge& charge);

    void keepAnswer(const Context& context, const Response& response);
    [[nodiscard]] Response leased(Response response);

    // What a stage or handler threw, as an answer.
    [[nodiscard]] Response answerTo(std::exception_ptr thrown) noexcept;
    [[nodiscard]] Response answerTo(const Problem& problem);
    void recordRefusal(const Problem& problem);
    [[nodiscard]] AuditEvent event(AuditResult result, std::string reason) const;

    [[nodiscard]] LaneAccounts accounts() const;
    void finish(Response response);
    /// What every answer gets: headers, and its place in the figures.
    void complete(Response& response);
    void count(const Response& response);

    [[nodiscard]] const Route& route() const noexcept { return admitted_.entry->route; }

    const PipelineParts& parts_;
    const PipelineOptions& options_;
    std::shared_ptr<IncomingRequest> incoming_;
    const Reply reply_;
    std::atomic<bool> isAnswered_ = false;
    detail::Target target_;
    const PublicPage* page_ = nullptr;
    Admitted admitted_;
    std::optional<IdempotentRequest> key_; ///< until it is admitted
    RouteLease lease_;
    bool isKnown_ = false;          ///< somebody has shown who they are
    std::int64_t organization_ = 0; ///< to whom a refusal is shown
    std::string label_;
    std::shared_ptr<RouteFigures> figures_;
};

} // namespace coffer::host
