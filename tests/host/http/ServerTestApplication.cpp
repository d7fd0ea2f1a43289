#include "tests/host/http/ServerTestApplication.h"

namespace coffer::test {

using host::IncomingRequest;
using host::Reply;

namespace {

/// Gives `pieces` pieces of 64 KiB, or throws in their stead after half of them.
class Pieces final : public BodyProducer {
public:
    Pieces(std::size_t pieces, bool fails) : left_(pieces), failsAt_(fails ? pieces / 2 : 0) {}
    std::string next() override {
        if (left_ == 0)
            return {};
        if (--left_ < failsAt_)
            throw std::runtime_error("the source went away");
        return std::string(65536, static_cast<char>('a' + left_ % 26));
    }

private:
    std::size_t left_;
    std::size_t failsAt_;
};

Response text(std::string body) {
    Response response;
    response.contentType = "text/plain";
    response.body = std::move(body);
    return response;
}

Response produced(bool fails, std::size_t pieces = 20) {
    Response response = text({});
    response.producer = std::make_shared<Pieces>(pieces, fails);
    return response;
}

} // namespace

ServerTestApplication::ServerTestApplication() : answering_([this] { answer(); }) {}

ServerTestApplication::~ServerTestApplication() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    changed_.notify_all();
}

void ServerTestApplication::answer() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ends_ || !toAnswer_.empty(); });
        if (toAnswer_.empty())
            return;
        const auto replies = std::exchange(toAnswer_, {});
        lock.unlock();
        for (const auto& reply : replies)
            reply(text("held"));
        lock.lock();
    }
}

std::size_t ServerTestApplication::bodyLimit(const Poco::Net::HTTPRequest& head) {
    if (head.getURI() == "/refused")
        throw Problem(401, "invalid_token", "Not known", "Nobody may.");
    return bodyLimitOfAll;
}

bool ServerTestApplication::isInstant(const Poco::Net::HTTPRequest& head) noexcept {
    return head.getURI() == "/instant";
}

void ServerTestApplication::handle(std::shared_ptr<IncomingRequest> request, Reply reply) {
    ++handled_;
    const std::string path = request->head.getURI().substr(0, request->head.getURI().find('?'));
    if (path == "/echo")
        reply(text(request->body));
    else if (path == "/who")
        reply(text(request->address + " " + request->requestId + (request->secure ? " secure" : " plain")));
    else if (path == "/later")
        hold(std::move(reply)), release();
    else if (path == "/held")
        hold(std::move(reply));
    else if (path == "/blocked")
        block(reply);
    else if (path == "/stuck") {
        {
            const std::lock_guard lock(mutex_);
            giveUp_.push_back([request, reply] {
                reply(text("given up"));
                request->giveUpThread();
            });
        }
        block(reply);
    } else if (path == "/huge")
        reply(text(std::string(hugeSize, 'h')));
    else if (path == "/produced")
        reply(produced(false));
    else if (path == "/endless")
        reply(produced(false, 1 << 20));
    else if (path == "/large")
        reply(text(std::string(largeSize, 'l')));
    else if (path == "/broken")
        reply(produced(true));
    else if (path == "/problem")
        throw Problem::notFound();
    else if (path == "/throws")
        throw std::runtime_error("with an internal detail");
    else if (path == "/twice")
        reply(text("first")), reply(text("second"));
    else if (path == "/split") {
        Response response = text("x");
        response.headers.emplace_back("X-Value", "a\r\nX-Injected: 1");
        reply(std::move(response));
    } else if (path == "/secret") {
        Response response = text("shown once");
        response.oneTimeSecret = true;
        reply(std::move(response));
    } else if (path == "/empty")
        reply(Response::noContent());
    else if (path != "/dropped")
        reply(text("hello"));
}

Response ServerTestApplication::render(const Problem& problem, const std::string& requestId) noexcept {
    Response response;
    response.status = problem.status();
    response.contentType = "application/problem+json";
    response.body = problem.toJson(requestId);
    response.headers = problem.headers();
    return response;
}

void ServerTestApplication::hold(Reply reply) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(reply));
    ++heldInAll_;
    changed_.notify_all();
}

void ServerTestApplication::block(const Reply& reply) {
    const std::size_t now = ++atOnce_;
    std::size_t most = mostAtOnce_;
    while (now > most && !mostAtOnce_.compare_exchange_weak(most, now)) {
    }
    {
        std::unique_lock lock(mutex_);
        ++heldInAll_;
        changed_.notify_all();
        changed_.wait(lock, [this, before = releases_] { return released_ || releases_ > before; });
    }
    --atOnce_;
    reply(text("hello"));
}

void ServerTestApplication::giveUp() {
    const std::lock_guard lock(mutex_);
    for (const auto& one : std::exchange(giveUp_, {}))
        one();
}

bool ServerTestApplication::waitForHeld(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(10), [&] { return heldInAll_ >= count; });
}

void ServerTestApplication::release() {
    const std::lock_guard lock(mutex_);
    ++releases_;
    changed_.notify_all();
    toAnswer_.insert(toAnswer_.end(), std::make_move_iterator(held_.begin()),
                     std::make_move_iterator(held_.end()));
    held_.clear();
}

void ServerTestApplication::releaseForGood() {
    {
        const std::lock_guard lock(mutex_);
        released_ = true;
    }
    release();
}

void ServerTestApplication::forget() {
    std::vector<Reply> forgotten;
    const std::lock_guard lock(mutex_);
    forgotten.swap(held_);
}

ServerUnderTest::ServerUnderTest(host::ServerOptions options, std::uint16_t port)
    : server(
          [&] {
              options.port = port;
              return options;
          }(),
          application, log, metrics) {
    server.start();
}

ServerUnderTest::~ServerUnderTest() {
    application.releaseForGood();
    if (!server.stop(std::chrono::minutes(10))) {
        std::fputs("a worker of the server does not end with its test\n", stderr);
        std::abort();
    }
}

std::size_t openDescriptors() {
    const std::filesystem::directory_iterator folder("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

} // namespace coffer::test
