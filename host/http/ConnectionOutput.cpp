#include "host/http/ConnectionAccess.h"

#include <sys/epoll.h>

namespace coffer::host {

namespace {

/// A client that takes this much of a response gets a new write deadline.
constexpr std::size_t progress = 65536;

} // namespace

void Connection::startAnswer(Response response) {
    if (const auto reason = unsendable(response)) {
        context_->log.error("A response was not sent because it is not valid",
                            {{"field", *reason}, {"requestId", access_->requestId}});
        response = context_->application.render(
            Problem(500, "internal_error", "Internal error", "The response could not be sent."),
            access_->requestId);
    }
    const bool hasBody = access_->method != "HEAD" && mayHaveBody(response.status);
    chunked_ = hasBody && response.producer && access_->http11;
    keepAlive_ = head_.keepAlive && !closeAfterAnswer_ && !context_->stopping &&
                 (!hasBody || !response.producer || chunked_);
    std::string head =
        formatHead(response, {access_->requestId, context_->date.now(), access_->http11, keepAlive_});
    access_->status = response.status;
    if (!hasBody) {
        response.body.clear();
        response.producer.reset();
    }
    access_->bytes = response.body.size();
    producer_ = std::move(response.producer);
    if (producer_)
        response.body.clear();
    output_.put(std::move(head), std::move(response.body), response.oneTimeSecret);
    phase_ = Phase::writing;
    clearDeadline();
    flush();
}

void Connection::flush() {
    while (!output_.empty()) {
        const Transfer transfer = transport_->send(output_.next(), output_.afterNext());
        if (transfer.status == TransferStatus::done) {
            output_.sent(transfer.bytes);
            sent_ += transfer.bytes;
            continue;
        }
        if (transfer.status == TransferStatus::failed || transfer.status == TransferStatus::closed)
            breakOff();
        else
            waitToSend(transfer.status);
        return;
    }
    clearDeadline();
    if (producer_)
        schedulePull();
    else
        finishAnswer();
}

void Connection::waitToSend(TransferStatus status) {
    if (deadline() == Clock::time_point::max()) {
        sentAtDeadline_ = sent_ - std::min(sent_, transport_->unacknowledged());
        setDeadline(context_->options.writeDeadline);
    }
    awaitsClient_ = status == TransferStatus::wantRead;
    watch(awaitsClient_ ? EPOLLIN : EPOLLOUT);
}

bool Connection::renewWriteDeadline() {
    // The socket's own buffer can hold megabytes: what counts is what has arrived.
    const std::size_t underWay = transport_->unacknowledged();
    const std::size_t arrived = sent_ - std::min(sent_, underWay);
    // The client has acknowledged everything, so the delay is ours.
    const bool isOurTurn = underWay == 0 && !awaitsClient_;
    if (!isOurTurn && arrived < sentAtDeadline_ + progress)
        return false;
    sentAtDeadline_ = arrived;
    setDeadline(context_->options.writeDeadline);
    return true;
}

void Connection::finishAnswer() {
    logAccess(true);
    access_.reset();
    scanner_.reset();
    lineEndSkipped_ = false;
    if (!keepAlive_ || context_->stopping) {
        startLingering();
        return;
    }
    phase_ = Phase::reading;
    setDeadline(input_.empty() ? context_->options.keepAliveTimeout : context_->options.requestDeadline);
    if (!attended_)
        watchForRequest();
}

void Connection::startLingering() {
    input_.clear();
    transport_->finish();
    phase_ = Phase::lingering;
    setDeadline(context_->options.lingerTime);
    watch(EPOLLIN);
}

void Connection::schedulePull() {
    context_->producers.schedule([self = shared_from_this()] { self->pull(); });
}

void Connection::pull() {
    std::shared_ptr<BodyProducer> producer; // outlives the lock: its end may take long
    {
        const std::lock_guard lock(mutex_);
        producer = producer_;
    }
    if (!producer)
        return;
    std::string piece;
    std::string failure;
    try {
        piece = producer->next();
    } catch (const std::exception& error) {
        failure = error.what();
    } catch (...) {
        failure = "unknown";
    }
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::writing)
        return;
    if (!failure.empty()) {
        context_->log.error("A response broke off because its producer failed",
                            {{"error", failure}, {"requestId", access_->requestId}});
        breakOff();
        return;
    }
    guarded([&] {
        access_->bytes += piece.size();
        if (piece.empty())
            producer_.reset();
        output_.put(chunked_ ? formatChunk(piece) : std::move(piece), {}, false);
        flush();
    });
}

void Connection::logAccess(bool whole) {
    const auto duration =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - access_->begun).count();
    context_->log.information(whole ? "request" : "request broken off",
                              {{"method", access_->method},
                               {"path", access_->path},
                               {"status", std::to_string(access_->status)},
                               {"durationMicroseconds", std::to_string(duration)},
                               {"bytes", std::to_string(access_->bytes)},
                               {"principal", access_->principal},
                               {"address", access_->address},
                               {"requestId", access_->requestId}});
}

} // namespace coffer::host
