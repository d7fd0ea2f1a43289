#pragma once

#include "host/http/Connection.h"
#include "host/http/WorkerSeats.h"

namespace coffer::host {

/// Hands whole requests to the application on the calling worker's thread, as many at once as leave workers
/// over for reading and for instant requests; the others wait in a bounded queue, in order. Any thread.
class ServerDispatcher {
public:
    /// @param replaceWorker  adds a worker for the one with this id, which may never come back
    ServerDispatcher(std::shared_ptr<ServerContext> context,
                     std::function<void(std::thread::id lost)> replaceWorker);

    /// Serves this exchange, then those that follow it on its connection and those that wait; or queues it,
    /// or refuses it. Instant requests are served at once and alone, so that no client keeps the workers that
    /// are left over. @returns false when the calling worker has been replaced meanwhile, and shall end
    [[nodiscard]] bool serve(PendingExchange exchange, WorkerSeats::Seat& seat);
    /// The same for those that wait, by a worker who took the place of another one.
    [[nodiscard]] bool serveWaiting(WorkerSeats::Seat& seat);
    /// Lets go of those that wait; their connections must have been closed.
    void clear();

private:
    enum class Admission {
        granted, ///< the caller handles it now, and calls leave() afterwards
        queued,  ///< another worker will
        refused, ///< it is answered: 503
    };
    [[nodiscard]] bool isInstant(const PendingExchange& exchange) const noexcept;
    [[nodiscard]] Admission admit(PendingExchange& exchange);
    /// The caller has handled one. @returns what it shall handle next, in the same place
    [[nodiscard]] std::optional<PendingExchange> leave(std::optional<PendingExchange> next);
    [[nodiscard]] bool serveFrom(std::optional<PendingExchange> current, WorkerSeats::Seat& seat);
    /// @returns false when the request was given up, and with it this worker
    [[nodiscard]] bool handle(const PendingExchange& exchange, WorkerSeats::Seat& seat);
    /// @returns whether the worker was replaced: as many are as there are places
    [[nodiscard]] bool replace(std::thread::id lost);
    [[nodiscard]] std::optional<PendingExchange> handled(const PendingExchange& exchange,
                                                         WorkerSeats::Seat& seat);

    const std::shared_ptr<ServerContext> context_;
    const std::size_t places_;
    const std::function<void(std::thread::id)> replaceWorker_;
    std::mutex mutex_;
    std::size_t lost_ = 0; ///< workers that were replaced and have not come back; they hold no place
    std::size_t taken_ = 0;
    std::deque<PendingExchange> queue_;
};

} // namespace coffer::host
