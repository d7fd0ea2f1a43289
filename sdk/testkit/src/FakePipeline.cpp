#include "FakePipeline.h"

#include "FakeContext.h"

#include "sdk/shared/QueryString.h"
#include "sdk/shared/Rendering.h"

#include <exception>
#include <utility>

namespace coffer::testkit {

namespace {

constexpr std::string_view apiPrefix = "/api/v1";
constexpr std::string_view mountPrefix = "/plugins/";
constexpr const char* address = "192.0.2.1";
constexpr std::size_t limitWithoutBody = 4096;

std::string wholeTarget(std::string target) {
    const bool whole = target.starts_with(std::string(apiPrefix) + "/") || target.starts_with(mountPrefix);
    return whole ? target : std::string(apiPrefix) + target;
}

Answer answerOf(Response response, bool withBody) {
    Answer answer;
    answer.status = response.status;
    answer.contentType = std::move(response.contentType);
    answer.headers = std::move(response.headers);
    answer.body = std::move(response.body);
    if (response.producer)
        for (std::string piece = response.producer->next(); !piece.empty(); piece = response.producer->next())
            answer.body += piece;
    if (!withBody)
        answer.body.clear();
    return answer;
}

} // namespace

/// One request on its way.
class FakePipeline::Run {
public:
    Run(FakePipeline& pipeline, const Principal& principal, Sent sent)
        : pipeline_(pipeline), target_(wholeTarget(std::move(sent.target))), body_(std::move(sent.body)),
          withBody_(sent.method != "HEAD") {
        admitted_.principal = principal;
        admitted_.origin = {principal.id, isKnown() ? principal.name : "anonymous", address, {}};
        admitted_.head.setMethod(std::string(sent.method));
        admitted_.head.setURI(target_);
        admitted_.head.setVersion(Poco::Net::HTTPMessage::HTTP_1_1);
        for (const auto& [name, value] : sent.headers)
            admitted_.head.add(name, value);
        if (!body_.empty() && !admitted_.head.has("Content-Type"))
            admitted_.head.setContentType("application/json");
        const int number = ++pipeline.requests_;
        admitted_.origin.requestId = admitted_.head.get("X-Request-Id", "request-" + std::to_string(number));
    }

    Answer answer() {
        Response response;
        try {
            response = handle();
        } catch (...) {
            response = answerTo(std::current_exception());
        }
        detail::addSecurityHeaders(response, needsIdentity() && isKnown(), false,
                                   entry_ && entry_->isMounted);
        return answerOf(std::move(response), withBody_);
    }

private:
    [[nodiscard]] bool isKnown() const noexcept { return admitted_.principal.id != 0; }
    [[nodiscard]] bool needsIdentity() const noexcept {
        return entry_ && !isPublic(entry_->route.permission);
    }

    Response handle() {
        const auto target = detail::splitTarget(target_);
        if (auto options = findRoute(target.path))
            return std::move(*options);
        authorize();
        if (!entry_->isMounted) {
            detail::negotiate(entry_->route, admitted_.head, !body_.empty());
            admitted_.checked = detail::checkRequest(entry_->route, admitted_.head, target.query, body_);
        } else {
            admitted_.body = std::move(body_);
        }
        FakeContext context(admitted_, pipeline_.storage_);
        try {
            return entry_->route.handler(context);
        } catch (...) {
            if (context.organization() != 0)
                organization_ = context.organization();
            throw;
        }
    }

    /// @returns the answer to OPTIONS
    std::optional<Response> findRoute(std::string_view path) {
        const std::string& method = admitted_.head.getMethod();
        auto match = path.starts_with(apiPrefix)
                         ? pipeline_.index_.find(method, path.substr(apiPrefix.size()))
                         : pipeline_.index_.findBelow(path);
        if (!match)
            throw Problem::notFound();
        if (!match->route) {
            if (method != "OPTIONS")
                throw detail::methodNotAllowed(match->allow);
            return Response::noContent().header("Allow", match->allow);
        }
        if (pipeline_.closed_)
            throw detail::pluginUnavailable(pipeline_.plugin_);
        entry_ = &pipeline_.entries_[*match->route];
        admitted_.names = &entry_->parameters;
        admitted_.values = std::move(match->parameters);
        const bool takesBody = entry_->isMounted || !entry_->route.body.empty();
        if (const auto limit = takesBody ? entry_->route.bodyLimit : limitWithoutBody; body_.size() > limit)
            throw detail::bodyTooLarge(limit);
        return std::nullopt;
    }

    void authorize() {
        if (!needsIdentity()) {
            admitted_.principal = {};
            admitted_.origin.principal = 0;
            admitted_.origin.principalName = "anonymous";
            return;
        }
        if (!isKnown())
            throw detail::authenticationRequired();
        admitted_.scope = authorizedScope(admitted_.principal, entry_->route.permission);
        organization_ = detail::onlyOrganization(admitted_.principal, admitted_.scope);
        detail::requirePermission(admitted_.scope, entry_->route.permission);
    }

    Response answerTo(const std::exception_ptr& thrown) {
        const auto failure = detail::failureOf(thrown);
        const std::string& requestId = admitted_.origin.requestId;
        if (!failure.cause.empty())
            pipeline_.log_.error("a request failed", {{"route", entry_ ? entry_->label : std::string()},
                                                      {"requestId", requestId},
                                                      {"error", failure.cause}});
        if (!needsIdentity() || !isKnown() || !detail::isRefusal(failure.problem))
            return detail::renderProblem(failure.problem, requestId);
        try {
            record(failure.problem);
            return detail::renderProblem(failure.problem, requestId);
        } catch (const std::exception& error) {
            pipeline_.log_.error("a refusal could not be recorded", {{"route", entry_->label},
                                                                     {"code", failure.problem.code()},
                                                                     {"requestId", requestId},
                                                                     {"error", error.what()}});
        }
        return detail::renderProblem(detail::auditUnavailable(), requestId);
    }

    void record(const Problem& problem) {
        pipeline_.storage_.write(
            admitted_.origin, std::function<void(Transaction&)>([&](Transaction& transaction) {
                transaction.record(detail::requestEvent(entry_->route, entry_->parameters, admitted_.values,
                                                        organization_, AuditResult::refused, problem.code()));
            }));
    }

    FakePipeline& pipeline_;
    const std::string target_;
    std::string body_;
    const bool withBody_;
    const Entry* entry_ = nullptr;
    Admitted admitted_;
    std::int64_t organization_ = 0; ///< to whom a refusal is shown
};

FakePipeline::FakePipeline(std::string plugin, const detail::Registrations& registered, Storage& storage,
                           Log& log)
    : plugin_(std::move(plugin)), storage_(storage), log_(log) {
    for (const auto& route : registered.routes) {
        (void)index_.add(route, entries_.size());
        entries_.push_back({route, std::string(apiPrefix) + route.pattern,
                            detail::RoutePattern::parse(route.pattern).parameters(), false});
    }
    for (const auto& mount : registered.mounts)
        serve(mount);
}

void FakePipeline::serve(const detail::Mount& mount) {
    const Route route = detail::mountedRoute(plugin_, mount);
    if (index_.addBelow(route.pattern, entries_.size()))
        throw std::invalid_argument(route.pattern + " is mounted already");
    entries_.push_back({route, route.pattern, {}, true});
}

Answer FakePipeline::run(const Principal& principal, Sent sent) {
    return Run(*this, principal, std::move(sent)).answer();
}

} // namespace coffer::testkit
