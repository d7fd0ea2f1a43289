#pragma once

#include "service/Backups.h"
#include "service/CredentialsService.h"
#include "service/Manifests.h"
#include "service/Policies.h"
#include "service/Projects.h"
#include "service/Settings.h"

#include <coffer/sdk/Plugin.h>

namespace coffer::projects {

/// The plugin's objects, put together: made in init(), destroyed after stop().
struct Parts {
    explicit Parts(HostContext& host)
        : settings(Settings::from(host.config())), credentials(host), backups(credentials), projects(backups),
          policies(projects, settings), manifests(projects, credentials, settings) {}

    const Settings settings;
    const CredentialsService credentials;
    const Backups backups;
    const Projects projects;
    const Policies policies;
    const Manifests manifests;
};

} // namespace coffer::projects
