#include "routes/Routes.h"
#include "service/Catalogue.h"
#include "service/Parts.h"
#include "store/Schema.h"

#include <coffer/sdk/Console.h>
#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/Plugin.h>

#include <memory>

namespace coffer::projects {

/// What this plugin registers.
class ProjectsPlugin final : public Plugin {
public:
    [[nodiscard]] std::vector<Option> options() const override { return Settings::options(); }

    void init(HostContext& host) override {
        parts_ = std::make_unique<Parts>(host);
        host.storageAdapter(std::make_shared<Schema>(parts_->credentials));
        for (const auto& routes :
             {projectRoutes(*parts_), listRoutes(*parts_), backupRoutes(*parts_), policyRoutes(*parts_),
              manifestRoutes(*parts_), historyRoutes(*parts_, host)})
            for (const auto& route : routes)
                host.route(route);
        console(host).page({"projects", "Projects", "page.js", "projects:read", "folder", 20});
        host.metrics().collector("coffer_projects", "Projects, by how their backup stands.", [this, &host] {
            return projectsByState(host.storage(), parts_->credentials);
        });
    }

    [[nodiscard]] Health health() const override {
        if (parts_->credentials.isThere())
            return {};
        return {Health::State::degraded,
                "backup-credentials is gone: projects are shown, but no backup can be enabled or disabled"};
    }

private:
    std::unique_ptr<Parts> parts_;
};

} // namespace coffer::projects

COFFER_PLUGIN(coffer::projects::ProjectsPlugin, "projects", "1.0.0",
              "Keeps projects, their backup and its policies", "backup-credentials")
