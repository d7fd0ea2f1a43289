#pragma once

#include <coffer/sdk/Export.h>
#include <coffer/sdk/Time.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace coffer {

/// On whose behalf something happens. Values only.
struct Origin {
    std::int64_t principal = 0; ///< 0: nobody known, or the daemon itself
    std::string principalName;  ///< `system:probe` for the daemon's own work
    std::string address;        ///< the caller's IP address; empty for the daemon's own work
    std::string requestId;      ///< empty outside requests

    /// The daemon's own work: `system("probe")` acts as `system:probe`.
    [[nodiscard]] static Origin system(std::string_view part) {
        return {0, "system:" + std::string(part), {}, {}};
    }
};

/// How what was tried has ended.
enum class AuditResult { success, refused, failed };
/// `success`, `refused`, `failed`.
[[nodiscard]] COFFER_API std::string_view toString(AuditResult result) noexcept;

/// One thing that happened, as its author describes it. The host adds who, when, from where and the request
/// id. Nothing in it may hold a secret; that one changed is shown by SecretVault::fingerprint().
struct AuditEvent {
    std::string action;            ///< `backup-credential.lock`: object type, dot, verb
    std::string objectType;        ///< `backup-credential`
    std::string objectId;          ///< `17`; empty when there is none (yet)
    std::int64_t organization = 0; ///< to whom it is shown; 0: only to administrators and auditors of all
    AuditResult result = AuditResult::success; ///< a refusal or failure also says its `reason`
    std::string reason;                        ///< why it was refused or failed: the Problem's code
    std::string before; ///< JSON object of what changed, before; empty when there was nothing
    std::string after;  ///< JSON object, after; empty when nothing is left
};

/// An event as stored: numbered, chained and signed.
struct AuditRecord {
    std::int64_t sequence = 0; ///< 1, 2, 3... without a hole
    Instant time;              ///< when its transaction began
    Origin origin;             ///< on whose behalf
    AuditEvent event;          ///< as its author described it, after the hooks
    std::string mac;           ///< HMAC-SHA-256 over the record and the mac before it, hexadecimal
};

/// The record as one line of JSON, without a line end: what sinks write and `GET /audit` gives.
[[nodiscard]] COFFER_API std::string toJson(const AuditRecord& record);

/// Receives what was recorded, in order and at least once. Registered in Plugin::init(), owned by the host
/// from then on.
class COFFER_API AuditSink {
public:
    virtual ~AuditSink();
    /// Stable: the position in the log is kept under it.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Called on a thread of this sink's own, never two at a time; it may block (the others do not wait).
    /// Returning means stored: the records are not sent again. What it throws is logged and the same records
    /// are sent again.
    virtual void deliver(std::span<const AuditRecord> records) = 0;
    /// SIGHUP: files may have been rotated. Called on the same thread as deliver().
    virtual void reopen() {}
};

/// Enriches or redacts what is about to be recorded; it cannot suppress it. Called inside the transaction
/// that records, on the writer's thread: as with every closure it never blocks. What it throws undoes the
/// change.
class COFFER_API AuditHook {
public:
    virtual ~AuditHook();
    /// `event` may be changed; it dies with the call.
    virtual void before(AuditEvent& event) = 0;
};

} // namespace coffer
