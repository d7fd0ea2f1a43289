#include "host/identity/PrincipalCache.h"

#include <cstring>
#include <utility>

namespace coffer::host {

namespace {
constexpr std::size_t mostKept = 4096;
} // namespace

std::size_t PrincipalCache::DigestHash::operator()(const LoginDigest& digest) const noexcept {
    std::size_t hash = 0; // a part of a digest is as good as a hash of it
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
}

std::shared_ptr<const Principal> PrincipalCache::find(const LoginDigest& login, std::uint64_t commits,
                                                      Instant now) {
    const std::lock_guard lock(mutex_);
    if (commits != commits_)
        return nullptr;
    const auto found = kept_.find(login);
    if (found == kept_.end() || (found->second.expiresAt && *found->second.expiresAt <= now))
        return nullptr;
    return found->second.principal;
}

void PrincipalCache::keep(const LoginDigest& login, std::uint64_t commits,
                          std::shared_ptr<const Principal> principal, std::optional<Instant> expiresAt) {
    decltype(kept_) dropped; // ends after the lock
    const std::lock_guard lock(mutex_);
    if (commits < commits_)
        return;
    if (commits > commits_ || kept_.size() >= mostKept)
        dropped.swap(kept_);
    commits_ = commits;
    kept_.insert_or_assign(login, Kept{std::move(principal), expiresAt});
}

} // namespace coffer::host
