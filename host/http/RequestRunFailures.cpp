// The half of RequestRun that turns what was thrown into an answer, and records who was refused.
#include "host/http/Rendering.h"
#include "host/http/RequestRun.h"

#include <coffer/sdk/Service.h>

#include <Poco/Exception.h>

#include <algorithm>

namespace coffer::host {

namespace {

/// A refusal by a rule, as opposed to a request that could not be read.
bool isRefusal(const Problem& problem) {
    switch (problem.status()) {
    case 403:
    case 409:
    case 412:
        return true;
    case 422:
        return problem.code() != Problem::invalidFields().code();
    default:
        return false;
    }
}

} // namespace

Response RequestRun::answerTo(std::exception_ptr thrown) noexcept {
    try {
        try {
            std::rethrow_exception(std::move(thrown));
        } catch (const Problem& problem) {
            return answerTo(problem);
        } catch (const ServiceGone&) {
            return answerTo(Problem::unavailable(
                "service_unavailable", "A part of the daemon that this needs is stopped or not loaded.", 30));
        } catch (const Poco::Exception& error) {
            return internalError(error.displayText());
        } catch (const std::exception& error) {
            return internalError(error.what());
        } catch (...) {
            return internalError("something that is no exception was thrown");
        }
    } catch (...) { // out of memory
        Response response;
        response.status = 500;
        return response;
    }
}

Response RequestRun::answerTo(const Problem& problem) {
    if (!isKnown_ || !isRefusal(problem))
        return renderProblem(problem, incoming_->requestId);
    try {
        recordRefusal(problem);
        return renderProblem(problem, incoming_->requestId);
    } catch (const std::exception& error) {
        parts_.log.error("a refusal could not be recorded", {{"route", label_},
                                                             {"code", problem.code()},
                                                             {"requestId", incoming_->requestId},
                                                             {"error", error.what()}});
    }
    return renderProblem(Problem::unavailable("audit_unavailable",
                                              "What must be recorded cannot be recorded now, so nothing "
                                              "else is said. Try again later.",
                                              30),
                         incoming_->requestId);
}

Response RequestRun::internalError(std::string_view what) {
    parts_.log.error("a request failed",
                     {{"route", label_}, {"requestId", incoming_->requestId}, {"error", std::string(what)}});
    return renderProblem(Problem(500, "internal_error", "Something went wrong here",
                                 "It is not your request's fault. Whoever runs the daemon finds the reason "
                                 "in its log, under the request id."),
                         incoming_->requestId);
}

void RequestRun::recordRefusal(const Problem& problem) {
    parts_.storage.write(admitted_.origin, std::function<void(Transaction&)>([&](Transaction& transaction) {
                             transaction.record(event(AuditResult::refused, problem.code()));
                         }));
}

AuditEvent RequestRun::event(AuditResult result, std::string reason) const {
    AuditEvent event;
    event.action = route().action;
    if (event.action.empty()) { // a GET: `backup-credentials:read` reads as well with a dot
        event.action = route().permission;
        std::ranges::replace(event.action, ':', '.');
    }
    event.objectType = event.action.substr(0, event.action.find('.'));
    const auto& names = admitted_.entry->parameters;
    if (const auto id = std::ranges::find(names, "id"); id != names.end())
        event.objectId = admitted_.parameters[static_cast<std::size_t>(id - names.begin())];
    event.organization = organization_;
    event.result = result;
    event.reason = std::move(reason);
    return event;
}

} // namespace coffer::host
