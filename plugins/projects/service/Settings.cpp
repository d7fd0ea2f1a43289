#include "service/Settings.h"

#include "manifest/KubernetesName.h"

#include <stdexcept>

namespace coffer::projects {

std::vector<Option> Settings::options() {
    constexpr std::int64_t hour = 3'600'000;
    return {
        {"default_retention", OptionType::duration, "720h",
         "How long backups are kept by a policy that does not say so, in whole hours.",
         Retention::shortest.count() * hour, Retention::longest.count() * hour},
        {"velero_namespace", OptionType::text, "velero",
         "The namespace that Velero runs in, for manifests that name no other."},
    };
}

Settings Settings::from(const Config& config) {
    Settings out;
    const auto retention = config.duration("default_retention");
    if (retention % std::chrono::hours(1) != std::chrono::milliseconds(0))
        throw std::invalid_argument("default_retention takes whole hours or days, as 72h or 30d");
    out.defaultRetention = Retention(std::chrono::duration_cast<std::chrono::hours>(retention));
    out.veleroNamespace = config.text("velero_namespace");
    if (!isRfc1123Label(out.veleroNamespace))
        throw std::invalid_argument("velero_namespace = " + out.veleroNamespace +
                                    ": a namespace has 1 to 63 of a-z, 0-9 and hyphens, with no hyphen at "
                                    "either end");
    return out;
}

} // namespace coffer::projects
