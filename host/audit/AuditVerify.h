#pragma once

#include "host/audit/AuditChain.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// Reports the fingerprint of every stored secret: Vault::fingerprints(), bound to its vault. Runs in one
/// read(), on a thread of its own while the records are looked at.
using FingerprintSource = std::function<void(
    Transaction&, const std::function<void(std::string_view objectType, std::string_view objectId,
                                           std::string_view fingerprint)>&)>;

struct VerifyOptions {
    /// A head kept elsewhere (`GET /audit/head`), or what a sink received, heads among it.
    std::optional<std::string> head;
    std::vector<FingerprintSource> fingerprints;
    std::size_t problemsShown = 100; ///< the rest is only counted
};

struct VerifyResult {
    std::int64_t records = 0; ///< that were looked at
    std::int64_t secrets = 0; ///< whose fingerprints were compared
    std::int64_t problemCount = 0;
    std::vector<std::string> problems; ///< a sentence each
    [[nodiscard]] bool sound() const noexcept { return problemCount == 0; }
};

/// Looks for records that were edited, removed, moved, added or cut off, for sinks that know more than the
/// log, and for stored secrets that are not those which the log saw last. Reads page by page; needs little
/// memory. Changes nothing.
///
/// Every event about an object with a secret carries `"secretFingerprint"` in its `after`; an action that
/// ends in `.delete` says that the secret is gone.
[[nodiscard]] VerifyResult verifyAudit(Storage& storage, const KeyRing& keys, const VerifyOptions& options);

} // namespace coffer::host
