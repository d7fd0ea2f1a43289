#pragma once

#include "service/Access.h"
#include "service/CredentialsService.h"
#include "service/Projects.h"
#include "service/Settings.h"

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>

namespace coffer::projects {

/// What a manifest is to hold.
struct ManifestWish {
    bool includeSecret = false;
    std::optional<std::string> veleroNamespace; ///< nothing: the configured one
};

/// What a cluster needs to back a project up: the rules. In write(), for each is recorded.
class Manifests {
public:
    Manifests(const Projects& projects, const CredentialsService& credentials, const Settings& settings)
        : projects_(projects), credentials_(credentials), settings_(settings) {}

    /// The YAML. With the secret in it, it is as secret as that.
    /// @param principal  who wants it; the secret is given only to holders of `use` on the credential
    /// @throws Problem 404, 403, 409 `backup_disabled`, `credential_locked`, `credential_not_working`,
    /// `no_bucket`, 503
    [[nodiscard]] std::string velero(Transaction& transaction, std::int64_t project, const Access& access,
                                     const Principal& principal, const ManifestWish& wish) const;

private:
    const Projects& projects_;
    const CredentialsService& credentials_;
    const Settings& settings_;
};

} // namespace coffer::projects
