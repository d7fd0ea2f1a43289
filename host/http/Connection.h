#pragma once

#include "host/http/ConnectionTransport.h"
#include "host/http/OutputBuffer.h"
#include "host/http/RequestBody.h"
#include "host/http/ServerContext.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace coffer::host {

/// One request that waits to be handled, and whose answer the connection expects under `number`.
struct PendingExchange {
    std::shared_ptr<Connection> connection;
    std::shared_ptr<IncomingRequest> request;
    std::uint64_t number = 0;
};

/// One client's connection: reads requests one after the other, hands each out whole, sends its response.
///
/// Workers call ready() when epoll says so and handled() when the application has returned; replies, timers
/// and producers come from other threads. All state is guarded by one lock, under which nothing blocks; the
/// application's handle() and producers run without it. epoll watches with EPOLLONESHOT, so that between two
/// watch() calls one event comes, and none while a request is being handled: what a client sends ahead stays
/// in the socket and in `input_`, and is served next.
class Connection final : public std::enable_shared_from_this<Connection> {
public:
    using Clock = std::chrono::steady_clock;

    Connection(std::shared_ptr<ServerContext> context, std::uint64_t id, std::unique_ptr<Transport> transport,
               std::string peer, bool secure);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Lets epoll watch it from now on. Once, after it stands in the table.
    void begin();
    /// Goes on after an event. @returns the next request, when one is whole. @param scratch  wiped before it
    /// returns
    [[nodiscard]] std::optional<PendingExchange> ready(std::span<char> scratch);
    /// Application::handle() has returned from this exchange. @param mayWait  for a moment, for the next
    /// request
    [[nodiscard]] std::optional<PendingExchange> handled(std::uint64_t number, std::span<char> scratch,
                                                         bool mayWait);
    /// As handled(), but leaves whatever comes next to epoll, where others are waiting too.
    void yield(std::uint64_t number);
    /// Sends the answer; ignored when the exchange is over.
    void respond(std::uint64_t number, Response response, const std::string& principal = {});
    void respond(std::uint64_t number, const Problem& problem, const std::string& principal = {});

    /// When expire() has something to do. Any thread, without the lock.
    [[nodiscard]] Clock::time_point deadline() const noexcept {
        return Clock::time_point(Clock::duration(deadline_.load(std::memory_order_relaxed)));
    }
    /// Ends what took too long, if it still does.
    void expire(Clock::time_point now);
    /// The server stops: closes when idle, else after the answer in flight.
    void drain();
    /// Closes at once; a response that was not sent whole is seen to be broken.
    void abort();

private:
    enum class Phase { handshake, reading, handling, writing, lingering, closed };
    struct Access; // what the access log says of the request

    // ConnectionInput.cpp
    bool shakeHands();
    std::optional<PendingExchange> read(std::span<char> scratch);
    /// @returns false when there is nothing more to read for now
    bool receive(std::span<char> scratch);
    std::optional<PendingExchange> parse();
    bool parseHead();
    void sendContinue();
    void refuse(const Problem& problem);
    void linger(std::span<char> scratch);

    // ConnectionOutput.cpp
    void startAnswer(Response response);
    void flush();
    void waitToSend(TransferStatus status);
    /// Gives the client another write deadline if it has taken enough for it.
    bool renewWriteDeadline();
    void finishAnswer();
    void startLingering();
    void schedulePull();
    void pull();
    void logAccess(bool whole);

    /// Runs `work`; what it throws closes the connection.
    template <class Work>
    void guarded(Work work) noexcept;
    void endOverdue();
    void watch(std::uint32_t events);
    /// For the next request, or for a worker who looks at what is here of it already.
    void watchForRequest();
    void setDeadline(std::chrono::milliseconds fromNow) noexcept;
    void clearDeadline() noexcept;
    void breakOff();
    void close();

    const std::shared_ptr<ServerContext> context_;
    const std::uint64_t id_;
    const std::string peer_;
    const bool secure_;
    std::atomic<Clock::rep> deadline_;

    std::mutex mutex_;
    std::unique_ptr<Transport> transport_;
    Phase phase_;
    bool armed_ = false;    ///< epoll watches, or its event is on its way
    bool attended_ = false; ///< a worker will look at the connection again by itself
    std::uint64_t number_ = 0;

    RequestBuffer input_;
    bool lineEndSkipped_ = false;
    HeadScanner scanner_;
    RequestHead head_;
    RequestBody body_;
    std::shared_ptr<IncomingRequest> request_; ///< while it arrives
    bool closeAfterAnswer_ = false;
    std::size_t discarded_ = 0;

    std::unique_ptr<Access> access_;
    OutputBuffer output_;
    std::size_t sent_ = 0;           ///< bytes given to the socket, in all
    std::size_t sentAtDeadline_ = 0; ///< of these, what the client had taken when its deadline was set
    std::shared_ptr<BodyProducer> producer_;
    bool awaitsClient_ = false; ///< TLS must read from the client before it can send more
    bool chunked_ = false;
    bool keepAlive_ = false;
};

} // namespace coffer::host
