#include "host/http/RequestOrigin.h"

#include "host/http/RequestGrammar.h"

#include <algorithm>
#include <charconv>
#include <random>
#include <stdexcept>

namespace coffer::host {

using Poco::Net::IPAddress;

namespace {

bool isRequestId(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return grammar::isLetter(c) || grammar::isDigit(c) || c == '.' || c == '_' || c == '-';
    });
}

std::vector<std::string> forwardedFor(const Poco::Net::HTTPRequest& head) {
    std::vector<std::string> addresses;
    for (auto field = head.find("X-Forwarded-For"); field != head.end(); ++field) {
        if (!grammar::equalsIgnoreCase(field->first, "X-Forwarded-For"))
            continue;
        std::string_view list = field->second;
        while (!list.empty()) {
            const auto comma = std::min(list.find(','), list.size());
            addresses.emplace_back(grammar::trim(list.substr(0, comma)));
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
    }
    return addresses;
}

} // namespace

TrustedProxies::TrustedProxies(const std::vector<std::string>& networks) {
    for (const auto& text : networks) {
        const auto slash = text.find('/');
        Network network{};
        if (!IPAddress::tryParse(text.substr(0, slash), network.address))
            throw std::invalid_argument("'" + text +
                                        "' is not a network: write 10.0.0.0/8, fd00::/8 or 192.0.2.1");
        const auto bits = static_cast<unsigned>(network.address.length() * 8);
        network.prefix = bits;
        if (slash != std::string::npos) {
            const char* end = text.data() + text.size();
            const auto [last, error] = std::from_chars(text.data() + slash + 1, end, network.prefix);
            if (error != std::errc{} || last != end || network.prefix > bits)
                throw std::invalid_argument("'" + text +
                                            "' is not a network: the prefix is a number from 0 to " +
                                            std::to_string(bits));
        }
        networks_.push_back(network);
    }
}

bool TrustedProxies::trusts(const IPAddress& address) const {
    return std::ranges::any_of(networks_, [&](const Network& network) {
        if (network.address.family() != address.family())
            return false;
        const auto* left = static_cast<const unsigned char*>(network.address.addr());
        const auto* right = static_cast<const unsigned char*>(address.addr());
        const std::size_t whole = network.prefix / 8;
        const unsigned rest = network.prefix % 8;
        return std::equal(left, left + whole, right) &&
               (rest == 0 || ((left[whole] ^ right[whole]) >> (8 - rest)) == 0);
    });
}

std::string TrustedProxies::callerOf(const std::string& peer, const Poco::Net::HTTPRequest& head) const {
    if (networks_.empty())
        return peer;
    IPAddress caller;
    if (!IPAddress::tryParse(peer, caller))
        return peer;
    const auto addresses = forwardedFor(head);
    for (auto text = addresses.rbegin(); text != addresses.rend() && trusts(caller); ++text) {
        IPAddress next;
        if (!IPAddress::tryParse(*text, next))
            break;
        caller = next;
    }
    return caller.toString();
}

RequestIds::RequestIds() {
    std::random_device random;
    next_ = (static_cast<std::uint64_t>(random()) << 32) | random();
}

std::string RequestIds::make() {
    // SplitMix64: one number in, one number out, so that counting never repeats itself.
    std::uint64_t value = next_.fetch_add(0x9e3779b97f4a7c15ULL, std::memory_order_relaxed);
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    value ^= value >> 31;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string id(16, '0');
    for (char& digit : id) {
        digit = digits[value & 15];
        value >>= 4;
    }
    return id;
}

std::string RequestIds::of(const Poco::Net::HTTPRequest& head) {
    const auto given = head.find("X-Request-Id");
    if (given != head.end() && isRequestId(given->second))
        return given->second;
    return make();
}

} // namespace coffer::host
