#include "host/http/ServerEngine.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace coffer::host {

namespace {

using namespace std::chrono_literals;

// What epoll gives back with an event: one of these, or the number of a connection.
constexpr std::uint64_t wakeUpId = 0;
constexpr std::uint64_t listenerId = 1;
constexpr std::uint64_t firstConnectionId = 2;

/// So many clients one worker accepts before it looks for other work.
constexpr int acceptedAtOnce = 16;
/// So many descriptors clients leave for the daemon's own work: its database, its files, whom it calls.
constexpr rlim_t keptForOurselves = 128;

ServerOptions checked(ServerOptions options) {
    if (options.workers < 3)
        throw std::invalid_argument("The HTTP server needs at least 3 workers");
    if (options.producers < 1 || options.maximumConnections < 1)
        throw std::invalid_argument("The HTTP server needs at least one producer thread and one connection");
    if (options.headerLimit < 512 || options.headerFields < 1)
        throw std::invalid_argument(
            "The HTTP server needs room for a head: at least 512 bytes and one field");
    if (options.keepAliveTimeout <= 0ms || options.requestDeadline <= 0ms || options.writeDeadline <= 0ms)
        throw std::invalid_argument("The HTTP server's timeout and deadlines must be longer than nothing");
    return options;
}

void addToEpoll(int epoll, int descriptor, std::uint32_t events, std::uint64_t id) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

/// Whether there are descriptors left besides this one, which was the lowest that was free.
bool leavesRoom(const FileDescriptor& socket) {
    rlimit limit{}; // asked each time: it can be changed from outside
    return ::getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
           static_cast<rlim_t>(socket.get()) + keptForOurselves < limit.rlim_cur;
}

std::chrono::milliseconds reaperPeriod(const ServerOptions& options) {
    const auto shortest =
        std::min({options.keepAliveTimeout, options.requestDeadline, options.writeDeadline});
    return std::clamp(shortest / 8, 10ms, 250ms);
}

} // namespace

HttpServer::HttpServer(ServerOptions options, Application& application, Log& log, Metrics& metrics)
    : engine_(std::make_unique<Engine>(std::move(options), application, log, metrics)) {}

HttpServer::~HttpServer() = default;

void HttpServer::start() {
    engine_->start();
}

std::uint16_t HttpServer::port() const {
    return engine_->port();
}

void HttpServer::reloadTls() {
    engine_->reloadTls();
}

bool HttpServer::stop(std::chrono::milliseconds drain) {
    return engine_->stop(drain);
}

HttpServer::Engine::Engine(ServerOptions options, Application& application, Log& log, Metrics& metrics)
    : context_(std::make_shared<ServerContext>(checked(std::move(options)), application, log, metrics)),
      dispatcher_(context_, [this](std::thread::id lost) { replaceWorker(lost); }),
      seats_(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, context_->options.workers)),
      nextId_(firstConnectionId) {}

HttpServer::Engine::~Engine() {
    (void)stop(0ms);
}

void HttpServer::Engine::start() {
    std::signal(SIGPIPE, SIG_IGN);
    const auto& options = context_->options;
    if (options.tls)
        tls_ = std::make_unique<TlsContext>(*options.tls);
    context_->epoll = FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
    wakeUp_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!context_->epoll.open() || !wakeUp_.open())
        throw std::system_error(errno, std::generic_category(), "The HTTP server cannot start");
    addToEpoll(context_->epoll.get(), wakeUp_.get(), EPOLLIN, wakeUpId);
    listener_.emplace(options.address, options.port);
    port_ = listener_->port();
    context_->producers.start(options.producers);
    for (std::size_t i = 0; i < options.workers; ++i)
        addWorker();
    reaper_ = std::thread([this] { reap(); });
    addToEpoll(context_->epoll.get(), listener_->descriptor(), EPOLLIN | EPOLLONESHOT, listenerId);
}

std::uint16_t HttpServer::Engine::port() const {
    return port_;
}

void HttpServer::Engine::reloadTls() {
    if (tls_)
        tls_->reload();
}

bool HttpServer::Engine::stop(std::chrono::milliseconds drain) {
    if (std::exchange(stopped_, true))
        return true;
    const auto deadline = std::chrono::steady_clock::now() + drain;
    context_->stopping = true;
    stopListening();
    for (const auto& connection : context_->table.all())
        connection->drain();
    if (!context_->table.waitUntilEmpty(deadline))
        for (const auto& connection : context_->table.all())
            connection->abort();
    dispatcher_.clear();
    context_->producers.stop();
    if (wakeUp_.open())
        ::eventfd_write(wakeUp_.get(), 1);
    seats_.end();
    const bool allEnded = endWorkers(deadline);
    {
        const std::lock_guard lock(reaperMutex_);
        reaperEnds_ = true;
    }
    reaperWakes_.notify_all();
    if (reaper_.joinable())
        reaper_.join();
    return allEnded;
}

void HttpServer::Engine::addWorker() {
    const std::lock_guard lock(workersMutex_);
    if (workersEnd_)
        return;
    Worker& worker = workers_.emplace_back();
    worker.thread = std::thread([this, &worker] {
        work();
        const std::lock_guard endLock(workersMutex_);
        worker.hasEnded = true;
        workerEnds_.notify_all();
    });
}

void HttpServer::Engine::replaceWorker(std::thread::id lost) {
    {
        const std::lock_guard lock(workersMutex_);
        for (auto& worker : workers_)
            worker.isLost = worker.isLost || worker.thread.get_id() == lost;
    }
    addWorker();
}

bool HttpServer::Engine::endWorkers(std::chrono::steady_clock::time_point deadline) {
    bool allEnded = true;
    {
        const std::lock_guard lock(workersMutex_);
        workersEnd_ = true;
    }
    for (auto& worker : workers_) {
        const bool willEnd = [&] {
            std::unique_lock lock(workersMutex_);
            return !worker.isLost || workerEnds_.wait_until(lock, deadline, [&] { return worker.hasEnded; });
        }();
        willEnd ? worker.thread.join() : worker.thread.detach();
        allEnded = allEnded && willEnd;
    }
    return allEnded;
}

void HttpServer::Engine::work() {
    WorkerSeats::Seat seat(seats_);
    if (!dispatcher_.serveWaiting(seat))
        return;
    for (;;) {
        epoll_event event{};
        seat.rest();
        const int events = ::epoll_wait(context_->epoll.get(), &event, 1, -1);
        seat.work();
        if (events != 1)
            continue;
        if (event.data.u64 == wakeUpId)
            return;
        if (event.data.u64 == listenerId) {
            acceptWaiting();
            continue;
        }
        const auto connection = context_->table.find(event.data.u64);
        if (!connection)
            continue;
        if (auto exchange = connection->ready(seat.scratch()))
            if (!dispatcher_.serve(std::move(*exchange), seat))
                return;
    }
}

void HttpServer::Engine::reap() {
    const auto period = reaperPeriod(context_->options);
    std::unique_lock lock(reaperMutex_);
    while (!reaperWakes_.wait_for(lock, period, [&] { return reaperEnds_; })) {
        const auto now = std::chrono::steady_clock::now();
        for (const auto& connection : context_->table.overdue(now))
            connection->expire(now);
        const std::lock_guard listenerLock(listenerMutex_);
        if (std::exchange(listeningPaused_, false))
            listenAgain();
    }
}

void HttpServer::Engine::acceptWaiting() {
    const std::lock_guard lock(listenerMutex_);
    if (!listener_)
        return;
    for (int accepted = 0; accepted < acceptedAtOnce; ++accepted)
        if (!acceptOne())
            break;
    if (!listeningPaused_)
        listenAgain();
}

bool HttpServer::Engine::acceptOne() {
    Accepted client = listener_->accept();
    switch (client.status) {
    case Accepted::Status::none:
        return false;
    case Accepted::Status::connection:
        if (context_->table.size() >= context_->options.maximumConnections)
            turnAway(client, context_->metrics.full, "too many are open already");
        else if (!leavesRoom(client.socket))
            turnAway(client, context_->metrics.descriptors, "the process has few file descriptors left");
        else
            welcome(std::move(client));
        return true;
    case Accepted::Status::noRoom:
        context_->metrics.descriptors.add();
        warnRarely("A connection was closed because the process has no file descriptor left");
        return true;
    case Accepted::Status::exhausted:
        warnRarely("No connection can be accepted for now: the system has no descriptor or memory left");
        listeningPaused_ = true;
        return false;
    }
    return false;
}

void HttpServer::Engine::welcome(Accepted client) {
    try {
        auto transport = tls_ ? tls_->makeTransport(std::move(client.socket))
                              : makePlainTransport(std::move(client.socket));
        const std::uint64_t id = nextId_++;
        const auto connection = std::make_shared<Connection>(context_, id, std::move(transport),
                                                             std::move(client.peer), tls_ != nullptr);
        context_->table.insert(id, connection);
        connection->begin();
        if (context_->stopping)
            connection->drain();
    } catch (const std::exception& error) {
        context_->log.error("A connection could not be taken", {{"error", error.what()}});
    }
}

void HttpServer::Engine::turnAway(const Accepted& client, Counter& counter, const char* reason) {
    counter.add();
    warnRarely(std::string("A connection was closed because ") + reason);
    if (tls_)
        return;
    const std::string requestId = context_->ids.make();
    const Response response = context_->application.render(
        Problem::unavailable("overloaded", "Too many connections are open. Try again soon.", 1), requestId);
    const std::string answer =
        formatHead(response, {requestId, context_->date.now(), true, false}) + response.body;
    if (::send(client.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        ::shutdown(client.socket.get(), SHUT_WR);
}

void HttpServer::Engine::listenAgain() {
    if (!listener_)
        return;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLONESHOT;
    event.data.u64 = listenerId;
    if (::epoll_ctl(context_->epoll.get(), EPOLL_CTL_MOD, listener_->descriptor(), &event) != 0)
        listeningPaused_ = true;
}

void HttpServer::Engine::stopListening() {
    const std::lock_guard lock(listenerMutex_);
    listener_.reset();
}

void HttpServer::Engine::warnRarely(std::string_view message) {
    const auto now = std::chrono::steady_clock::now();
    if (lastWarning_ != std::chrono::steady_clock::time_point{} && now - lastWarning_ < 10s)
        return;
    lastWarning_ = now;
    context_->log.warning(message);
}

} // namespace coffer::host
