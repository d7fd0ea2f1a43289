#include "host/http/ConnectionAccess.h"

#include <sys/epoll.h>

namespace coffer::host {

Connection::Connection(std::shared_ptr<ServerContext> context, std::uint64_t id,
                       std::unique_ptr<Transport> transport, std::string peer, bool secure)
    : context_(std::move(context)), id_(id), peer_(std::move(peer)), secure_(secure),
      transport_(std::move(transport)), phase_(secure ? Phase::handshake : Phase::reading) {
    setDeadline(secure ? context_->options.requestDeadline : context_->options.keepAliveTimeout);
    context_->metrics.connections.add(1);
}

Connection::~Connection() = default;

void Connection::begin() {
    const std::lock_guard lock(mutex_);
    if (phase_ == Phase::closed)
        return;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLONESHOT;
    event.data.u64 = id_;
    armed_ = ::epoll_ctl(context_->epoll.get(), EPOLL_CTL_ADD, transport_->descriptor(), &event) == 0;
    if (!armed_)
        close();
}

std::optional<PendingExchange> Connection::ready(std::span<char> scratch) {
    const std::lock_guard lock(mutex_);
    if (phase_ == Phase::handling)
        return std::nullopt;
    armed_ = false;
    attended_ = true;
    std::optional<PendingExchange> next;
    guarded([&] {
        if (phase_ == Phase::handshake && shakeHands())
            phase_ = Phase::reading;
        if (phase_ == Phase::writing && !output_.empty())
            flush();
        if (phase_ == Phase::reading)
            next = read(scratch);
        else if (phase_ == Phase::lingering)
            linger(scratch);
    });
    attended_ = next.has_value();
    return next;
}

std::optional<PendingExchange> Connection::handled(std::uint64_t number, std::span<char> scratch,
                                                   bool mayWait) {
    const std::lock_guard lock(mutex_);
    if (number != number_)
        return std::nullopt; // another worker has gone on with it
    std::optional<PendingExchange> next;
    guarded([&] {
        if (phase_ != Phase::reading || armed_)
            return;
        if (!input_.empty() || transport_->holdsBytes() || (mayWait && transport_->waitBriefly()))
            next = read(scratch);
        else
            watch(EPOLLIN);
    });
    attended_ = next.has_value();
    return next;
}

void Connection::yield(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (number != number_)
        return;
    attended_ = false;
    if (phase_ == Phase::reading && !armed_)
        guarded([&] { watchForRequest(); });
}

void Connection::respond(std::uint64_t number, Response response, const std::string& principal) {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::handling || number != number_)
        return;
    access_->principal = principal;
    guarded([&] { startAnswer(std::move(response)); });
}

void Connection::respond(std::uint64_t number, const Problem& problem, const std::string& principal) {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::handling || number != number_)
        return;
    access_->principal = principal;
    guarded([&] { startAnswer(context_->application.render(problem, access_->requestId)); });
}

void Connection::expire(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (deadline() <= now)
        guarded([&] { endOverdue(); });
}

void Connection::endOverdue() {
    switch (phase_) {
    case Phase::reading:
        if (request_ || !input_.empty()) {
            refuse(Problem(408, "request_timeout", "The request took too long",
                           "The whole request must arrive within " +
                               std::to_string(context_->options.requestDeadline.count()) + " ms."));
        } else {
            transport_->finish();
            close();
        }
        break;
    case Phase::handshake:
        context_->metrics.timedOut.add();
        close();
        break;
    case Phase::writing:
        if (renewWriteDeadline())
            break;
        context_->metrics.unread.add();
        breakOff();
        break;
    default:
        close();
    }
}

void Connection::drain() {
    const std::lock_guard lock(mutex_);
    closeAfterAnswer_ = true;
    const bool idle = phase_ == Phase::reading && !request_ && input_.empty();
    if (idle)
        transport_->finish();
    if (idle || phase_ == Phase::handshake)
        close();
}

void Connection::abort() {
    const std::lock_guard lock(mutex_);
    if (phase_ == Phase::writing)
        breakOff();
    else
        close();
}

void Connection::watch(std::uint32_t events) {
    epoll_event event{};
    event.events = events | EPOLLONESHOT;
    event.data.u64 = id_;
    armed_ = true;
    if (::epoll_ctl(context_->epoll.get(), EPOLL_CTL_MOD, transport_->descriptor(), &event) != 0)
        close();
}

void Connection::watchForRequest() {
    // A socket can nearly always be written: that event brings a worker for what is here already.
    watch(input_.empty() && !transport_->holdsBytes() ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

void Connection::setDeadline(std::chrono::milliseconds fromNow) noexcept {
    deadline_.store((Clock::now() + fromNow).time_since_epoch().count(), std::memory_order_relaxed);
}

void Connection::clearDeadline() noexcept {
    deadline_.store(Clock::time_point::max().time_since_epoch().count(), std::memory_order_relaxed);
}

void Connection::breakOff() {
    if (phase_ == Phase::closed)
        return;
    if (phase_ == Phase::writing)
        logAccess(false);
    transport_->resetOnClose();
    close();
}

void Connection::close() {
    if (phase_ == Phase::closed)
        return;
    phase_ = Phase::closed;
    clearDeadline();
    transport_.reset();
    request_.reset();
    input_.clear();
    output_.clear();
    producer_.reset();
    context_->metrics.connections.add(-1);
    // Last: once the table is empty, the server may be gone, and with it whom `context_` refers to.
    context_->table.remove(id_);
}

} // namespace coffer::host
