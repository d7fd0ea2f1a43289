#include "host/identity/IdentityRoutes.h"

#include "host/identity/RouteParts.h"

#include <iterator>

namespace coffer::host {

std::vector<Route> identityRoutes() {
    std::vector<Route> routes;
    for (auto* part : {&organizationRoutes, &principalRoutes, &roleRoutes, &grantRoutes, &tokenRoutes,
                       &robotRoutes, &whoAmIRoutes}) {
        auto made = part();
        routes.insert(routes.end(), std::make_move_iterator(made.begin()),
                      std::make_move_iterator(made.end()));
    }
    return routes;
}

} // namespace coffer::host
