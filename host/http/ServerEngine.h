#pragma once

#include "host/http/Server.h"
#include "host/http/ServerDispatcher.h"
#include "host/http/ServerListener.h"
#include "host/http/TlsContext.h"
#include "host/http/WorkerSeats.h"

#include <list>

namespace coffer::host {

/// The threads of an HttpServer and what they wait for.
class HttpServer::Engine {
public:
    Engine(ServerOptions options, Application& application, Log& log, Metrics& metrics);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine();

    void start();
    [[nodiscard]] std::uint16_t port() const;
    void reloadTls();
    bool stop(std::chrono::milliseconds drain);

private:
    struct Worker {
        std::thread thread;
        bool isLost = false; ///< it was replaced, and may never come back
        bool hasEnded = false;
    };
    void addWorker();
    void replaceWorker(std::thread::id lost);
    /// @returns false when one that was replaced has not come back at the deadline
    [[nodiscard]] bool endWorkers(std::chrono::steady_clock::time_point deadline);
    void work();
    /// Closes what is overdue, and listens again after a pause.
    void reap();
    void acceptWaiting();
    /// @returns whether more may be accepted at once
    bool acceptOne();
    void welcome(Accepted client);
    void turnAway(const Accepted& client, Counter& counter, const char* reason);
    void listenAgain();
    void stopListening();
    /// At most one such line every 10 seconds: whoever causes it can cause it often.
    void warnRarely(std::string_view message);

    const std::shared_ptr<ServerContext> context_;
    ServerDispatcher dispatcher_;
    WorkerSeats seats_;
    std::unique_ptr<TlsContext> tls_;
    std::uint16_t port_ = 0;

    std::mutex listenerMutex_;
    std::optional<ServerListener> listener_;
    bool listeningPaused_ = false;
    std::uint64_t nextId_;
    std::chrono::steady_clock::time_point lastWarning_{};

    FileDescriptor wakeUp_; ///< an eventfd that all workers see, once they shall end
    std::mutex workersMutex_;
    std::condition_variable workerEnds_;
    std::list<Worker> workers_;
    bool workersEnd_ = false;
    std::thread reaper_;
    std::mutex reaperMutex_;
    std::condition_variable reaperWakes_;
    bool reaperEnds_ = false;
    bool stopped_ = false;
};

} // namespace coffer::host
