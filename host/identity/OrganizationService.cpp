#include "host/identity/OrganizationService.h"

#include "host/identity/Names.h"

#include <coffer/sdk/Http.h>
#include <coffer/sdk/StorageError.h>

namespace coffer::host {

namespace {

constexpr NameLength nameLength{3, 60};

std::string named(std::string_view name) {
    return JsonWriter().beginObject().member("name", name).endObject().take();
}

AuditEvent event(std::string action, std::int64_t id) {
    AuditEvent made;
    made.action = std::move(action);
    made.objectType = "organization";
    made.objectId = std::to_string(id);
    made.organization = id;
    return made;
}

Problem inUse(const std::string& what) {
    return Problem::conflict("organization_in_use", "The organization is in use",
                             what + " Delete or move that first.");
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

} // namespace

Page<Organization> OrganizationService::list(PageRequest page) {
    return store_.list(caller_.scope(read), page);
}

Organization OrganizationService::find(std::int64_t id, std::string_view permission) {
    auto found = store_.find(id);
    if (!found || !caller_.scope(permission).contains(id))
        throw Problem::notFound();
    return std::move(*found);
}

Organization OrganizationService::get(std::int64_t id) {
    return find(id, read);
}

void OrganizationService::requireFree(std::string_view key, std::int64_t except) {
    const auto holder = store_.findByKey(key);
    if (holder && *holder != except)
        throw Problem::conflict("organization_name_taken", "The name is taken",
                                "Organization " + std::to_string(*holder) +
                                    " has this name, or one that reads the same. Choose another.");
}

Organization OrganizationService::create(std::string_view wanted) {
    caller_.require(administer);
    const auto [name, key] = acceptedName(wanted, "name", nameLength);
    requireFree(key, 0);
    const auto id = store_.insert(name, key);
    AuditEvent made = event("organization.create", id);
    made.after = named(name);
    transaction_.record(std::move(made));
    return store_.find(id).value();
}

Organization OrganizationService::rename(std::int64_t id, std::string_view wanted,
                                         std::optional<std::int64_t> ifMatch) {
    const Organization before = find(id, administer);
    requireVersion(ifMatch, before.version);
    const auto [name, key] = acceptedName(wanted, "name", nameLength);
    requireFree(key, id);
    store_.rename(id, name, key);
    AuditEvent made = event("organization.rename", id);
    made.before = named(before.name);
    made.after = named(name);
    transaction_.record(std::move(made));
    return store_.find(id).value();
}

void OrganizationService::remove(std::int64_t id, std::optional<std::int64_t> ifMatch) {
    const Organization before = find(id, administer);
    requireVersion(ifMatch, before.version);
    const auto use = store_.use(id);
    if (use.roles > 0 || use.robots > 0)
        throw inUse(counted(use.roles, "role of a principal", "roles of principals") + " and " +
                    counted(use.robots, "robot", "robots") + " belong to it.");
    try {
        store_.remove(id);
    } catch (const ConstraintViolation& violation) {
        if (violation.kind() != ConstraintViolation::Kind::foreignKey &&
            violation.kind() != ConstraintViolation::Kind::trigger)
            throw;
        throw inUse("What a plugin stores still belongs to it, for example credentials.");
    }
    AuditEvent made = event("organization.delete", id);
    made.before = named(before.name);
    transaction_.record(std::move(made));
}

} // namespace coffer::host
