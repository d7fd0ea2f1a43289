#include "routes/Routes.h"

#include <coffer/sdk/History.h>

namespace coffer::backup_credentials {

std::vector<Route> historyRoutes(const Services& services, HostContext& host) {
    return {historyRoute(
        "/backup-credentials/{id}/history", std::string(readPermission),
        "Show what happened to a credential, newest first",
        {{"backup-credential.create", "created it"},
         {"backup-credential.update", "changed it"},
         {"backup-credential.delete", "deleted it"},
         {"backup-credential.lock", "locked it"},
         {"backup-credential.unlock", "unlocked it"},
         {"backup-credential.make-default", "made it the default"},
         {"backup-credential.clear-default", "took the default away from it"},
         {"backup-credential.probe", "tried its keys"},
         {"backup-credential.verdict-changed", "found that its keys changed their state"},
         {"backup-credential.associate", "associated a project"},
         {"backup-credential.release", "released a project"},
         {"backup-credential.use", "obtained its secret"}},
        [services](RequestContext& context, Transaction& transaction) {
            const Credential credential =
                services.credentials.get(transaction, context.pathId("id"), accessOf(context));
            return HistorySubject{std::string(objectType), credential.idText(), credential.organization};
        },
        host)};
}

} // namespace coffer::backup_credentials
