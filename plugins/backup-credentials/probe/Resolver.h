#pragma once

#include "probe/AddressPolicy.h"
#include "probe/Waiter.h"

#include <functional>
#include <string>
#include <vector>

namespace coffer::backup_credentials {

/// Blocks as long as it likes; empty when the name has no address.
using Resolve = std::function<std::vector<IpAddress>(const std::string& host)>;

/// getaddrinfo(3), TCP, in its order, each address once.
[[nodiscard]] std::vector<IpAddress> resolveWithSystem(const std::string& host);

/// Runs `resolve` on a thread of its own, which is left to itself when the deadline passes: getaddrinfo can
/// neither be bounded nor cancelled. At most 64 such threads live at a time.
/// @throws ProbeFailure with Cause::name (no address), Cause::silent (deadline)
/// @throws ProbeStopped
[[nodiscard]] std::vector<IpAddress> resolveBounded(const Resolve& resolve, const std::string& host,
                                                    const Waiter& waiter, SteadyTime deadline);

} // namespace coffer::backup_credentials
