#pragma once

#include "host/identity/Caller.h"
#include "host/identity/OrganizationStore.h"

namespace coffer::host {

/// The rules of organizations. Lives inside one transaction; changes are recorded in it.
class OrganizationService {
public:
    static constexpr std::string_view read = "organizations:read";
    static constexpr std::string_view administer = "organizations:administer";

    OrganizationService(Transaction& transaction, const Caller& caller) noexcept
        : transaction_(transaction), caller_(caller), store_(transaction) {}

    [[nodiscard]] Page<Organization> list(PageRequest page);
    /// @throws Problem 404 when it does not exist for the caller
    [[nodiscard]] Organization get(std::int64_t id);
    /// @throws Problem 409 `organization_name_taken`, 422 for a bad name
    [[nodiscard]] Organization create(std::string_view name);
    /// @throws as create(), and 404, 412
    [[nodiscard]] Organization rename(std::int64_t id, std::string_view name,
                                      std::optional<std::int64_t> ifMatch);
    /// @throws Problem 404, 412, 409 `organization_in_use` with all that is in the way, what disabled plugins
    /// keep included
    void remove(std::int64_t id, std::optional<std::int64_t> ifMatch);

private:
    [[nodiscard]] Organization find(std::int64_t id, std::string_view permission);
    void requireFree(std::string_view nameKey, std::int64_t except);

    Transaction& transaction_;
    const Caller& caller_;
    OrganizationStore store_;
};

} // namespace coffer::host
