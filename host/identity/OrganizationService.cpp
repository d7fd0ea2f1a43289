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

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

/// 409, with all that is in the way.
Problem inUse(const OrganizationStore::Use& use,
              const std::vector<OrganizationStore::Reference>& references) {
    std::string sentence;
    JsonWriter json;
    json.beginArray();
    const auto add = [&](std::string_view plugin, std::string_view what, std::int64_t count,
                         const std::string& words) {
        sentence += (sentence.empty() ? "" : ", ") + words;
        json.beginObject()
            .member("plugin", plugin.empty() ? std::nullopt : std::optional(std::string(plugin)))
            .member("what", what)
            .member("count", count)
            .endObject();
    };
    if (use.roles > 0)
        add("", "role", use.roles, counted(use.roles, "role of a principal", "roles of principals"));
    if (use.robots > 0)
        add("", "robot", use.robots, counted(use.robots, "robot", "robots"));
    for (const auto& [plugin, what, count] : references)
        add(plugin, what, count, std::to_string(count) + " of " + plugin + " (" + what + ")");
    Problem problem = Problem::conflict(
        "organization_in_use", "The organization is in use",
        (sentence.empty() ? "What a plugin stores still belongs to it." : "To it belong " + sentence + ".") +
            " Delete or move that first.");
    problem.with("inTheWay", json.endArray().take());
    return problem;
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
    const auto references = store_.references(id);
    if (use.roles > 0 || use.robots > 0 || !references.empty())
        throw inUse(use, references);
    try {
        store_.remove(id);
    } catch (const ConstraintViolation& violation) {
        if (violation.kind() != ConstraintViolation::Kind::foreignKey &&
            violation.kind() != ConstraintViolation::Kind::trigger)
            throw;
        throw inUse(use, references);
    }
    AuditEvent made = event("organization.delete", id);
    made.before = named(before.name);
    transaction_.record(std::move(made));
}

} // namespace coffer::host
