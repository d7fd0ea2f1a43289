#include "host/http/RequestRun.h"
#include "sdk/shared/Rendering.h"
#include "sdk/shared/RequestCheck.h"

#include <array>
#include <utility>

namespace coffer::host {

namespace {

constexpr std::string_view everyMethod = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// A download keeps its route's owner from stopping, and ends early when it wants to.
class LeasedProducer final : public BodyProducer {
public:
    LeasedProducer(std::shared_ptr<BodyProducer> producer, RouteLease lease)
        : lease_(std::move(lease)), producer_(std::move(producer)) {}
    [[nodiscard]] std::string next() override {
        if (lease_.isClosing())
            throw Problem::unavailable("plugin_unavailable", "The plugin that makes this is stopping.", 5);
        return producer_->next();
    }

private:
    RouteLease lease_; // goes after the producer, whose end is the plugin's code too
    std::shared_ptr<BodyProducer> producer_;
};

bool isFromBrowser(const Poco::Net::HTTPRequest& head) {
    return std::ranges::any_of(std::array{"Cookie", "X-CSRF-Token", "Sec-Fetch-Mode", "Sec-Fetch-Site"},
                               [&](const char* name) { return head.has(name); });
}

/// A browser would ask for name and password in a window of its own, and send them with everything from then
/// on.
void dropBasicChallenge(Response& response) {
    std::erase_if(response.headers, [](const auto& header) {
        return header.first == "WWW-Authenticate" && header.second.starts_with("Basic");
    });
}

Response allowOnly(std::string allow) {
    return Response::noContent().header("Allow", std::move(allow));
}

} // namespace

RequestRun::RequestRun(const PipelineParts& parts, const PipelineOptions& options,
                       std::shared_ptr<IncomingRequest> request, Reply reply)
    : parts_(parts), options_(options), incoming_(std::move(request)), reply_(std::move(reply)),
      target_(detail::splitTarget(incoming_->head.getURI())), label_(unmatchedRoute) {}

void RequestRun::begin() {
    try {
        if (answerPage() || !findRoute())
            return;
        identify();
        authorize();
        if (!admitted_.entry->isMounted) {
            check();
            if (!admitKey())
                return;
        }
        dispatch();
    } catch (...) {
        finish(answerTo(std::current_exception()));
    }
}

bool RequestRun::answerPage() {
    const auto page = findPage(options_.pages, target_.path);
    if (page == options_.pages.end())
        return false;
    label_ = page->first;
    page_ = &page->second;
    const auto& method = incoming_->head.getMethod();
    if (method == "GET" || method == "HEAD") {
        finish(page_->answer(incoming_->head));
        return true;
    }
    if (method != "OPTIONS")
        throw Problem(405, "method_not_allowed", "This method is not allowed here", "Use GET.")
            .header("Allow", "GET, HEAD, OPTIONS");
    finish(allowOnly("GET, HEAD, OPTIONS"));
    return true;
}

bool RequestRun::findRoute() {
    const auto& method = incoming_->head.getMethod();
    if (method == "OPTIONS" && target_.path == "*") {
        finish(allowOnly(std::string(everyMethod)));
        return false;
    }
    RouteMatch match = parts_.router.table()->find(method, target_.path);
    if (!match.entry) {
        if (match.allow.empty())
            throw Problem::notFound();
        label_ = match.label;
        if (method != "OPTIONS")
            throw detail::methodNotAllowed(match.allow);
        finish(allowOnly(std::move(match.allow)));
        return false;
    }
    label_ = match.entry->label;
    figures_ = match.entry->figures;
    if (!match.entry->isWithdrawn)
        lease_ = RouteLease(match.entry->gate);
    if (match.entry->isDisabled)
        throw Problem::unavailable("plugin_disabled",
                                   "The plugin '" + match.entry->owner +
                                       "' that answers this is disabled. An administrator enables it again "
                                       "with POST /api/v1/plugins/" +
                                       match.entry->owner + "/enable.",
                                   30);
    if (match.entry->isWithdrawn || (match.entry->gate && !lease_))
        throw detail::pluginUnavailable(match.entry->owner);
    admitted_.entry = std::move(match.entry);
    admitted_.parameters = std::move(match.parameters);
    return true;
}

void RequestRun::identify() {
    admitted_.origin = {0, "anonymous", incoming_->address, incoming_->requestId};
    if (isPublic(route().permission))
        return;
    auto principal = parts_.authenticator.authenticate(*incoming_);
    if (!principal) {
        parts_.authenticator.missing(incoming_->address);
        throw detail::authenticationRequired();
    }
    isKnown_ = true;
    admitted_.origin.principal = principal->id;
    admitted_.origin.principalName = principal->name;
    incoming_->principal = principal->name;
    admitted_.principal = std::move(*principal);
    parts_.authenticator.requireIntended(*incoming_);
}

void RequestRun::authorize() {
    if (!isKnown_)
        return;
    admitted_.scope = authorizedScope(admitted_.principal, route().permission);
    organization_ = detail::onlyOrganization(admitted_.principal, admitted_.scope);
    detail::requirePermission(admitted_.scope, route().permission);
}

void RequestRun::check() {
    const Route& route = this->route();
    detail::negotiate(route, incoming_->head, !incoming_->body.empty());
    std::optional<IdempotentRequest> key;
    if (route.method == Method::post && isKnown_)
        if (auto value = idempotencyKey(incoming_->head)) // before the body is read, which rearranges it
            key = {admitted_.principal.id, incoming_->head.getMethod(), std::string(target_.path),
                   std::move(*value), parts_.idempotency.digest(target_.query, incoming_->body)};
    admitted_.checked = detail::checkRequest(route, incoming_->head, target_.query, incoming_->body);
    key_ = std::move(key);
}

bool RequestRun::admitKey() {
    if (!key_)
        return true;
    auto admission =
        parts_.idempotency.admit(std::move(*key_), admitted_.origin, event(AuditResult::success, "replayed"));
    admitted_.claim = std::move(admission.claim);
    if (!admission.replay)
        return true;
    finish(std::move(*admission.replay));
    return false;
}

void RequestRun::dispatch() {
    Lanes::GiveUp giveUp;
    if (admitted_.entry->whenStuck)
        giveUp = [this](std::chrono::milliseconds took) { this->giveUp(took); };
    parts_.lanes.run(
        route().lane, accounts(), label_, incoming_->requestId,
        [self = shared_from_this()](const Lanes::Charge& charge) { self->runHandler(charge); },
        std::move(giveUp));
}

void RequestRun::giveUp(std::chrono::milliseconds took) noexcept {
    if (isAnswered_.exchange(true)) // it returned just now
        return;
    try {
        const auto seconds =
            std::to_string(std::chrono::duration_cast<std::chrono::seconds>(took).count()) + " s";
        Response response = detail::renderProblem(
            Problem::unavailable("handler_stuck",
                                 "This took longer than " + seconds +
                                     " and was given up; whether it had an effect is not known.",
                                 30),
            incoming_->requestId);
        complete(response);
        reply_(std::move(response));
        if (route().lane == Lane::fast && incoming_->giveUpThread)
            incoming_->giveUpThread();
        admitted_.entry->whenStuck("its handler of " + incoming_->head.getMethod() + " " + label_ +
                                   " did not return within " + seconds + " (request " + incoming_->requestId +
                                   ")");
    } catch (const std::exception& error) {
        parts_.log.error("a handler that does not return could not be given up",
                         {{"route", label_}, {"error", error.what()}});
    }
}

void RequestRun::runHandler(const Lanes::Charge& charge) {
    Response response;
    try {
        Context context(*incoming_, admitted_, parts_.storage, charge);
        try {
            response = route().handler(context);
            keepAnswer(context, response);
        } catch (...) {
            if (context.organization() != 0)
                organization_ = context.organization();
            throw;
        }
        if (response.producer)
            response = leased(std::move(response));
    } catch (...) {
        response = answerTo(std::current_exception());
    }
    finish(std::move(response));
}

void RequestRun::keepAnswer(const Context& context, const Response& response) {
    if (!admitted_.claim || context.hasChanged())
        return;
    parts_.storage.write(admitted_.origin, std::function<void(Transaction&)>([&](Transaction& transaction) {
                             admitted_.claim->keep(transaction, response);
                         }));
}

Response RequestRun::leased(Response response) {
    RouteLease lease(admitted_.entry->gate);
    if (!lease && admitted_.entry->gate)
        throw Problem::unavailable("plugin_unavailable", "The plugin that makes this is stopping.", 5);
    response.producer = std::make_shared<LeasedProducer>(std::move(response.producer), std::move(lease));
    return response;
}

LaneAccounts RequestRun::accounts() const {
    const LaneAccount caller = organization_ != 0 ? organization_ : -admitted_.principal.id;
    // An organization that the caller has no say in must not pay for the request.
    if (admitted_.checked.body.has("organizationId"))
        if (const auto named = admitted_.checked.body.maybeInteger("organizationId");
            named && admitted_.scope.contains(*named))
            return {caller, *named};
    return caller;
}

void RequestRun::finish(Response response) {
    if (isAnswered_.exchange(true)) // given up, or it was the answering that failed
        return;
    complete(response);
    // Nothing of the owner's is held while a slow caller takes the answer.
    admitted_.claim.reset();
    admitted_.entry.reset();
    lease_ = {};
    reply_(std::move(response));
}

void RequestRun::complete(Response& response) {
    if (page_)
        for (const auto& [name, value] : page_->headers)
            detail::addUnlessSet(response, name, value);
    if (response.status == 401 && isFromBrowser(incoming_->head))
        dropBasicChallenge(response);
    const bool isPage = admitted_.entry && admitted_.entry->isMounted;
    detail::addSecurityHeaders(response, isKnown_, incoming_->secure, isPage);
    count(response);
}

void RequestRun::count(const Response& response) {
    const auto took = std::chrono::steady_clock::now() - incoming_->received;
    const double seconds = std::chrono::duration<double>(took).count();
    const auto& method = incoming_->head.getMethod();
    if (figures_)
        figures_->count(parts_.metrics, response.status, seconds);
    else
        countRequest(parts_.metrics, method, label_, response.status, seconds);
}

} // namespace coffer::host
