#pragma once

#include <coffer/sdk/Storage.h>

#include <cstdint>

namespace coffer {

/// A Transaction that knows which snapshot it reads; ask snapshotOf(). Owned by the host; dies with the
/// closure that it is given to, and only the thread that runs the closure may use it.
class COFFER_API Snapshot {
public:
    virtual ~Snapshot();
    /// 0: it has none that others could have too.
    [[nodiscard]] virtual std::uint64_t number() const noexcept = 0;
};

/// Which snapshot read() has given: as long as the number is the same, nothing was committed, and what was
/// made of what was read is still true. So it may be kept under the number, and given to others who see the
/// same. The number of a later snapshot is greater; after a restart it begins anew.
/// @returns 0 in write(), and for a host that does not tell: keep nothing then
[[nodiscard]] COFFER_API std::uint64_t snapshotOf(const Transaction& transaction) noexcept;

} // namespace coffer
