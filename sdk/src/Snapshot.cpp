#include <coffer/sdk/Snapshot.h>

namespace coffer {

Snapshot::~Snapshot() = default;

std::uint64_t snapshotOf(const Transaction& transaction) noexcept {
    const auto* snapshot = dynamic_cast<const Snapshot*>(&transaction);
    return snapshot ? snapshot->number() : 0;
}

} // namespace coffer
