#include "routes/Routes.h"

#include <coffer/sdk/History.h>

namespace coffer::projects {

std::vector<Route> historyRoutes(const Parts& parts, HostContext& host) {
    return {historyRoute(
        "/projects/{id}/history", std::string(readPermission),
        "Show what happened to a project, newest first",
        {{"project.create", "created it"},
         {"project.update", "changed it"},
         {"project.delete", "deleted it"},
         {"project.enable-backup", "enabled or changed its backup"},
         {"project.disable-backup", "disabled its backup"},
         {"project.create-policy", "gave it a backup policy"},
         {"project.update-policy", "changed one of its backup policies"},
         {"project.delete-policy", "deleted one of its backup policies"},
         {"project.manifest", "obtained its manifest"}},
        [&parts](RequestContext& context, Transaction& transaction) {
            const Project project = parts.projects.get(transaction, context.pathId("id"), accessOf(context));
            return HistorySubject{std::string(objectType), project.idText(), project.organization};
        },
        host)};
}

} // namespace coffer::projects
