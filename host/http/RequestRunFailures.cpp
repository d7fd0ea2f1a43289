// The half of RequestRun that turns what was thrown into an answer, and records who was refused.
#include "host/http/RequestRun.h"
#include "sdk/shared/Rendering.h"
#include "sdk/shared/RequestCheck.h"

namespace coffer::host {

Response RequestRun::answerTo(std::exception_ptr thrown) noexcept {
    try {
        const auto failure = detail::failureOf(thrown);
        if (!failure.cause.empty())
            parts_.log.error(
                "a request failed",
                {{"route", label_}, {"requestId", incoming_->requestId}, {"error", failure.cause}});
        return answerTo(failure.problem);
    } catch (...) { // out of memory
        Response response;
        response.status = 500;
        return response;
    }
}

Response RequestRun::answerTo(const Problem& problem) {
    if (!isKnown_ || !detail::isRefusal(problem))
        return detail::renderProblem(problem, incoming_->requestId);
    try {
        recordRefusal(problem);
        return detail::renderProblem(problem, incoming_->requestId);
    } catch (const std::exception& error) {
        parts_.log.error("a refusal could not be recorded", {{"route", label_},
                                                             {"code", problem.code()},
                                                             {"requestId", incoming_->requestId},
                                                             {"error", error.what()}});
    }
    return detail::renderProblem(detail::auditUnavailable(), incoming_->requestId);
}

void RequestRun::recordRefusal(const Problem& problem) {
    parts_.storage.write(admitted_.origin, std::function<void(Transaction&)>([&](Transaction& transaction) {
                             transaction.record(event(AuditResult::refused, problem.code()));
                         }));
}

AuditEvent RequestRun::event(AuditResult result, std::string reason) const {
    return detail::requestEvent(route(), admitted_.entry->parameters, admitted_.parameters, organization_,
                                result, std::move(reason));
}

} // namespace coffer::host
