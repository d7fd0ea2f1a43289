#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::backup_credentials {

/// Where an S3 server listens, as people write it: `https://host[:port]` or `http://host[:port]`. A value.
struct Endpoint {
    std::string normalized; ///< `https://s3.example.org:9000`: lower case, without a scheme's default port
    std::string scheme;     ///< `https` or `http`
    std::string host;       ///< a name, an IPv4 address, or an IPv6 address without its brackets
    std::uint16_t port = 0; ///< also when it is the scheme's default

    /// Reads and normalizes. A trailing slash and a name's trailing dot are dropped; a path, a query, a
    /// fragment and user information are refused, as is a name that is not ASCII.
    /// @throws std::invalid_argument with a sentence that says what is wrong and what to write instead
    [[nodiscard]] static Endpoint parse(std::string_view text);

    [[nodiscard]] bool tls() const noexcept { return scheme == "https"; }
    [[nodiscard]] bool hasDefaultPort() const noexcept { return port == (tls() ? 443 : 80); }
    /// Whether `host` is an IP address and not a name.
    [[nodiscard]] bool isAddress() const noexcept;

    bool operator==(const Endpoint&) const = default;
};

/// `host[:port]` as it stands in a Host header: IPv6 addresses in brackets, default ports left out.
[[nodiscard]] std::string hostHeader(const Endpoint& endpoint);

} // namespace coffer::backup_credentials
