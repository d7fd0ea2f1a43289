#include "host/http/ServerDispatcher.h"

namespace coffer::host {

namespace {

Problem internalError() {
    return {500, "internal_error", "Internal error",
            "The request could not be answered. The daemon's log says more under this request id."};
}

/// What a Reply holds: answers once, and for a reply that nobody called when the last copy goes.
class ReplyOnce {
public:
    explicit ReplyOnce(const PendingExchange& exchange)
        : connection_(exchange.connection), request_(exchange.request), number_(exchange.number) {}
    ReplyOnce(const ReplyOnce&) = delete;
    ReplyOnce& operator=(const ReplyOnce&) = delete;
    ~ReplyOnce() {
        if (!answered_)
            answer(internalError());
    }
    /// The worker that handles the request does not look at its connection again.
    void leaveConnection() {
        if (const auto connection = connection_.lock())
            connection->yield(number_);
    }
    template <class Answer>
    void answer(Answer&& answer) {
        if (answered_.exchange(true))
            return;
        if (const auto connection = connection_.lock())
            connection->respond(number_, std::forward<Answer>(answer), request_->principal);
    }

private:
    const std::weak_ptr<Connection> connection_;
    const std::shared_ptr<const IncomingRequest> request_;
    const std::uint64_t number_;
    std::atomic<bool> answered_ = false;
};

} // namespace

ServerDispatcher::ServerDispatcher(std::shared_ptr<ServerContext> context,
                                   std::function<void(std::thread::id)> replaceWorker)
    : context_(std::move(context)), places_(context_->options.workers - 2),
      replaceWorker_(std::move(replaceWorker)) {}

bool ServerDispatcher::serve(PendingExchange exchange, WorkerSeats::Seat& seat) {
    if (isInstant(exchange)) {
        (void)handle(exchange, seat);
        exchange.connection->yield(exchange.number);
        return true;
    }
    const Admission admission = admit(exchange);
    if (admission == Admission::refused)
        exchange.connection->yield(exchange.number);
    if (admission != Admission::granted)
        return true;
    return serveFrom(std::move(exchange), seat);
}

bool ServerDispatcher::serveWaiting(WorkerSeats::Seat& seat) {
    std::optional<PendingExchange> next;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.empty() || taken_ == places_)
            return true;
        ++taken_;
        next = std::move(queue_.front());
        queue_.pop_front();
    }
    return serveFrom(std::move(next), seat);
}

bool ServerDispatcher::serveFrom(std::optional<PendingExchange> current, WorkerSeats::Seat& seat) {
    while (current) {
        if (!handle(*current, seat))
            return false;
        current->request.reset();
        current = leave(handled(*current, seat));
        seat.work();
    }
    return true;
}

bool ServerDispatcher::isInstant(const PendingExchange& exchange) const noexcept {
    return context_->application.isInstant(exchange.request->head);
}

ServerDispatcher::Admission ServerDispatcher::admit(PendingExchange& exchange) {
    {
        const std::lock_guard lock(mutex_);
        if (taken_ < places_) {
            ++taken_;
            return Admission::granted;
        }
        if (queue_.size() < context_->options.maximumQueued) {
            queue_.push_back(std::move(exchange));
            return Admission::queued;
        }
    }
    context_->metrics.overloaded.add();
    exchange.connection->respond(
        exchange.number,
        Problem::unavailable("overloaded", "The daemon is busy with other requests. Try again soon.", 1));
    return Admission::refused;
}

std::optional<PendingExchange> ServerDispatcher::leave(std::optional<PendingExchange> next) {
    const std::lock_guard lock(mutex_);
    if (!queue_.empty() && !(next && isInstant(*next))) {
        if (next)
            queue_.push_back(std::move(*next));
        next = std::move(queue_.front());
        queue_.pop_front();
    }
    if (!next)
        --taken_;
    return next;
}

bool ServerDispatcher::replace(std::thread::id lost) {
    {
        const std::lock_guard lock(mutex_);
        if (lost_ == places_)
            return false;
        ++lost_;
        --taken_;
    }
    replaceWorker_(lost);
    return true;
}

bool ServerDispatcher::handle(const PendingExchange& exchange, WorkerSeats::Seat& seat) {
    const auto reply = std::make_shared<ReplyOnce>(exchange);
    struct Here {
        ServerDispatcher& dispatcher;
        ReplyOnce& reply;
        const std::thread::id worker = std::this_thread::get_id();
        std::atomic<bool> isReplaced = false;
    } here{*this, *reply};
    exchange.request->giveUpThread = [&here] { // one reference: it costs no allocation
        here.reply.leaveConnection();
        here.isReplaced = here.dispatcher.replace(here.worker);
    };
    exchange.request->waits = [&seat] { seat.wait(); };
    try {
        context_->application.handle(exchange.request,
                                     [reply](Response response) { reply->answer(std::move(response)); });
    } catch (const Problem& problem) {
        reply->answer(problem);
    } catch (const std::exception& error) {
        context_->log.error("A request failed",
                            {{"error", error.what()}, {"requestId", exchange.request->requestId}});
        reply->answer(internalError());
    } catch (...) {
        context_->log.error("A request failed with something that is no exception",
                            {{"requestId", exchange.request->requestId}});
        reply->answer(internalError());
    }
    exchange.request->giveUpThread = nullptr;
    exchange.request->waits = nullptr;
    if (!here.isReplaced)
        return true;
    const std::lock_guard lock(mutex_);
    --lost_;
    return false;
}

std::optional<PendingExchange> ServerDispatcher::handled(const PendingExchange& exchange,
                                                         WorkerSeats::Seat& seat) {
    // One worker at a time, and only while another one would take what else comes.
    const bool mayWait = seat.othersRest() && !context_->briefWaitTaken.exchange(true);
    auto next = exchange.connection->handled(exchange.number, seat.scratch(), mayWait);
    if (mayWait)
        context_->briefWaitTaken = false;
    return next;
}

void ServerDispatcher::clear() {
    std::deque<PendingExchange> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(queue_);
}

} // namespace coffer::host
