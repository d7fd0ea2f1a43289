#include "probe/AddressPolicy.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace coffer::backup_credentials {

namespace {

/// Why a network is denied by default, and whether the refusal offers to allow it. What is not offered is
/// opened only by an allowed network that lies inside it: nobody means metadata by fc00::/7.
struct DefaultDenial {
    std::string_view network;
    std::string_view what;
    bool offer;
};

// IANA's special-purpose address registries (RFC 6890 and its updates), and where clouds serve their
// instances' metadata. The first that contains an address names it.
constexpr DefaultDenial defaultDenials[] = {
    {"169.254.169.254/32", "where clouds serve instance metadata", false},
    {"169.254.170.2/32", "where clouds serve instance metadata", false},
    {"169.254.170.23/32", "where clouds serve instance metadata", false},
    {"100.100.100.200/32", "where clouds serve instance metadata", false},
    {"168.63.129.16/32", "where clouds serve instance metadata", false},
    {"192.0.0.192/32", "where clouds serve instance metadata", false},
    {"fd00:ec2::/32", "where clouds serve instance metadata", false},
    {"fd20:ce::254/128", "where clouds serve instance metadata", false},
    {"fd00:42::42/128", "where clouds serve instance metadata", false},
    {"0.0.0.0/8", "unspecified addresses", false},
    {"10.0.0.0/8", "a private network", true},
    {"100.64.0.0/10", "a private network shared by a provider's customers", true},
    {"127.0.0.0/8", "this machine itself", true},
    {"169.254.0.0/16", "link-local addresses", false},
    {"172.16.0.0/12", "a private network", true},
    {"192.0.0.0/24", "addresses reserved for protocols", false},
    {"192.0.2.0/24", "addresses reserved for documentation", false},
    {"192.88.99.0/24", "6to4 relays", false},
    {"192.168.0.0/16", "a private network", true},
    {"198.18.0.0/15", "a private network for benchmarks", true},
    {"198.51.100.0/24", "addresses reserved for documentation", false},
    {"203.0.113.0/24", "addresses reserved for documentation", false},
    {"224.0.0.0/4", "multicast addresses", false},
    {"255.255.255.255/32", "the broadcast address", false},
    {"240.0.0.0/4", "reserved addresses", false},
    {"::/128", "the unspecified address", false},
    {"::1/128", "this machine itself", true},
    {"100::/64", "addresses that discard", false},
    {"2001::/32", "Teredo addresses", false},
    {"2001:db8::/32", "addresses reserved for documentation", false},
    {"2002::/16", "6to4 addresses", false},
    {"fc00::/7", "a private network", true},
    {"fe80::/10", "link-local addresses", false},
    {"fec0::/10", "site-local addresses", false},
    {"ff00::/8", "multicast addresses", false},
};

const std::vector<std::pair<Network, const DefaultDenial*>>& parsedDefaults() {
    static const auto parsed = [] {
        std::vector<std::pair<Network, const DefaultDenial*>> networks;
        for (const auto& denial : defaultDenials)
            networks.emplace_back(Network::parse(denial.network), &denial);
        return networks;
    }();
    return parsed;
}

/// The IPv4 address inside an IPv6 one that only wraps it: IPv4-mapped and IPv4-compatible (RFC 4291, 2.5.5),
/// NAT64 with the well-known prefix (RFC 6052) and with the local one (RFC 8215), which is used with /96.
std::optional<IpAddress> carriedAddress(const IpAddress& address) {
    static const Network wrappers[] = {Network::parse("::ffff:0:0/96"), Network::parse("::/96"),
                                       Network::parse("64:ff9b::/96"), Network::parse("64:ff9b:1::/48")};
    if (!address.v6 || address == IpAddress::parse("::") || address == IpAddress::parse("::1"))
        return std::nullopt;
    if (std::ranges::none_of(wrappers, [&](const Network& wrapper) { return wrapper.contains(address); }))
        return std::nullopt;
    IpAddress carried;
    std::copy(address.bytes.begin() + 12, address.bytes.end(), carried.bytes.begin());
    return carried;
}

bool anyContains(const std::vector<Network>& networks, const IpAddress& address) {
    return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
}

/// The length of the longest prefix that contains an address, or what it carries; nothing when none does. Of
/// an address that carries an IPv4 one it is counted in that one's bits, the last 32.
std::optional<unsigned> longestPrefix(const std::vector<Network>& networks, const IpAddress& address,
                                      const std::optional<IpAddress>& carried) {
    std::optional<unsigned> longest;
    for (const Network& network : networks) {
        if (network.contains(address))
            longest =
                std::max(longest.value_or(0), carried ? std::max(network.prefix, 96U) - 96 : network.prefix);
        if (carried && network.contains(*carried))
            longest = std::max(longest.value_or(0), network.prefix);
    }
    return longest;
}

/// @param allowed the length of the longest allowed prefix that contains `address`, if one does
std::optional<AddressPolicy::Refusal> defaultRefusal(const IpAddress& address,
                                                     std::optional<unsigned> allowed) {
    for (const auto& [network, denial] : parsedDefaults()) {
        if (!network.contains(address) || (allowed && (denial->offer || *allowed >= network.prefix)))
            continue;
        const std::string name(denial->network);
        AddressPolicy::Refusal refusal;
        refusal.saw = "The endpoint's address is in " + name + ", " + std::string(denial->what) +
                      ", which is not dialled.";
        refusal.advice = denial->offer
                             ? "If S3 servers stand there, one line of the configuration allows it: "
                               "probe.allow = " +
                                   name
                             : "Give the endpoint's public address or name.";
        return refusal;
    }
    return std::nullopt;
}

} // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos)
        return std::nullopt;
    IpAddress address;
    address.v6 = terminated.find(':') != std::string::npos;
    if (inet_pton(address.v6 ? AF_INET6 : AF_INET, terminated.c_str(), address.bytes.data()) != 1)
        return std::nullopt;
    return address;
}

std::string IpAddress::toString() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
    return text.data();
}

Network Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    const std::string quoted = "'" + std::string(text) + "'";
    if (!address)
        throw std::invalid_argument(quoted + " is no network: write an address and a prefix length, as in "
                                             "10.0.0.0/8 or fd00::/8.");
    const unsigned width = address->v6 ? 128 : 32;
    Network network{*address, width};
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), network.prefix);
        if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
            network.prefix > width)
            throw std::invalid_argument(quoted + ": the prefix length is a number from 0 to " +
                                        std::to_string(width) + ".");
    }
    Network whole = network;
    for (unsigned bit = network.prefix; bit < width; ++bit)
        whole.address.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    if (whole.address != network.address)
        throw std::invalid_argument(quoted + " has bits beyond its prefix: write " + whole.toString() + ".");
    return network;
}

bool Network::contains(const IpAddress& candidate) const noexcept {
    if (candidate.v6 != address.v6)
        return false;
    for (unsigned bit = 0; bit < prefix; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8);
        if ((candidate.bytes[bit / 8] & mask) != (address.bytes[bit / 8] & mask))
            return false;
    }
    return true;
}

std::string Network::toString() const {
    return address.toString() + "/" + std::to_string(prefix);
}

AddressPolicy::AddressPolicy(std::vector<Network> allow, std::vector<Network> deny)
    : allow_(std::move(allow)), deny_(std::move(deny)) {}

std::optional<AddressPolicy::Refusal> AddressPolicy::refusal(const IpAddress& address) const {
    const auto carried = carriedAddress(address);
    if (anyContains(deny_, address) || (carried && anyContains(deny_, *carried)))
        return Refusal{"The endpoint's address is in a network that the configuration denies (probe.deny).",
                       "Use another endpoint, or ask whoever runs this service."};
    return defaultRefusal(carried.value_or(address), longestPrefix(allow_, address, carried));
}

} // namespace coffer::backup_credentials
