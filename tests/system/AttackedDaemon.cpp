#include "tests/system/AttackedDaemon.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <mutex>
#include <regex>
#include <sys/resource.h>

namespace coffer::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int goodCallers = 4;
constexpr int requestsOfEach = 50;
constexpr int requestsPerFreshConnection = 5;
constexpr auto drain = 2s;

/// What must be the same every time: all but the date and the request's id.
std::string essenceOf(const ReceivedResponse& response) {
    static const std::regex changing("(Date|X-Request-Id): [^\r\n]*\r\n");
    return std::regex_replace(response.head, changing, "") + response.body;
}

std::chrono::microseconds median(std::vector<Clock::duration> times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return std::chrono::duration_cast<std::chrono::microseconds>(*middle);
}

} // namespace

/// One good caller: alternately asks for its organization and who it is.
struct AttackedDaemon::Good {
    Caller caller;
    std::string organization; ///< the whole reply, as it must be
    std::string whoami;
    std::unique_ptr<ServerTestClient> kept{};
    int asked = 0;

    /// @throws std::runtime_error unless the reply is its own, whole
    void ask(ServerTestClient& client) {
        const bool asksWho = ++asked % 2 == 0;
        const std::string id = caller.name + "-" + std::to_string(asked);
        const auto response = client.ask(requestOf(caller, asksWho ? "/api/v1/whoami" : caller.path, id));
        const auto& expected = asksWho ? whoami : organization;
        if (response.status != 200 || !response.whole || response.headers.at("x-request-id") != id)
            throw std::runtime_error(caller.name + " is not served: " + response.head + response.body);
        if (essenceOf(response) != expected)
            throw std::runtime_error(caller.name + " was given:\n" + essenceOf(response) + "instead of:\n" +
                                     expected);
    }
};

AttackedDaemon::AttackedDaemon(std::vector<std::string> options, Transport transport) {
    options.push_back("--http.drain=" + std::to_string(drain / 1s) + "s");
    process_ = std::make_unique<DaemonProcess>(std::move(options));
    stranger_ = makeCaller("stranger");
    for (int i = 0; i < goodCallers; ++i)
        good_.push_back(std::make_unique<Good>(Good{makeCaller("good-" + std::to_string(i)), {}, {}}));
    if (transport == Transport::tls) {
        const TlsTestCertificate certificate("localhost");
        process_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, process_->wait());
        process_->addOption("--tls.certificate=" + folder_.write("server.crt", certificate.certificatePem()));
        process_->addOption("--tls.key=" + folder_.write("server.key", certificate.keyPem()));
        context_ = makeClientContext(certificate);
        process_->start();
    }
    for (auto& good : good_) {
        good->kept = connect();
        const auto own = good->kept->ask(requestOf(good->caller, good->caller.path, "first"));
        const auto who = good->kept->ask(requestOf(good->caller, "/api/v1/whoami", "second"));
        CPPUNIT_ASSERT_MESSAGE(own.body, own.body.find(good->caller.name) != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(who.body, who.body.find(good->caller.name) != std::string::npos);
        good->organization = essenceOf(own);
        good->whoami = essenceOf(who);
    }
    (void)serve(Connections::keptAndFresh); // opens what is opened once only
    quiet_ = serve(Connections::keptAndFresh);
    for (auto& good : good_)
        good->kept.reset();
    CPPUNIT_ASSERT(eventually([&] { return metric("coffer_http_connections") == 1; }));
    descriptorsBefore_ = descriptors();
    for (auto& good : good_)
        good->kept = connect();
}

AttackedDaemon::~AttackedDaemon() = default;

std::unique_ptr<ServerTestClient> AttackedDaemon::connect() const {
    auto client = connectSilently();
    CPPUNIT_ASSERT(!context_ || client->secure());
    return client;
}

std::unique_ptr<ServerTestClient> AttackedDaemon::connectSilently() const {
    return context_ ? std::make_unique<ServerTestClient>(port(), context_.get())
                    : std::make_unique<ServerTestClient>(port());
}

Caller AttackedDaemon::makeCaller(const std::string& name) const {
    const auto organization = process_->addOrganization(name);
    return {name, process_->addPrincipal(name, "manager", organization),
            "/api/v1/organizations/" + std::to_string(organization)};
}

std::chrono::microseconds AttackedDaemon::serve(Connections connections) {
    std::mutex mutex;
    std::vector<Clock::duration> times;
    std::string failure;
    std::vector<std::jthread> threads;
    for (auto& good : good_)
        threads.emplace_back([&, &caller = *good] {
            std::vector<Clock::duration> own;
            try {
                if (connections == Connections::keptAndFresh)
                    caller.kept = connect();
                for (int i = 0; i < requestsOfEach; ++i) {
                    const bool isFresh =
                        connections == Connections::keptAndFresh && i % requestsPerFreshConnection == 0;
                    const auto begun = Clock::now();
                    caller.ask(isFresh ? *connect() : *caller.kept);
                    own.push_back(Clock::now() - begun);
                }
            } catch (const std::exception& error) {
                const std::lock_guard lock(mutex);
                failure = error.what();
            }
            const std::lock_guard lock(mutex);
            times.insert(times.end(), own.begin(), own.end());
        });
    threads.clear();
    CPPUNIT_ASSERT_MESSAGE(failure, failure.empty());
    return median(std::move(times));
}

void AttackedDaemon::expectGoodService(Connections connections) {
    const auto most = 2 * quiet_ + 20ms;
    std::chrono::microseconds least = serve(connections);
    for (int again = 0; again < 2 && least > most; ++again)
        least = std::min(least, serve(connections));
    CPPUNIT_ASSERT_MESSAGE("under attack " + std::to_string(least.count()) + " us instead of " +
                               std::to_string(quiet_.count()),
                           least <= most);
}

void AttackedDaemon::expectUnharmed(const std::string& errors) {
    const auto ready = connect()->get("/readyz");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(ready.body, 200, ready.status);
    expectGoodService();
    for (auto& good : good_)
        good->kept.reset();
    std::vector<std::string> now;
    const bool asBefore = eventually([&] {
        return metric("coffer_http_connections") == 1 && (now = descriptors()) == descriptorsBefore_;
    });
    std::string said = "left behind:";
    for (const auto& each : now)
        said += "\n" + each;
    CPPUNIT_ASSERT_MESSAGE(said, asBefore);
    expectEnd(errors);
}

void AttackedDaemon::expectEnd(const std::string& errors) {
    process_->signal(SIGTERM);
    CPPUNIT_ASSERT_EQUAL(0, process_->wait());

    static const std::regex isError("^\\S+ (error|critical) ");
    std::istringstream log(process_->log());
    for (std::string line; std::getline(log, line);)
        CPPUNIT_ASSERT_MESSAGE(line, !std::regex_search(line, isError) ||
                                         (!errors.empty() && std::regex_search(line, std::regex(errors))));
}

void AttackedDaemon::expectNothingOfOthers(const std::string& received) const {
    for (const auto& good : good_)
        CPPUNIT_ASSERT_MESSAGE(received.substr(0, 2000),
                               received.find(good->caller.name) == std::string::npos);
}

long AttackedDaemon::refused(const std::string& reason) const {
    return static_cast<long>(metric("coffer_http_refused_total{reason=\"" + reason + "\"}"));
}

double AttackedDaemon::metric(const std::string& name) const {
    const auto page = connect()->get("/metrics").body;
    const auto at = page.find("\n" + name + " ");
    CPPUNIT_ASSERT_MESSAGE(page, at != std::string::npos);
    return std::stod(page.substr(at + name.size() + 2));
}

std::vector<std::string> AttackedDaemon::descriptors() const {
    std::vector<std::string> all;
    const auto folder = "/proc/" + std::to_string(process_->pid()) + "/fd";
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        std::error_code gone; // closed meanwhile
        const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
        // Readers of the database are opened as they are needed, and stay.
        if (!gone && target.find("/coffer.db") == std::string::npos)
            all.push_back(target.substr(0, target.find("[")));
    }
    if (error)
        std::cout << "The daemon's descriptors are not counted: " << error.message() << '\n';
    std::ranges::sort(all);
    return all;
}

std::string requestOf(const Caller& caller, const std::string& path, const std::string& requestId) {
    return getRequest(path,
                      "Authorization: Bearer " + caller.token + "\r\nX-Request-Id: " + requestId + "\r\n");
}

bool eventually(const std::function<bool()>& condition) {
    for (int tries = 0; tries < 1500; ++tries) {
        if (condition())
            return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

std::size_t raiseDescriptorLimit() {
    rlimit limit{};
    CPPUNIT_ASSERT_EQUAL(0, ::getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = limit.rlim_max;
    CPPUNIT_ASSERT_EQUAL(0, ::setrlimit(RLIMIT_NOFILE, &limit));
    return limit.rlim_cur;
}

} // namespace coffer::test
