#pragma once

#include "host/identity/IdentityRecords.h"
#include "host/identity/Page.h"

#include <coffer/sdk/Storage.h>

namespace coffer::host {

/// The SQL of organizations. Lives inside one transaction.
class OrganizationStore {
public:
    explicit OrganizationStore(Transaction& transaction) noexcept : transaction_(transaction) {}

    [[nodiscard]] std::optional<Organization> find(std::int64_t id);
    [[nodiscard]] std::optional<std::int64_t> findByKey(std::string_view nameKey);
    [[nodiscard]] Page<Organization> list(const OrganizationScope& scope, PageRequest page);
    /// @returns the new id
    [[nodiscard]] std::int64_t insert(std::string_view name, std::string_view nameKey);
    /// Raises the version.
    void rename(std::int64_t id, std::string_view name, std::string_view nameKey);
    /// @throws ConstraintViolation when something refers to it
    void remove(std::int64_t id);

    /// What of this module stands in the way of its deletion.
    struct Use {
        std::int64_t roles = 0; ///< of persons and programs
        std::int64_t robots = 0;
    };
    [[nodiscard]] Use use(std::int64_t id);

    /// Rows of a plugin's table that refer to an organization.
    struct Reference {
        std::string plugin; ///< its id
        std::string what;   ///< the table's name without the plugin's prefix
        std::int64_t count;
    };
    /// What plugins keep that stands in the way of its deletion, disabled ones too.
    [[nodiscard]] std::vector<Reference> references(std::int64_t id);

private:
    Transaction& transaction_;
};

/// The ids of a scope as a JSON array, the form in which a statement takes a list of any length.
[[nodiscard]] std::string idsAsJson(const OrganizationScope& scope);

} // namespace coffer::host
