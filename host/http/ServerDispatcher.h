#pragma once

#include "host/http/Connection.h"

namespace coffer::host {

/// Hands whole requests to the application on the calling worker's thread, as many at once as leave workers
/// over for reading and for instant requests; the others wait in a bounded queue, in order. Any thread.
class ServerDispatcher {
public:
    explicit ServerDispatcher(std::shared_ptr<ServerContext> context);

    /// Serves this exchange, then those that follow it on its connection and those that wait; or queues it,
    /// or refuses it. Instant requests are served at once and alone, so that no client keeps the workers that
    /// are left over.
    void serve(PendingExchange exchange, std::span<char> scratch);
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
    void handle(const PendingExchange& exchange);
    [[nodiscard]] std::optional<PendingExchange> handled(const PendingExchange& exchange,
                                                         std::span<char> scratch);

    const std::shared_ptr<ServerContext> context_;
    const std::size_t places_;
    std::mutex mutex_;
    std::size_t taken_ = 0;
    std::deque<PendingExchange> queue_;
};

} // namespace coffer::host
