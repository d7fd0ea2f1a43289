#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Config.h>
#include <coffer/sdk/Export.h>
#include <coffer/sdk/Http.h>
#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Service.h>
#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace coffer {

/// How a plugin is, shown by `/readyz`, `GET /api/v1/plugins` and the metrics.
struct Health {
    /// For people and alerts only: the daemon stays ready, and the plugin's routes are served.
    enum class State { ok, degraded, failed };
    State state = State::ok; ///< other than ok: give a reason
    std::string reason;      ///< for people; empty when ok
};

/// What the host gives a plugin. Owned by the host. References that it hands out are valid from init() until
/// stop() has returned, and may be used by any thread; the functions that register may be called in init()
/// only.
class COFFER_API HostContext {
public:
    virtual ~HostContext();

    /// Registers a route below `/api/v1`. @throws std::invalid_argument when it is incomplete or taken
    virtual void route(Route route) = 0;
    /// Registers a plain Poco factory for every path below `/plugins/<plugin id>/<prefix>`, behind the same
    /// authentication and, for every method, `permission`.
    virtual void mount(std::string prefix, std::string permission,
                       Poco::Net::HTTPRequestHandlerFactory::Ptr factory) = 0;
    /// Registers the plugin's tables; one in a plugin.
    virtual void storageAdapter(std::shared_ptr<StorageAdapter> adapter) = 0;
    ///@{
    /// Registers one more. It is called from start() until stop().
    virtual void auditSink(std::shared_ptr<AuditSink> sink) = 0;
    virtual void auditHook(std::shared_ptr<AuditHook> hook) = 0;
    ///@}
    /// Runs `task` on a thread of its own, first after `interval` and then again `interval` after it
    /// returned, from start() until stop(). The token asks it to end early. What it throws is logged.
    virtual void every(std::string name, std::chrono::milliseconds interval,
                       std::function<void(std::stop_token)> task) = 0;

    ///@{
    /// What the plugin works with. In init() only config(), log() and metrics() may be used; the others may
    /// be kept.
    [[nodiscard]] virtual Storage& storage() = 0;
    [[nodiscard]] virtual SecretVault& secrets() = 0;
    [[nodiscard]] virtual const Config& config() = 0;
    [[nodiscard]] virtual Log& log() = 0;
    [[nodiscard]] virtual Metrics& metrics() = 0;
    ///@}

    /// The audit records about one object, newest first: at most `limit` of those with a sequence below
    /// `beforeSequence` (INT64_MAX: from the newest). It is the only way from a plugin into the audit log,
    /// and it looks at no permission: show only what is about an object that the caller may see. `receive`
    /// runs on the calling thread, inside the transaction; the record it gets lives until it returns. Any
    /// thread, in read() and in write(). @throws Problem 503 as Storage does
    virtual void auditHistory(Transaction& transaction, std::string_view objectType,
                              std::string_view objectId, std::int64_t beforeSequence, std::size_t limit,
                              const std::function<void(const AuditRecord&)>& receive) = 0;

    /// Offers a service to other plugins under `Interface::serviceId` and `Interface::serviceVersion` (its
    /// major). It is called from when start() has returned until stop() is called; the host keeps `service`
    /// at least as long.
    /// @throws std::invalid_argument when one with that id and version is published already
    template <class Interface>
    void publish(std::shared_ptr<Interface> service) {
        Interface* instance = service.get();
        publishService(Interface::serviceId, Interface::serviceVersion, std::move(service), instance);
    }
    /// Another plugin's service; an empty lease when nobody publishes it. Plugins named in this one's `needs`
    /// are initialized before it. May be called at any time. While its owner is disabled the lease throws
    /// ServiceGone, and works again once it is enabled.
    template <class Interface>
    [[nodiscard]] Lease<Interface> find() {
        return Lease<Interface>(findService(Interface::serviceId, Interface::serviceVersion));
    }

protected:
    ///@{
    /// What publish() and find() rest on.
    virtual void publishService(std::string_view id, int version, std::shared_ptr<void> owner,
                                void* instance) = 0;
    [[nodiscard]] virtual std::shared_ptr<ServiceGate> findService(std::string_view id, int version) = 0;
    ///@}
};

/// A plugin. The host makes an object, calls the functions below in this order, for one object each at most
/// once (health() excepted), and never destroys it: object and library stay until the process ends, so that a
/// thread it left behind finds nothing gone. Clean up in stop().
///
/// An administrator can disable a plugin while the daemon serves, which stops it, and enable it again, which
/// makes another object of the same library: what is static in the library is shared by all of them. Of one
/// that is disabled when the daemon starts init() is called, and nothing after it.
///
/// Each call runs on a thread that the host can abandon. A call that throws, or that takes longer than it
/// may, puts the plugin into quarantine: what it had registered is revoked, the daemon goes on serving the
/// others and says so in health, log and `GET /api/v1/plugins`. A plugin in quarantine gets no further call.
class COFFER_API Plugin {
public:
    virtual ~Plugin();

    /// The options of the plugin's section of the configuration. Called before init(), also by `cofferd
    /// --help` and `check-config`; it must touch nothing else. At most 5 s.
    [[nodiscard]] virtual std::vector<Option> options() const { return {}; }
    /// Registers what the plugin offers, and nothing else: no threads, no database, no network. Services of
    /// other plugins can be found, but not called. At most 10 s.
    virtual void init(HostContext& host) = 0;
    /// The database is open and migrated; routes are not served yet. At most 30 s.
    virtual void start() {}
    /// Routes no longer arrive, handlers have returned. End and join your threads before `deadline`, then
    /// return: one that is left running puts the plugin into quarantine.
    virtual void stop(std::chrono::steady_clock::time_point deadline) { (void)deadline; }
    /// Any thread, at any time between start() and stop(); it must not block. At most 10 s.
    [[nodiscard]] virtual Health health() const { return {}; }
};

} // namespace coffer
