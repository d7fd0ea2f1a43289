#pragma once

#include "host/secrets/KeyRing.h"

#include <coffer/sdk/Audit.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::host {

/// Where the chain ended at some time, signed. Kept elsewhere, it shows that a tail was cut off.
struct AuditHead {
    std::string chain; ///< which log
    std::int64_t sequence = 0;
    std::string mac; ///< of the record with that sequence, hexadecimal
    Instant time;
    std::string signature; ///< HMAC-SHA-256 over the above, hexadecimal
};
[[nodiscard]] std::string toJson(const AuditHead& head);

/// The last head in a text: a head's JSON alone, or lines of audit records among which are heads
/// (`audit.head`). Nothing when there is none.
[[nodiscard]] std::optional<AuditHead> lastHeadIn(std::string_view text);

/// What chains and signs: HMAC-SHA-256 with keys that no rotation changes. Each record's mac covers all of it
/// and the mac of the record before. Immutable; any thread.
class AuditChain {
public:
    static constexpr std::size_t macSize = 32;

    AuditChain(const KeyRing& keys, std::string id);

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    /// What stands before record 1. 32 bytes
    [[nodiscard]] std::string beginning() const;
    /// The record's mac; its own member is not looked at. @param previous the 32 bytes of the record before
    [[nodiscard]] std::string mac(const AuditRecord& record, std::string_view previous) const;

    [[nodiscard]] AuditHead sign(std::int64_t sequence, std::string_view mac, Instant time) const;
    [[nodiscard]] bool isSignedHere(const AuditHead& head) const;

private:
    [[nodiscard]] std::string signature(const AuditHead& head) const;

    SecretBytes recordKey_;
    SecretBytes headKey_;
    std::string id_;
};

} // namespace coffer::host
