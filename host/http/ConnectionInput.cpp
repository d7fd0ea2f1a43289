#include "host/http/ConnectionAccess.h"

#include <sys/epoll.h>

namespace coffer::host {

namespace {

/// So often a worker reads from one connection before others get their turn.
constexpr int maximumReads = 16;
/// So much is read and forgotten after a refusal, so that the client sees the answer instead of a reset.
constexpr std::size_t maximumDiscarded = 64 << 20;

void disposeOf(IncomingRequest* request) noexcept {
    const std::unique_ptr<IncomingRequest> owner(request);
    // Overwritten in place: assigning a text of the same length reuses the memory.
    if (const auto found = request->head.find("Authorization"); found != request->head.end())
        request->head.set("Authorization", std::string(found->second.size(), '*'));
}

} // namespace

bool Connection::shakeHands() {
    const auto status = transport_->handshake();
    if (status == TransferStatus::done) {
        setDeadline(context_->options.keepAliveTimeout);
        return true;
    }
    if (status == TransferStatus::wantRead) {
        watch(EPOLLIN);
    } else if (status == TransferStatus::wantWrite) {
        watch(EPOLLOUT);
    } else {
        context_->metrics.handshake.add();
        context_->log.debug("A TLS handshake failed", {{"address", peer_}});
        startLingering();
    }
    return false;
}

std::optional<PendingExchange> Connection::read(std::span<char> scratch) {
    for (int reads = 0;; ++reads) {
        auto next = parse();
        if (next || phase_ != Phase::reading)
            return next;
        if (reads == maximumReads) {
            watch(transport_->holdsBytes() ? EPOLLIN | EPOLLOUT : EPOLLIN);
            return std::nullopt;
        }
        if (!receive(scratch))
            return std::nullopt;
    }
}

bool Connection::receive(std::span<char> scratch) {
    const Transfer transfer = transport_->receive(scratch);
    switch (transfer.status) {
    case TransferStatus::done:
        if (!request_ && input_.empty())
            setDeadline(context_->options.requestDeadline);
        input_.append({scratch.data(), transfer.bytes});
        wipe(scratch.first(transfer.bytes));
        return true;
    case TransferStatus::wantRead:
        if (context_->stopping && !request_ && input_.empty()) {
            transport_->finish();
            close();
        } else {
            watch(EPOLLIN);
        }
        return false;
    case TransferStatus::wantWrite:
        watch(EPOLLOUT);
        return false;
    case TransferStatus::closed:
        transport_->finish();
        close();
        return false;
    case TransferStatus::failed:
        close();
        return false;
    }
    return false;
}

std::optional<PendingExchange> Connection::parse() {
    try {
        if (!request_ && !parseHead())
            return std::nullopt;
        const std::size_t used = body_.take(input_.view(), request_->body);
        input_.consume(used);
        if (!body_.complete())
            return std::nullopt;
    } catch (const Problem& problem) {
        refuse(problem);
        return std::nullopt;
    } catch (const std::exception& error) {
        context_->log.error("A request could not be read", {{"error", error.what()}});
        refuse(Problem(500, "internal_error", "Internal error", "The request could not be read."));
        return std::nullopt;
    }
    request_->received = Clock::now();
    access_->begun = request_->received;
    phase_ = Phase::handling;
    clearDeadline();
    return PendingExchange{shared_from_this(), std::move(request_), ++number_};
}

bool Connection::parseHead() {
    // One empty line before a request is ignored (RFC 9112, 2.2).
    if (!lineEndSkipped_ && input_.view().starts_with("\r\n")) {
        lineEndSkipped_ = true;
        input_.consume(2);
    }
    if (input_.empty() || input_.view() == "\r")
        return false;
    const HeadLimits limits{context_->options.headerLimit, context_->options.headerFields};
    const auto end = scanner_.scan(input_.view(), limits);
    if (!end)
        return false;
    request_ = std::shared_ptr<IncomingRequest>(std::make_unique<IncomingRequest>().release(), disposeOf);
    request_->head.setMethod({});
    request_->head.setURI({});
    request_->secure = secure_;
    access_ = std::make_unique<Access>();
    access_->address = peer_;
    try {
        head_ = parseRequestHead(input_.view().substr(0, *end), limits, request_->head);
    } catch (const Problem&) {
        access_->take(request_->head);
        throw;
    }
    input_.consume(*end);
    access_->take(request_->head);
    request_->requestId = access_->requestId = context_->ids.of(request_->head);
    request_->address = access_->address = context_->proxies.callerOf(peer_, request_->head);
    std::size_t limit = 0;
    if (head_.framing != BodyFraming::none) // few have a body: the route is looked up for those
        limit = std::min(context_->application.bodyLimit(request_->head), context_->options.bodyLimit);
    body_.begin(head_, limit);
    if (head_.expectsContinue && !body_.complete() && input_.empty())
        sendContinue();
    return true;
}

void Connection::sendContinue() {
    constexpr std::string_view answer = "HTTP/1.1 100 Continue\r\n\r\n";
    const Transfer transfer = transport_->send(answer, {});
    if (transfer.status != TransferStatus::done || transfer.bytes != answer.size())
        throw std::runtime_error("The socket did not take 100 Continue");
}

void Connection::refuse(const Problem& problem) {
    context_->metrics.refused(problem.status()).add();
    if (!access_) {
        access_ = std::make_unique<Access>();
        access_->address = peer_;
    }
    if (access_->requestId.empty())
        access_->requestId = context_->ids.make();
    // What is left of the request must never be read as another one.
    closeAfterAnswer_ = true;
    request_.reset();
    input_.clear();
    phase_ = Phase::handling;
    ++number_;
    startAnswer(context_->application.render(problem, access_->requestId));
}

void Connection::linger(std::span<char> scratch) {
    for (int reads = 0; reads < maximumReads; ++reads) {
        const Transfer transfer = transport_->discard(scratch);
        wipe(scratch.first(transfer.bytes));
        discarded_ += transfer.bytes;
        if (transfer.status == TransferStatus::wantRead)
            break;
        if (transfer.status != TransferStatus::done || discarded_ > maximumDiscarded) {
            close();
            return;
        }
    }
    watch(EPOLLIN);
}

} // namespace coffer::host
