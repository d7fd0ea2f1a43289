#pragma once

#include "host/http/Exchange.h"
#include "host/http/Server.h"
#include "tests/support/Eventually.h"
#include "tests/support/Telemetry.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace coffer::test {

/// An application whose paths each do one thing that a connection must cope with.
class ServerTestApplication final : public host::Application {
public:
    static constexpr std::size_t hugeSize = 64 << 20;
    static constexpr std::size_t largeSize = 16 << 20;
    static constexpr std::size_t bodyLimitOfAll = 1000;

    ServerTestApplication();
    ServerTestApplication(const ServerTestApplication&) = delete;
    ServerTestApplication& operator=(const ServerTestApplication&) = delete;
    ~ServerTestApplication() override;

    std::size_t bodyLimit(const Poco::Net::HTTPRequest& head) override;
    bool isInstant(const Poco::Net::HTTPRequest& head) noexcept override;
    void handle(std::shared_ptr<host::IncomingRequest> request, host::Reply reply) override;
    Response render(const Problem& problem, const std::string& requestId) noexcept override;

    /// Waits until `/held`, `/blocked` or `/stuck` was asked for `count` times in all.
    bool waitForHeld(std::size_t count);
    /// Answers every `/held` so far from another thread, and lets every `/blocked` and `/stuck` go on.
    void release();
    /// As release(), for all that come later too.
    void releaseForGood();
    /// Answers every `/stuck` so far, and gives up the threads that are in it.
    void giveUp();
    /// Forgets the replies of `/held` without an answer.
    void forget();
    [[nodiscard]] std::size_t handledCount() const { return handled_; }
    [[nodiscard]] std::size_t mostAtOnce() const { return mostAtOnce_; }

private:
    void hold(host::Reply reply);
    void block(const host::Reply& reply);
    void answer();

    std::atomic<std::size_t> handled_ = 0;
    std::atomic<std::size_t> atOnce_ = 0;
    std::atomic<std::size_t> mostAtOnce_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t heldInAll_ = 0;
    std::size_t releases_ = 0;
    bool released_ = false;
    std::vector<host::Reply> held_;
    std::vector<std::function<void()>> giveUp_;
    std::vector<host::Reply> toAnswer_;
    bool ends_ = false;
    std::jthread answering_; ///< last: it uses the rest
};

/// A server with that application. Port 0 lets the kernel choose one.
struct ServerUnderTest {
    explicit ServerUnderTest(host::ServerOptions options = {}, std::uint16_t port = 0);
    ~ServerUnderTest();
    ServerUnderTest(const ServerUnderTest&) = delete;
    ServerUnderTest& operator=(const ServerUnderTest&) = delete;

    ServerTestApplication application;
    RecordingLog log;
    NoMetrics metrics;
    host::HttpServer server;
};

/// How many descriptors this process has open.
[[nodiscard]] std::size_t openDescriptors();

} // namespace coffer::test
