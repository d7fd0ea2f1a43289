#pragma once

#include "service/Parts.h"

#include <coffer/sdk/Plugin.h>

#include <memory>
#include <utility>
#include <vector>

namespace coffer::backup_credentials {

/// What this plugin registers.
class BackupCredentials final : public Plugin {
public:
    BackupCredentials() = default;
    /// @param tryOut  what tries keys in place of a Prober, for tests
    explicit BackupCredentials(Probes::Try tryOut) : tryOut_(std::move(tryOut)) {}

    [[nodiscard]] std::vector<Option> options() const override;
    void init(HostContext& host) override;
    [[nodiscard]] Health health() const override;

    /// From init() on.
    [[nodiscard]] const Parts& parts() const noexcept { return *parts_; }

private:
    Probes::Try tryOut_;
    std::unique_ptr<Parts> parts_;
};

} // namespace coffer::backup_credentials
