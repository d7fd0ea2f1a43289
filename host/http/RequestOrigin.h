#pragma once

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/IPAddress.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace coffer::host {

/// The proxies whose X-Forwarded-For is believed. Immutable, any thread.
class TrustedProxies {
public:
    /// @param networks  `10.0.0.0/8`, `fd00::/8`, `192.0.2.1`
    /// @throws std::invalid_argument with a sentence that names the bad one
    explicit TrustedProxies(const std::vector<std::string>& networks);

    /// Who is calling: the peer; when that is a trusted proxy, the last address in X-Forwarded-For that is
    /// not one itself. What stands before something that is no address is not believed.
    [[nodiscard]] std::string callerOf(const std::string& peer, const Poco::Net::HTTPRequest& head) const;

private:
    struct Network {
        Poco::Net::IPAddress address;
        unsigned prefix;
    };
    [[nodiscard]] bool trusts(const Poco::Net::IPAddress& address) const;

    std::vector<Network> networks_;
};

/// Makes request ids: 16 hexadecimal digits, never the same twice in one process, and not to be told from
/// those of another. Any thread.
class RequestIds {
public:
    RequestIds();
    [[nodiscard]] std::string make();
    /// The caller's X-Request-Id when there is one of 1 to 64 letters, digits, dots, hyphens and underscores;
    /// else a fresh one.
    [[nodiscard]] std::string of(const Poco::Net::HTTPRequest& head);

private:
    std::atomic<std::uint64_t> next_;
};

} // namespace coffer::host
