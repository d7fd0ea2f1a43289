#include "Plugin.h"

#include "routes/Routes.h"
#include "service/Settings.h"
#include "store/Schema.h"

#include <coffer/sdk/Console.h>
#include <coffer/sdk/Descriptor.h>

namespace coffer::backup_credentials {

std::vector<Option> BackupCredentials::options() const {
    return Settings::options();
}

void BackupCredentials::init(HostContext& host) {
    parts_ = std::make_unique<Parts>(host, tryOut_);
    host.storageAdapter(std::make_shared<Schema>());

    const Services services{parts_->credentials(), parts_->probes(), parts_->associations()};
    for (const auto& routes :
         {credentialRoutes(services), listRoutes(services), lockRoutes(services), defaultRoutes(services),
          probeRoutes(services), projectRoutes(services), historyRoutes(services, host)})
        for (const auto& route : routes)
            host.route(route);

    console(host).page(
        {"backup-credentials", "Backup credentials", "page.js", "backup-credentials:read", "key", 10});
    host.publish<BackupCredentialsService>(parts_->sibling());
    host.every("background probes", std::chrono::seconds(1),
               [this](std::stop_token stop) { parts_->probeInBackground(std::move(stop)); });
    host.metrics().collector("coffer_backup_credentials", "Stored backup credentials, by what is known.",
                             [&host] { return credentialsByState(host.storage()); });
    host.metrics().collector("coffer_backup_credentials_locked", "Locked backup credentials.",
                             [&host] { return lockedCredentials(host.storage()); });
}

Health BackupCredentials::health() const {
    return parts_->health();
}

} // namespace coffer::backup_credentials

COFFER_PLUGIN(coffer::backup_credentials::BackupCredentials, "backup-credentials", "1.0.0",
              "Keeps S3 backup credentials", "")
