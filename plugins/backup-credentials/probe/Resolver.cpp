#include "probe/Resolver.h"

#include "probe/Finding.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <pthread.h>
#include <thread>

namespace coffer::backup_credentials {

namespace {

constexpr int mostThreads = 64;

/// How many resolving threads live: a process-wide figure, because the threads outlive who started them.
std::atomic<int>& livingThreads() {
    static std::atomic<int> count{0};
    return count;
}

/// What the waiting probe and the resolving thread share; kept by whichever of them ends last.
struct Lookup {
    std::mutex mutex;
    std::condition_variable_any done;
    std::optional<std::vector<IpAddress>> addresses;
};

void runLookup(const Resolve& resolve, const std::string& host, Lookup& lookup) {
    std::vector<IpAddress> addresses;
    try {
        addresses = resolve(host);
    } catch (const std::exception&) {
        addresses.clear(); // a resolver that fails has found no address
    }
    const std::lock_guard lock(lookup.mutex);
    lookup.addresses = std::move(addresses);
    lookup.done.notify_all();
}

void startLookup(const Resolve& resolve, const std::string& host, const std::shared_ptr<Lookup>& lookup) {
    if (livingThreads().fetch_add(1) >= mostThreads) {
        livingThreads().fetch_sub(1);
        throw ProbeFailure(Cause::silent, "Too many look-ups of names are still waiting for the resolver.",
                           "Check the name servers that this machine uses, then try again.");
    }
    try {
        std::thread([resolve, host, lookup] {
            // Nothing can interrupt getaddrinfo(), and this thread holds nothing of the plugin's: under a
            // name of its own it may outlive stop() without being taken for one that was forgotten.
            pthread_setname_np(pthread_self(), "resolver");
            runLookup(resolve, host, *lookup);
            livingThreads().fetch_sub(1);
        }).detach();
    } catch (...) {
        livingThreads().fetch_sub(1);
        throw;
    }
}

IpAddress fromSocketAddress(const sockaddr& address) {
    IpAddress result;
    result.v6 = address.sa_family == AF_INET6;
    if (result.v6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        std::memcpy(result.bytes.data(), &v6.sin6_addr, 16);
    } else {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        std::memcpy(result.bytes.data(), &v4.sin_addr, 4);
    }
    return result;
}

} // namespace

std::vector<IpAddress> resolveWithSystem(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0)
        return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    std::vector<IpAddress> addresses;
    for (const addrinfo* entry = found; entry; entry = entry->ai_next) {
        if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6)
            continue;
        const IpAddress address = fromSocketAddress(*entry->ai_addr);
        if (std::ranges::find(addresses, address) == addresses.end())
            addresses.push_back(address);
    }
    return addresses;
}

std::vector<IpAddress> resolveBounded(const Resolve& resolve, const std::string& host, const Waiter& waiter,
                                      SteadyTime deadline) {
    waiter.throwIfStopped();
    const auto lookup = std::make_shared<Lookup>();
    startLookup(resolve, host, lookup);
    std::unique_lock lock(lookup->mutex);
    lookup->done.wait_until(lock, waiter.stopToken(), deadline,
                            [&] { return lookup->addresses.has_value(); });
    waiter.throwIfStopped();
    if (!lookup->addresses)
        throw ProbeFailure(Cause::silent, "The endpoint's name was not resolved in time.",
                           "Check the name servers that this machine uses, then try again.");
    if (lookup->addresses->empty())
        throw ProbeFailure(Cause::name, "The endpoint's host name has no address.",
                           "Check the endpoint for a misspelling; if it is right, check that this machine "
                           "can resolve it.");
    return *lookup->addresses;
}

} // namespace coffer::backup_credentials
