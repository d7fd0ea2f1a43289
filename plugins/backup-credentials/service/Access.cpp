#include "service/Access.h"

#include "service/Problems.h"

namespace coffer::backup_credentials {

void Access::require(std::int64_t organization) const {
    if (!visible.contains(organization))
        throw Problem::notFound();
    if (concerns)
        concerns(organization);
    if (!allowed.contains(organization))
        throw forbidden();
}

} // namespace coffer::backup_credentials
