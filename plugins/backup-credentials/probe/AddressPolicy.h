#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials {

/// An IPv4 or IPv6 address. A value.
struct IpAddress {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{}; ///< network order; an IPv4 address is in the first four

    /// Nothing when `text` is not an address (dotted decimal with four parts, or RFC 4291 without a zone).
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
    [[nodiscard]] std::string toString() const;
    bool operator==(const IpAddress&) const = default;
};

/// The addresses that share a prefix, in CIDR notation. A value.
struct Network {
    IpAddress address;
    unsigned prefix = 0;

    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address.
    /// @throws std::invalid_argument with a sentence
    [[nodiscard]] static Network parse(std::string_view text);
    [[nodiscard]] bool contains(const IpAddress& candidate) const noexcept;
    [[nodiscard]] std::string toString() const;
};

/// Which addresses may be dialled. Asked about the very address that is connected to, so that a name which
/// resolves to something else the second time gains nothing.
///
/// An explicit denial beats an explicit permission, and that beats the defaults: loopback, link-local,
/// unspecified, multicast, broadcast, reserved and cloud-metadata addresses are denied, and private networks
/// too. Loopback and private networks are opened by any allowed network that contains the address; the others
/// only by one that lies inside the denied network: fc00::/7 does not open the metadata in fd00:ec2::/32,
/// fd00:ec2::254/128 does. An address that carries an IPv4 address inside (IPv4-mapped, NAT64) is judged as
/// that one as well; 6to4 and Teredo are denied. Immutable; any thread.
class AddressPolicy {
public:
    AddressPolicy(std::vector<Network> allow, std::vector<Network> deny);

    /// Why an address is not dialled.
    struct Refusal {
        std::string saw;    ///< `the address is in 10.0.0.0/8, a private network`
        std::string advice; ///< for a private network, the line of configuration that allows it
    };
    /// Nothing when `address` may be dialled.
    [[nodiscard]] std::optional<Refusal> refusal(const IpAddress& address) const;

private:
    std::vector<Network> allow_;
    std::vector<Network> deny_;
};

} // namespace coffer::backup_credentials
