#include "probe/Endpoint.h"

#include "probe/AddressPolicy.h"
#include "probe/Ascii.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace coffer::backup_credentials {

namespace {

constexpr std::size_t longestName = 253; // RFC 1035, 2.3.4, without the trailing dot
constexpr std::size_t longestLabel = 63;

[[noreturn]] void refuse(const std::string& sentence) {
    throw std::invalid_argument(sentence);
}

bool isNameCharacter(char c) {
    // Underscores are no part of host names, but of many a container's.
    return (c >= 'a' && c <= 'z') || isDigit(c) || c == '-' || c == '_';
}

/// Names such as `127.1` or `0x7f000001`, which resolvers take for addresses.
bool endsInNumber(std::string_view name) {
    const auto last = name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
    return !last.empty() && (std::ranges::all_of(last, isDigit) || last.starts_with("0x"));
}

void checkLabels(std::string_view name) {
    while (true) {
        const auto label = name.substr(0, name.find('.'));
        if (label.empty() || label.size() > longestLabel)
            refuse("Each part of the endpoint's host name has 1 to 63 characters.");
        if (!std::ranges::all_of(label, isNameCharacter) || label.front() == '-' || label.back() == '-')
            refuse("The endpoint's host name may hold letters, digits, dots, and hyphens inside its parts.");
        if (label.size() == name.size())
            return;
        name.remove_prefix(label.size() + 1);
    }
}

std::string readName(std::string_view text) {
    std::string name = lowerCase(text);
    if (name.ends_with('.'))
        name.pop_back();
    if (name.empty())
        refuse("The endpoint names no host: write https://host or https://host:port.");
    if (name.size() > longestName)
        refuse("The endpoint's host name is longer than 253 characters.");
    checkLabels(name);
    if (endsInNumber(name)) {
        const auto address = IpAddress::parse(name);
        if (!address)
            refuse("The endpoint's host looks like an IPv4 address but is none: write four numbers from 0 "
                   "to 255 with dots between them.");
        return address->toString();
    }
    return name;
}

std::string readBracketed(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address || !address->v6)
        refuse("Between the brackets of the endpoint stands no IPv6 address (a zone such as %eth0 is not "
               "taken).");
    return address->toString();
}

std::uint16_t readPort(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535)
        refuse("The endpoint's port is a number from 1 to 65535.");
    return static_cast<std::uint16_t>(port);
}

/// Takes the scheme off `rest`.
std::string readScheme(std::string_view& rest) {
    const auto separator = rest.find("://");
    if (separator == std::string_view::npos)
        refuse("The endpoint begins with https:// or http://.");
    const std::string scheme = lowerCase(rest.substr(0, separator));
    if (scheme != "https" && scheme != "http")
        refuse("The endpoint begins with https:// or http://; other schemes are not taken.");
    rest.remove_prefix(separator + 3);
    return scheme;
}

/// Host and port, with nothing else before or behind.
std::string_view readAuthority(std::string_view rest) {
    if (rest.find('@') != std::string_view::npos)
        refuse("The endpoint holds no user name and no password: leave out everything up to the @.");
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    if (rest.find_first_of("/?#\\") != std::string_view::npos)
        refuse("The endpoint has no path, query or fragment: a bucket goes into the field `bucket`.");
    return rest;
}

} // namespace

Endpoint Endpoint::parse(std::string_view text) {
    text = trimmed(text);
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        refuse("The endpoint holds characters that are not ASCII: write an international name in its "
               "Punycode form, xn--...");
    if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c == 0x7f; }))
        refuse("The endpoint holds a space or a control character.");

    Endpoint endpoint;
    std::string_view rest = text;
    endpoint.scheme = readScheme(rest);
    rest = readAuthority(rest);
    std::string_view port;
    bool hasPort = false;
    if (rest.starts_with('[')) {
        const auto close = rest.find(']');
        if (close == std::string_view::npos)
            refuse("The endpoint's IPv6 address has no closing bracket.");
        endpoint.host = readBracketed(rest.substr(1, close - 1));
        port = rest.substr(close + 1);
        hasPort = !port.empty();
        if (hasPort && !port.starts_with(':'))
            refuse("Behind the endpoint's IPv6 address stands neither a port nor the end.");
        if (hasPort)
            port.remove_prefix(1);
    } else {
        const auto colon = rest.find(':');
        hasPort = colon != std::string_view::npos;
        if (hasPort)
            port = rest.substr(colon + 1);
        if (port.find(':') != std::string_view::npos)
            refuse(
                "The endpoint's port is a number; an IPv6 address stands in brackets: https://[::1]:9000.");
        endpoint.host = readName(rest.substr(0, colon));
    }
    endpoint.port = hasPort ? readPort(port) : static_cast<std::uint16_t>(endpoint.tls() ? 443 : 80);
    endpoint.normalized = endpoint.scheme + "://" + hostHeader(endpoint);
    return endpoint;
}

bool Endpoint::isAddress() const noexcept {
    return IpAddress::parse(host).has_value();
}

std::string hostHeader(const Endpoint& endpoint) {
    std::string header =
        endpoint.host.find(':') == std::string::npos ? endpoint.host : "[" + endpoint.host + "]";
    if (!endpoint.hasDefaultPort())
        header += ":" + std::to_string(endpoint.port);
    return header;
}

} // namespace coffer::backup_credentials
