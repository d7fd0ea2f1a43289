#include "host/plugin/Compatibility.h"

#include "host/plugin/DescriptorReader.h"
#include "host/plugin/PluginRefused.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>

namespace coffer::host {

namespace {

using Fingerprint = std::map<std::string, std::string, std::less<>>;

Fingerprint parseFingerprint(std::string_view text) {
    Fingerprint pairs;
    while (!text.empty()) {
        const auto end = text.find(';');
        const auto pair = text.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        pairs.emplace(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return pairs;
}

/// Printable ASCII only: it goes into logs and answers as it stands.
std::string printable(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(
        out, [](char c) { return c < ' ' || c > '~'; }, '?');
    return out;
}

/// The whole of `text` as a number.
std::optional<unsigned long> number(std::string_view text, int base) {
    unsigned long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// __cplusplus, as its standard is called.
std::string standardName(const std::string& text) {
    const auto month = number(text.substr(0, text.find('L')), 10).value_or(0);
    if (month == 201703)
        return "C++17";
    if (month == 202002)
        return "C++20";
    if (month > 202002 && month < 202302)
        return "draft of C++23";
    return month == 202302 ? "C++23" : text;
}

/// POCO_VERSION as Poco's releases are numbered. What is before a release stays as it is.
std::string pocoRelease(const std::string& text) {
    const auto version = text.starts_with("0x") ? number(text.substr(2), 16) : std::nullopt;
    if (!version || (*version & 0xFFU) != 0)
        return text;
    return std::to_string(*version >> 24U) + "." + std::to_string(*version >> 16U & 0xFFU) + "." +
           std::to_string(*version >> 8U & 0xFFU);
}

/// The value as people call it.
std::string shown(const Fingerprint& fingerprint, std::string_view name) {
    const auto found = fingerprint.find(name);
    if (found == fingerprint.end())
        return "nothing";
    const auto text = printable(found->second);
    return "'" + (name == "standard" ? standardName(text) : name == "poco" ? pocoRelease(text) : text) + "'";
}

bool sameIn(const Fingerprint& left, const Fingerprint& right, const std::string& name) {
    const auto first = left.find(name);
    const auto second = right.find(name);
    return first != left.end() && second != right.end() && first->second == second->second;
}

/// `compiler 'gcc 12' where this daemon has 'gcc 13', poco ...`; empty when nothing differs.
std::string differences(const Fingerprint& plugin, const Fingerprint& host) {
    Fingerprint all = plugin;
    all.insert(host.begin(), host.end());
    std::string text;
    for (const auto& [name, ignored] : all)
        if (!sameIn(plugin, host, name))
            text += (text.empty() ? "" : ", ") + printable(name) + " " + shown(plugin, name) +
                    " where this daemon has " + shown(host, name);
    return text;
}

std::string sdkVersion(const Descriptor& descriptor) {
    return std::to_string(descriptor.sdkMajor) + "." + std::to_string(descriptor.sdkMinor);
}

template <std::size_t Size>
bool isPrintableText(const std::array<char, Size>& text) {
    const auto front = textOf(text);
    return !front.empty() && front.size() < Size && std::ranges::all_of(front, [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    });
}

} // namespace

Descriptor hostDescriptor() {
    return {coffer::descriptorText<8>("COFFERPL"),
            sizeof(Descriptor),
            sdkMajor,
            sdkMinor,
            coffer::descriptorText<160>(COFFER_ABI_FINGERPRINT),
            coffer::descriptorText<64>("cofferd"),
            coffer::descriptorText<32>("1.0.0"),
            coffer::descriptorText<128>("The daemon"),
            coffer::descriptorText<256>("")};
}

void checkCompatibility(const Descriptor& plugin, const Descriptor& host) {
    const std::string versions =
        "SDK " + sdkVersion(plugin) + " and this daemon offers SDK " + sdkVersion(host);
    if (plugin.sdkMajor != host.sdkMajor)
        throw PluginRefused("it was built with " + versions + ": another major version; " +
                            (plugin.sdkMajor < host.sdkMajor
                                 ? "build the plugin again with the coffer-sdk of this daemon"
                                 : "update the daemon, or build the plugin with its coffer-sdk"));
    if (plugin.sdkMinor > host.sdkMinor)
        throw PluginRefused(
            "it was built with " + versions +
            ": it may call what this daemon does not have; update the daemon, or build the plugin "
            "with its coffer-sdk");
    const auto differing =
        differences(parseFingerprint(textOf(plugin.fingerprint)), parseFingerprint(textOf(host.fingerprint)));
    if (!differing.empty())
        throw PluginRefused(
            "it was built with " + differing +
            "; build the plugin again with the compiler, the flags and the Poco of this daemon");
}

bool isPluginId(std::string_view text) noexcept {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !text.empty() && text.size() < 64 && text.front() >= 'a' && text.front() <= 'z' &&
           text.back() != '-' && text.find("--") == std::string_view::npos && std::ranges::all_of(text, fits);
}

bool isDaemonsOwn(std::string_view id) noexcept {
    constexpr std::string_view names[] = {"audit",   "host",    "http",    "identity",  "plugin",
                                          "plugins", "secrets", "storage", "telemetry", "tls"};
    return std::ranges::find(names, id) != std::end(names);
}

void checkIdentity(const Descriptor& plugin) {
    if (!isPluginId(textOf(plugin.id)))
        throw PluginRefused(
            "its descriptor gives the id '" + printable(textOf(plugin.id)) +
            "'; an id has lower case letters, digits and single hyphens, and begins with a letter");
    if (isDaemonsOwn(textOf(plugin.id)))
        throw PluginRefused("its id '" + printable(textOf(plugin.id)) +
                            "' is the name of a part of the daemon; give it another one");
    if (!isPrintableText(plugin.version) || !isPrintableText(plugin.description))
        throw PluginRefused("its descriptor gives no version and description on one line; see COFFER_PLUGIN");
    if (textOf(plugin.needs).size() == plugin.needs.size())
        throw PluginRefused("the services it needs do not fit into its descriptor; name them by shorter ids");
}

} // namespace coffer::host
