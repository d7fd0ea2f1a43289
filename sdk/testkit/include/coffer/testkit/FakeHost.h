#pragma once

#include <coffer/testkit/Answer.h>
#include <coffer/testkit/Principals.h>

#include <coffer/sdk/Console.h>
#include <coffer/sdk/Plugin.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer {
struct Descriptor;
}

namespace coffer::testkit {

class FakeHost;

/// A plugin that shall live in a FakeHost. See linkedPlugin() for the one whose sources are linked.
struct PluginUnderTest {
    std::string id;                 ///< `notes`
    std::vector<std::string> needs; ///< ids of services
    std::unique_ptr<Plugin> plugin; ///< null: the test registers what it likes by itself, for tests of parts

    /// Id and needs as COFFER_PLUGIN wrote them.
    [[nodiscard]] static PluginUnderTest describedBy(const Descriptor& descriptor,
                                                     std::unique_ptr<Plugin> plugin);
};

/// A line that was logged.
struct LogLine {
    LogLevel level;      ///< as it was logged, whatever the daemon would drop
    std::string message; ///< the constant text
    std::vector<std::pair<std::string, std::string>> fields; ///< what varies

    /// `message name=value name=value`
    [[nodiscard]] std::string text() const;
};

/// Somebody who sends requests to a FakeHost, which must outlive it.
class Caller {
public:
    /// Made by FakeHost::as().
    Caller(FakeHost& host, Principal principal) : host_(&host), principal_(std::move(principal)) {}
    /// See FakeHost::request().
    Answer request(std::string_view method, std::string_view target, std::string body = {},
                   const Headers& headers = {}) const;
    /// In whose name it sends.
    [[nodiscard]] const Principal& principal() const noexcept { return principal_; }

private:
    FakeHost* host_;
    Principal principal_;
};

/// A host in memory, in which a plugin's own tests let it live: no daemon, no network, no file, no thread.
///
/// @code
/// #include <coffer/testkit/FakeHost.h>
/// #include <coffer/testkit/LinkedPlugin.h>
/// using namespace coffer::testkit;
///
/// FakeHost host(linkedPlugin());
/// host.organization(1, "Acme");
/// host.start({{"greeting", "Good morning"}});
///
/// const Answer made = host.request("POST", "/notes", R"({"text":"milk"})");
/// CPPUNIT_ASSERT_EQUAL(201, made.status);
/// CPPUNIT_ASSERT_EQUAL(std::string("note.create"), host.audit().back().event.action);
///
/// const Caller viewer = host.as(somebody(coffer::Role::viewer, 1));
/// CPPUNIT_ASSERT_EQUAL(403, viewer.request("POST", "/notes", R"({"text":"bread"})").status);
/// CPPUNIT_ASSERT_EQUAL(200, viewer.request("GET", made.header("Location")).status);
/// @endcode
///
/// A request is routed, authorized, checked, run and refused by the daemon's own code, on SQLite with the
/// daemon's settings, so that a rule which holds here holds there. Not played are the connection (TLS, limits
/// of the head), who sends which token, Idempotency-Key, lanes and their limits, the time that calls may
/// take, and what survives the process. Reads and writes wait for each other here; in the daemon they do not.
///
/// The plugin's object is destroyed with this one, after its stop(). Requests, storage(), log() and metrics()
/// may be used by any thread once start() has returned; all else by one thread.
class FakeHost final : public HostContext, public Console {
public:
    /// Options as they would stand in the plugin's section of the configuration.
    using Options = std::map<std::string, std::string>;

    /// Takes the plugin over; nothing of it is called before start().
    explicit FakeHost(PluginUnderTest plugin);
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;
    /// Stops the plugin if that was not done; what its stop() throws is then written to stderr.
    ~FakeHost() override;

    /// Lives the plugin: options(), init(), its migrations, start(). Then its routes are served and its hooks
    /// and sinks are fed. Once only.
    /// @throws std::invalid_argument for options that the daemon would refuse, a line each, and for a service
    ///         that is needed and was not provided; whatever init() and start() throw, and what refuses their
    ///         registrations
    void start(const Options& options = {});
    /// Requests answer 503 from here on, what was published is gone, and after the plugin's stop() nothing
    /// that was handed out works any more. @throws what stop() throws
    void stop();
    /// What the plugin says of itself.
    [[nodiscard]] Health health() const;
    /// Runs a task that was registered with every(), on this thread and as often as you like; none runs by
    /// itself. What it throws comes out here. @throws std::invalid_argument when there is none of that name
    void runTask(std::string_view name, std::stop_token stop = {});

    /// Sends a request as administrator of all. A producer is pulled to its end.
    /// @param target  the path below `/api/v1`, with its query if any: `/notes?limit=5`; a whole one
    ///                (`/api/v1/notes/7`, `/plugins/notes/ui/`) as well
    /// @param body  sent as application/json unless a Content-Type is among the headers
    /// @param headers  X-Request-Id is the request's id; without it requests are numbered
    /// @throws what a producer throws; std::logic_error before start()
    Answer request(std::string_view method, std::string_view target, std::string body = {},
                   const Headers& headers = {});
    /// Requests in the name of somebody else.
    [[nodiscard]] Caller as(Principal principal) { return {*this, std::move(principal)}; }

    /// Adds the organization, or gives it another name: a row of the table `organization(id, name)`.
    void organization(std::int64_t id, std::string_view name);
    /// @throws ConstraintViolation when a plugin's table or trigger keeps it
    void removeOrganization(std::int64_t id);

    ///@{
    /// What Transaction::now() gives and requests are dated with. It stands still, at first at
    /// 2026-01-02T03:04:05Z. currentTime() goes on giving the real time.
    void setTime(Instant now);
    void advance(std::chrono::milliseconds by);
    [[nodiscard]] Instant now() const;
    ///@}

    /// A closure may be run more than once. From here on each that is given to write() is: the first run is
    /// undone, so that a side effect outside its Transaction is seen to happen twice.
    void runWritesTwice(bool twice = true);

    /// Every record since the beginning, oldest first. Those of a write that was undone are not there.
    [[nodiscard]] std::vector<AuditRecord> audit() const;
    /// Every line since the beginning, of every level, oldest first.
    [[nodiscard]] std::vector<LogLine> logged() const;
    /// Whether some line contains this, as LogLine::text() has it.
    [[nodiscard]] bool hasLogged(std::string_view part) const;
    /// The document of `GET /metrics`, for which every collector is asked.
    [[nodiscard]] std::string metricsText();
    /// One value of it: `coffer_notes_total`, `coffer_notes{state="new"}`, with the labels as they were
    /// given.
    /// @throws std::invalid_argument when it is not there
    [[nodiscard]] double metric(std::string_view name);
    /// What the storage adapter finds wrong; empty when all is well or there is none.
    [[nodiscard]] std::vector<std::string> checkStorage();
    /// What the storage adapter counts; empty when there is none.
    [[nodiscard]] std::vector<Figure> figures();

    /// Where the modules of pages must lie, as beside an installed library. Before start(); without it they
    /// are not looked for.
    void consoleFolder(std::filesystem::path folder);
    /// The pages of the console that were registered, in that order.
    [[nodiscard]] const std::vector<ConsolePage>& consolePages() const noexcept;

    /// Plays another plugin that publishes this service. Before start() when the plugin needs it.
    /// @throws std::invalid_argument when it is published already
    template <class Interface>
    void provide(std::shared_ptr<Interface> service) {
        Interface* instance = service.get();
        provideService(Interface::serviceId, Interface::serviceVersion, std::move(service), instance);
    }
    /// Its plugin was disabled: leases throw ServiceGone until it is provided again.
    /// @throws std::invalid_argument when nobody publishes it
    template <class Interface>
    void withdraw() {
        withdrawService(Interface::serviceId, Interface::serviceVersion);
    }

    // What the plugin sees; find() is for the test as well.
    void route(Route route) override;
    void mount(std::string prefix, std::string permission,
               Poco::Net::HTTPRequestHandlerFactory::Ptr factory) override;
    void storageAdapter(std::shared_ptr<StorageAdapter> adapter) override;
    void auditSink(std::shared_ptr<AuditSink> sink) override;
    void auditHook(std::shared_ptr<AuditHook> hook) override;
    void every(std::string name, std::chrono::milliseconds interval,
               std::function<void(std::stop_token)> task) override;
    void page(ConsolePage page) override;
    [[nodiscard]] Storage& storage() override;
    [[nodiscard]] SecretVault& secrets() override;
    [[nodiscard]] const Config& config() override;
    [[nodiscard]] Log& log() override;
    [[nodiscard]] Metrics& metrics() override;
    void auditHistory(Transaction& transaction, std::string_view objectType, std::string_view objectId,
                      std::int64_t beforeSequence, std::size_t limit,
                      const std::function<void(const AuditRecord&)>& receive) override;

protected:
    void publishService(std::string_view id, int version, std::shared_ptr<void> owner,
                        void* instance) override;
    [[nodiscard]] std::shared_ptr<ServiceGate> findService(std::string_view id, int version) override;

private:
    friend class Caller;
    struct Parts;

    void provideService(std::string_view id, int version, std::shared_ptr<void> owner, void* instance);
    void withdrawService(std::string_view id, int version);
    Answer send(const Principal& principal, std::string_view method, std::string_view target,
                std::string body, const Headers& headers);

    std::unique_ptr<Parts> parts_;
};

} // namespace coffer::testkit
