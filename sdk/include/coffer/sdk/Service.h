#pragma once

#include <coffer/sdk/Export.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace coffer {

/// Thrown by Lease::call() when the service's owner has stopped, was disabled or quarantined. Answer 503, or
/// do without.
class COFFER_API ServiceGone : public std::runtime_error {
public:
    /// @param serviceId  which one is gone; what() names it
    explicit ServiceGone(std::string_view serviceId);
    ~ServiceGone() override;
};

/// Counts the calls that are under way in one published service, and refuses new ones once its owner stops.
/// Implemented by the host; plugins use Lease.
class COFFER_API ServiceGate {
public:
    virtual ~ServiceGate();
    [[nodiscard]] virtual bool enter() noexcept = 0; ///< false: gone
    virtual void leave() noexcept = 0;               ///< once for each enter() that said true
    /// The `Interface*` that was published; valid between enter() and leave().
    [[nodiscard]] virtual void* instance() const noexcept = 0;
    [[nodiscard]] virtual std::string_view id() const noexcept = 0; ///< `Interface::serviceId`
};

/// A way to call another plugin's service. It may be kept, also while the owner is disabled and enabled
/// again; each use of the service goes through call(). Any thread.
///
/// @code
/// auto credentials = context.find<BackupCredentialsService>();
/// credentials.call()->mayUse(transaction, id, project);
/// @endcode
template <class Interface>
class Lease {
public:
    /// Keeps the service from stopping while it exists: make it, call, let it go. Never store one.
    class Call {
    public:
        /// @throws ServiceGone
        explicit Call(ServiceGate& gate) : gate_(&gate) {
            if (!gate.enter())
                throw ServiceGone(gate.id());
        }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call() { gate_->leave(); }
        /// The service, for this one expression.
        Interface* operator->() const noexcept { return static_cast<Interface*>(gate_->instance()); }

    private:
        ServiceGate* gate_;
    };

    Lease() = default;
    /// Made by HostContext::find().
    explicit Lease(std::shared_ptr<ServiceGate> gate) noexcept : gate_(std::move(gate)) {}
    /// Whether the service was found; it may be gone all the same when it is called.
    explicit operator bool() const noexcept { return gate_ != nullptr; }
    /// Enters the service until the result is gone: `lease.call()->function()`. @throws ServiceGone
    [[nodiscard]] Call call() const {
        if (!gate_)
            throw ServiceGone(Interface::serviceId);
        return Call(*gate_);
    }

private:
    std::shared_ptr<ServiceGate> gate_;
};

} // namespace coffer
