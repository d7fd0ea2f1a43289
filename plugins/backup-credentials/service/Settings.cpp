#include "service/Settings.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace coffer::backup_credentials {

namespace {

std::vector<Network> networks(const Config& config, const std::string& option) {
    std::vector<Network> out;
    for (const auto& text : config.list(option)) {
        try {
            out.push_back(Network::parse(text));
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(option + " = " + text + ": " + error.what());
        }
    }
    return out;
}

} // namespace

std::vector<Option> Settings::options() {
    constexpr std::int64_t minute = 60'000;
    return {
        {"probe.interval", OptionType::duration, "24h",
         "How often stored credentials are tried again at their endpoint, varied by up to a tenth.", 1000,
         365 * 24 * 60 * minute},
        {"probe.workers", OptionType::integer, "4", "How many stored credentials are tried at the same time.",
         1, 64},
        {"probe.allow", OptionType::list, "",
         "Networks that endpoints may be in although they are denied otherwise: 10.0.0.0/8.", INT64_MIN,
         INT64_MAX},
        {"probe.deny", OptionType::list, "",
         "Networks that endpoints may not be in; stronger than probe.allow.", INT64_MIN, INT64_MAX},
        {"probe.connect_timeout", OptionType::duration, "3s",
         "How long resolving an endpoint's name may take, and connecting to it.", 10, minute},
        {"probe.handshake_timeout", OptionType::duration, "3s", "How long the TLS handshake may take.", 10,
         minute},
        {"probe.first_byte_timeout", OptionType::duration, "5s",
         "How long an endpoint may take to begin its reply.", 10, minute},
        {"probe.total_timeout", OptionType::duration, "10s", "How long a probe may take altogether.", 10,
         2 * minute},
        {"probe.allow_unverified", OptionType::boolean, "false",
         "Whether administrators may store keys that their endpoint did not accept (storeUnverified).",
         INT64_MIN, INT64_MAX},
    };
}

Settings Settings::from(const Config& config) {
    Settings out;
    out.probeInterval = config.duration("probe.interval");
    out.allowUnverified = config.boolean("probe.allow_unverified");
    out.probe.allow = networks(config, "probe.allow");
    out.probe.deny = networks(config, "probe.deny");
    out.probe.connectTimeout = config.duration("probe.connect_timeout");
    out.probe.handshakeTimeout = config.duration("probe.handshake_timeout");
    out.probe.firstByteTimeout = config.duration("probe.first_byte_timeout");
    out.probe.totalTimeout = config.duration("probe.total_timeout");
    out.background.workers = static_cast<std::size_t>(config.integer("probe.workers"));
    out.background.poll =
        std::clamp(out.probeInterval / 10, std::chrono::milliseconds(500), std::chrono::milliseconds(60'000));
    return out;
}

} // namespace coffer::backup_credentials
