#include "tests/system/AttackedDaemon.h"

#include "tests/support/RethrowingThread.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <list>
#include <regex>
#include <sys/resource.h>

namespace coffer::test {

namespace {

constexpr int goodCallers = 4;
constexpr int requestsOfEach = 50;
constexpr int requestsPerFreshConnection = 5;

// Deadlines that end nothing during a test. A test overrides the one it is about.
constexpr const char* patientOptions[] = {"--http.request_deadline=10m", "--http.keep_alive=10m",
                                          "--http.write_deadline=10m", "--http.drain=5m"};

/// What must be the same every time: all but the date and the request's id.
std::string essenceOf(const ReceivedResponse& response) {
    static const std::regex changing("(Date|X-Request-Id): [^\r\n]*\r\n");
    return std::regex_replace(response.head, changing, "") + response.body;
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

AttackedDaemon::AttackedDaemon(const std::vector<std::string>& options, Transport transport)
    : process_(std::make_unique<DaemonProcess>()) {
    stranger_ = makeCaller("stranger");
    for (int i = 0; i < goodCallers; ++i)
        good_.push_back(std::make_unique<Good>(Good{makeCaller("good-" + std::to_string(i)), {}, {}}));
    // From here on the daemon runs with the deadlines of the attack.
    process_->signal(SIGTERM);
    CPPUNIT_ASSERT_EQUAL(0, process_->wait());
    for (const auto* option : patientOptions)
        process_->addOption(option);
    for (const auto& option : options)
        process_->addOption(option);
    if (transport == Transport::tls) {
        const TlsTestCertificate certificate("localhost");
        process_->addOption("--tls.certificate=" + folder_.write("server.crt", certificate.certificatePem()));
        process_->addOption("--tls.key=" + folder_.write("server.key", certificate.keyPem()));
        context_ = makeClientContext(certificate);
    }
    process_->start();
    for (auto& good : good_) {
        const auto client = connect();
        const auto own = client->ask(requestOf(good->caller, good->caller.path, "first"));
        const auto who = client->ask(requestOf(good->caller, "/api/v1/whoami", "second"));
        CPPUNIT_ASSERT_MESSAGE(own.body, own.body.find(good->caller.name) != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(who.body, who.body.find(good->caller.name) != std::string::npos);
        good->organization = essenceOf(own);
        good->whoami = essenceOf(who);
    }
    serve(Connections::keptAndFresh); // opens what is opened once only
    for (auto& good : good_)
        good->kept.reset();
    {
        // Its own connection is open whenever descriptors are counted.
        const auto observer = connect();
        CPPUNIT_ASSERT(eventually([&] { return metric(*observer, "coffer_http_connections") == 1; }));
        descriptorsBefore_ = descriptors();
    }
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

void AttackedDaemon::serve(Connections connections) {
    std::list<RethrowingThread> threads;
    for (auto& good : good_)
        threads.emplace_back([this, connections, &caller = *good] {
            if (connections == Connections::keptAndFresh)
                caller.kept = connect();
            for (int i = 0; i < requestsOfEach; ++i) {
                const bool isFresh =
                    connections == Connections::keptAndFresh && i % requestsPerFreshConnection == 0;
                caller.ask(isFresh ? *connect() : *caller.kept);
            }
        });
    for (auto& thread : threads)
        thread.join();
}

void AttackedDaemon::expectGoodService(Connections connections, const std::function<bool()>& holds) {
    CPPUNIT_ASSERT_MESSAGE("the attack has ended before", !holds || holds());
    serve(connections);
    CPPUNIT_ASSERT_MESSAGE("the attack has ended meanwhile", !holds || holds());
}

void AttackedDaemon::expectGoodServiceWhile(const std::function<void()>& attack,
                                            const std::function<bool()>& holds) {
    RethrowingThread attacker([&](const std::stop_token& stop) {
        do
            attack();
        while (!stop.stop_requested());
    });
    expectGoodService(Connections::keptAndFresh, holds);
    attacker.requestStop();
    attacker.join();
}

void AttackedDaemon::expectUnharmed(const std::string& errors) {
    const auto ready = connect()->get("/readyz");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(ready.body, 200, ready.status);
    expectGoodService();
    for (auto& good : good_)
        good->kept.reset();
    auto observer = connect();
    std::vector<std::string> now;
    const bool asBefore = eventually([&] {
        return metric(*observer, "coffer_http_connections") == 1 &&
               (now = descriptors()) == descriptorsBefore_;
    });
    observer.reset();
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
    return static_cast<long>(metric(*connect(), "coffer_http_refused_total{reason=\"" + reason + "\"}"));
}

std::size_t AttackedDaemon::connections() const {
    const auto all = static_cast<std::size_t>(metric(*connect(), "coffer_http_connections"));
    return all - std::min(all, good_.size() + 1);
}

double AttackedDaemon::metric(ServerTestClient& client, const std::string& name) {
    const auto page = client.get("/metrics").body;
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

std::size_t raiseDescriptorLimit() {
    rlimit limit{};
    CPPUNIT_ASSERT_EQUAL(0, ::getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = limit.rlim_max;
    CPPUNIT_ASSERT_EQUAL(0, ::setrlimit(RLIMIT_NOFILE, &limit));
    return limit.rlim_cur;
}

} // namespace coffer::test
