#pragma once

#include <coffer/sdk/Storage.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace coffer::host {

struct LoginFailureOptions {
    std::uint32_t limit = 10;           ///< failures of one source within one window before 429
    std::chrono::seconds window{60};    ///< begins with a source's first failure
    std::size_t trackedSources = 10000; ///< more than these, and the least recent is forgotten
    std::size_t recordsPerFlush = 100;  ///< audit records one flush() makes; the rest is summed up in one
};

/// Counts failed logins by source, limits them, and records them in aggregate, so that a flood of them fills
/// neither memory nor disk. A source is an IPv4 address or an IPv6 /64. Thread-safe.
class LoginFailures {
public:
    using Clock = std::chrono::steady_clock;

    explicit LoginFailures(LoginFailureOptions options = {});

    /// Counts one failure. @returns how long the source has to wait when it has had too many
    [[nodiscard]] std::optional<std::chrono::seconds> add(const std::string& address, std::string_view kind,
                                                          Clock::time_point now);
    /// Counts what belongs into the record only, and never makes its source wait.
    void note(const std::string& address, std::string_view kind, Clock::time_point now);
    /// Records in the audit log what has been counted since the last flush: action `login.failed`, one record
    /// for each source. What cannot be recorded now is kept for the next flush.
    /// @throws Problem 503 as Storage::write() does
    void flush(Storage& storage);

    /// What failures are counted by: `192.0.2.7`, `2001:db8:1:2::/64`. An IPv4 address mapped into IPv6 is
    /// itself.
    [[nodiscard]] static std::string sourceOf(const std::string& address);

private:
    struct Count {
        std::uint64_t failures = 0;
        std::set<std::string, std::less<>> kinds; ///< a handful: they come from TokenAuthenticator
        void merge(const Count& other);
    };
    struct Source {
        std::string name;
        Clock::time_point windowEnd;
        std::uint32_t inWindow = 0;
        Count unrecorded;
    };
    struct Unrecorded {
        std::string source;
        Count count;
    };

    Source& sourceAt(const std::string& name, Clock::time_point now);
    [[nodiscard]] std::vector<Unrecorded> takeUnrecorded();
    void giveBack(const std::vector<Unrecorded>& unrecorded);

    LoginFailureOptions options_;
    std::mutex mutex_;
    std::list<Source> sources_; ///< the most recent first
    std::unordered_map<std::string, std::list<Source>::iterator> byName_;
    Count others_; ///< of sources that were forgotten, or are beyond recordsPerFlush
};

} // namespace coffer::host
