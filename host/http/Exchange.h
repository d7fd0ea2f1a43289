#pragma once

#include <coffer/sdk/Http.h>

#include <Poco/Net/HTTPRequest.h>

#include <functional>
#include <memory>
#include <string>

namespace coffer::host {

/// A request that has arrived whole: its head was checked strictly, its body is bounded and complete.
struct IncomingRequest {
    Poco::Net::HTTPRequest head; ///< method, target (origin form), version, headers
    std::string body;            ///< may hold secrets; wiped when this object is destroyed
    std::string address;         ///< the peer's IP address; behind a trusted proxy, whom it forwards for
    std::string requestId;       ///< made by the server, or taken from a well-formed X-Request-Id
    bool secure = false;         ///< came over TLS
    std::string principal;       ///< who called, for the access log: set by the application before it replies
    std::chrono::steady_clock::time_point received;
    /// Set by the server while Application::handle() runs: the thread in it may never come back; others take
    /// its place. At most once, after the reply, by any thread while handle() runs.
    std::function<void()> giveUpThread;
    /// Set likewise: the thread in handle() calls it when it is about to wait for something else than a
    /// processor, so that another one serves meanwhile.
    std::function<void()> waits;

    IncomingRequest() = default;
    IncomingRequest(const IncomingRequest&) = delete;
    IncomingRequest& operator=(const IncomingRequest&) = delete;
    ~IncomingRequest() { wipe(body); }
};

/// Takes the response of one request, once, from any thread; the connection sends it. Dropped without a call,
/// the connection answers 500.
using Reply = std::function<void(Response)>;

/// What the connection layer serves. One object for the life of the server; every function runs on many
/// threads at once.
class Application {
public:
    virtual ~Application() = default;

    /// The largest body this request may have, decided from its head alone before the body is read. Never
    /// blocks.
    /// @throws Problem to refuse it now: the body is not read, and the connection is closed after the answer
    [[nodiscard]] virtual std::size_t bodyLimit(const Poco::Net::HTTPRequest& head) = 0;
    /// Whether it is answered from memory and must be answered even when every worker is busy: health checks.
    [[nodiscard]] virtual bool isInstant(const Poco::Net::HTTPRequest& head) noexcept = 0;
    /// Answers it, now or later, on this thread or another. Everything it throws becomes a problem document.
    virtual void handle(std::shared_ptr<IncomingRequest> request, Reply reply) = 0;
    /// Problem to response: the one place where errors of the connection layer and of handlers take their
    /// form.
    [[nodiscard]] virtual Response render(const Problem& problem, const std::string& requestId) noexcept = 0;
};

} // namespace coffer::host
