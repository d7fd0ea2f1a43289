#include "host/identity/LoginFailures.h"

#include <coffer/sdk/Json.h>

#include <Poco/Net/IPAddress.h>

#include <algorithm>

namespace coffer::host {

namespace {

constexpr std::string_view otherSources = "other";

std::string joined(const std::set<std::string, std::less<>>& kinds) {
    std::string text;
    for (const auto& kind : kinds)
        text += (text.empty() ? "" : ",") + kind;
    return text;
}

} // namespace

void LoginFailures::Count::merge(const Count& other) {
    failures += other.failures;
    kinds.insert(other.kinds.begin(), other.kinds.end());
}

LoginFailures::LoginFailures(LoginFailureOptions options) : options_(options) {}

std::string LoginFailures::sourceOf(const std::string& address) {
    using Poco::Net::IPAddress;
    IPAddress parsed;
    if (!IPAddress::tryParse(address, parsed))
        return address.substr(0, 64);
    if (parsed.family() == IPAddress::IPv4)
        return parsed.toString();
    if (parsed.isIPv4Mapped()) {
        const auto* bytes = static_cast<const unsigned char*>(parsed.addr());
        return IPAddress(bytes + 12, 4).toString();
    }
    return (parsed & IPAddress(64, IPAddress::IPv6)).toString() + "/64";
}

LoginFailures::Source& LoginFailures::sourceAt(const std::string& name, Clock::time_point now) {
    if (const auto found = byName_.find(name); found != byName_.end()) {
        sources_.splice(sources_.begin(), sources_, found->second);
        Source& source = sources_.front();
        if (source.windowEnd <= now) {
            source.windowEnd = now + options_.window;
            source.inWindow = 0;
        }
        return source;
    }
    if (sources_.size() >= std::max<std::size_t>(options_.trackedSources, 1)) {
        others_.merge(sources_.back().unrecorded);
        byName_.erase(sources_.back().name);
        sources_.pop_back();
    }
    sources_.push_front({name, now + options_.window, 0, {}});
    byName_.emplace(name, sources_.begin());
    return sources_.front();
}

std::optional<std::chrono::seconds> LoginFailures::add(const std::string& address, std::string_view kind,
                                                       Clock::time_point now) {
    const std::string name = sourceOf(address);
    const std::lock_guard lock(mutex_);
    Source& source = sourceAt(name, now);
    ++source.unrecorded.failures;
    source.unrecorded.kinds.emplace(kind);
    if (source.inWindow >= options_.limit)
        return std::chrono::ceil<std::chrono::seconds>(source.windowEnd - now);
    ++source.inWindow;
    return std::nullopt;
}

void LoginFailures::note(const std::string& address, std::string_view kind, Clock::time_point now) {
    const std::string name = sourceOf(address);
    const std::lock_guard lock(mutex_);
    Source& source = sourceAt(name, now);
    ++source.unrecorded.failures;
    source.unrecorded.kinds.emplace(kind);
}

std::vector<LoginFailures::Unrecorded> LoginFailures::takeUnrecorded() {
    const std::lock_guard lock(mutex_);
    std::vector<Unrecorded> taken;
    for (Source& source : sources_)
        if (source.unrecorded.failures > 0)
            taken.push_back({source.name, std::exchange(source.unrecorded, {})});
    std::ranges::sort(taken, std::ranges::greater{},
                      [](const Unrecorded& one) { return one.count.failures; });
    for (; taken.size() > options_.recordsPerFlush; taken.pop_back())
        others_.merge(taken.back().count);
    if (others_.failures > 0)
        taken.push_back({std::string(otherSources), std::exchange(others_, {})});
    return taken;
}

void LoginFailures::giveBack(const std::vector<Unrecorded>& unrecorded) {
    const std::lock_guard lock(mutex_);
    for (const auto& [source, count] : unrecorded) {
        const auto found = byName_.find(source);
        (found == byName_.end() ? others_ : found->second->unrecorded).merge(count);
    }
}

void LoginFailures::flush(Storage& storage) {
    const std::vector<Unrecorded> unrecorded = takeUnrecorded();
    if (unrecorded.empty())
        return;
    try {
        storage.write(Origin::system("identity"), [&](Transaction& transaction) {
            for (const auto& [source, count] : unrecorded) {
                JsonWriter after;
                after.beginObject()
                    .member("source", source)
                    .member("count", count.failures)
                    .member("kind", joined(count.kinds))
                    .endObject();
                transaction.record(
                    {"login.failed", "login", {}, 0, AuditResult::failed, "login_failed", {}, after.take()});
            }
        });
    } catch (...) {
        giveBack(unrecorded);
        throw;
    }
}

} // namespace coffer::host
