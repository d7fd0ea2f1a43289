#include "routes/Routes.h"
#include "service/Parts.h"
#include "service/Settings.h"
#include "store/Schema.h"

#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/Plugin.h>

#include <memory>

namespace coffer::backup_credentials {

/// What this plugin registers.
class BackupCredentials final : public Plugin {
public:
    [[nodiscard]] std::vector<Option> options() const override { return Settings::options(); }

    void init(HostContext& host) override {
        parts_ = std::make_unique<Parts>(host);
        host.storageAdapter(std::make_shared<Schema>());

        const Services services{parts_->credentials(), parts_->probes(), parts_->associations()};
        for (const auto& routes :
             {credentialRoutes(services), listRoutes(), lockRoutes(services), defaultRoutes(services),
              probeRoutes(services), projectRoutes(services), historyRoutes(services, host)})
            for (const auto& route : routes)
                host.route(route);

        host.publish<BackupCredentialsService>(parts_->sibling());
        host.every("background probes", std::chrono::seconds(1),
                   [this](std::stop_token stop) { parts_->probeInBackground(std::move(stop)); });
        host.metrics().collector("coffer_backup_credentials", "Stored backup credentials, by what is known.",
                                 [&host] { return credentialsByState(host.storage()); });
        host.metrics().collector("coffer_backup_credentials_locked", "Locked backup credentials.",
                                 [&host] { return lockedCredentials(host.storage()); });
    }

    [[nodiscard]] Health health() const override { return parts_->health(); }

private:
    std::unique_ptr<Parts> parts_;
};

} // namespace coffer::backup_credentials

COFFER_PLUGIN(coffer::backup_credentials::BackupCredentials, "backup-credentials", "1.0.0",
              "Keeps S3 backup credentials", "")
